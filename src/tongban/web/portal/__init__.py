"""The portal: the citizens' site."""

from tongban.web.portal import (
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
    start,
    uploads,
)

ROUTES = [
    *home.ROUTES,
    *guide.ROUTES,
    *guiding.ROUTES,
    *preview.ROUTES,
    *start.ROUTES,
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
