"""The portal: the citizens' site."""

from tongban.web.portal import account, apply, cases, certificates, check, guide, home, moves, offers, start, uploads

ROUTES = [
    *home.ROUTES,
    *guide.ROUTES,
    *start.ROUTES,
    *apply.ROUTES,
    *uploads.ROUTES,
    *check.ROUTES,
    *cases.ROUTES,
    *moves.ROUTES,
    *certificates.ROUTES,
    *offers.ROUTES,
    *account.ROUTES,
]
