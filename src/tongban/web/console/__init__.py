"""The console: what a change of the rules would do, and how the machines that assist officials behave."""

from tongban.web.console import machines, what_if

ROUTES = [*what_if.ROUTES, *machines.ROUTES]
