"""The public log: what was done cannot be rewritten, and everybody can check it.

A Merkle tree (RFC 6962, RFC 9162) of salted commitments, kept in PostgreSQL, served as C2SP tiles and checkpoints,
cosigned by independent witnesses. Nothing personal is in it. See docs/public-log.md.
"""
