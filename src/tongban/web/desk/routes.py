"""Every address of the desk."""

from tongban.web.desk import case, files, intake, lists

ROUTES = [*lists.ROUTES, *case.ROUTES, *files.ROUTES, *intake.ROUTES]
