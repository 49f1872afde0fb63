"""What everyone may check without logging in."""

from tongban.web.open import (
    algorithms,
    certificates,
    data,
    delegations,
    flexible,
    halls,
    inspections,
    keys,
    kiosk,
    log,
    objections,
    once_only,
    rating,
    receipt,
    status,
    verify,
)

ROUTES = [
    *verify.ROUTES,
    *status.ROUTES,
    *certificates.ROUTES,
    *objections.ROUTES,
    *algorithms.ROUTES,
    *once_only.ROUTES,
    *flexible.ROUTES,
    *inspections.ROUTES,
    *data.ROUTES,
    *delegations.ROUTES,
    *halls.ROUTES,
    *kiosk.ROUTES,
    *keys.ROUTES,
    *log.ROUTES,
    *receipt.ROUTES,
    *rating.ROUTES,
]
