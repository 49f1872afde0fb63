"""What everyone may check without logging in."""

from tongban.web.open import algorithms, objections, once_only, verify

ROUTES = [*verify.ROUTES, *objections.ROUTES, *algorithms.ROUTES, *once_only.ROUTES]
