"""The portal: the citizens' site."""

from tongban.web.portal import guide, home

ROUTES = [*home.ROUTES, *guide.ROUTES]
