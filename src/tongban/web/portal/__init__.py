"""The portal: the citizens' site."""

from tongban.web.portal import (
    above,
    account,
    apply,
    cases,
    certificates,
    check,
    guide,
    guiding,
    home,
    human_look,
    moves,
    offers,
    preview,
    records,
    start,
    uploads,
)

ROUTES = [
    *home.ROUTES,
    *guide.ROUTES,
    *guiding.ROUTES,
    *above.ROUTES,
    *preview.ROUTES,
    *start.ROUTES,
    *records.ROUTES,
    *apply.ROUTES,
    *uploads.ROUTES,
    *check.ROUTES,
    *cases.ROUTES,
    *human_look.ROUTES,
    *moves.ROUTES,
    *certificates.ROUTES,
    *offers.ROUTES,
    *account.ROUTES,
]
