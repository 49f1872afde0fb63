"""What wallets call: to get a certificate (OpenID4VCI 1.0), to read a counter's request and answer it (OpenID4VP 1.0).

Wallets are programs: they bring no cookie, and each refusal is a word of the standard with the reason beside it.
"""

from tongban.web.wallets import asking, issuing, later

ROUTES = [*issuing.ROUTES, *later.ROUTES, *asking.ROUTES]

__all__ = ["ROUTES"]
