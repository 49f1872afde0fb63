"""What everyone may check without logging in."""

from tongban.web.open import verify

ROUTES = [*verify.ROUTES]
