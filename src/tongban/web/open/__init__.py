"""What everyone may check without logging in."""

from tongban.web.open import algorithms, data, delegations, flexible, halls, log, objections, once_only, verify

ROUTES = [
    *verify.ROUTES,
    *objections.ROUTES,
    *algorithms.ROUTES,
    *once_only.ROUTES,
    *flexible.ROUTES,
    *data.ROUTES,
    *delegations.ROUTES,
    *halls.ROUTES,
    *log.ROUTES,
]
