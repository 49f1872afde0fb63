"""The console of policy makers: what a change of the rules would do."""

from tongban.web.console import what_if

ROUTES = [*what_if.ROUTES]
