"""The portal: the citizens' site."""

from tongban.web.portal import home

ROUTES = [*home.ROUTES]
