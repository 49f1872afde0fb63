"""Every address of the desk."""

from tongban.web.desk import case, files, intake, lists, own_view

ROUTES = [*lists.ROUTES, *case.ROUTES, *files.ROUTES, *intake.ROUTES, *own_view.ROUTES]
