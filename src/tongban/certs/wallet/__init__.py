"""Wallets: certificates given to them (OpenID4VCI 1.0) and shown by them (OpenID4VP 1.0), bound to a holder's key."""
