"""What everyone may check without logging in."""

from tongban.web.open import algorithms, objections, verify

ROUTES = [*verify.ROUTES, *objections.ROUTES, *algorithms.ROUTES]
