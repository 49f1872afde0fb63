"""What everyone may check without logging in."""

from tongban.web.open import algorithms, verify

ROUTES = [*verify.ROUTES, *algorithms.ROUTES]
