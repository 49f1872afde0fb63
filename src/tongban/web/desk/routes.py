"""Every address of the desk."""

from tongban.web.desk import case, files, intake, lists, own_view, suggestions

ROUTES = [
    *lists.ROUTES,
    *case.ROUTES,
    *files.ROUTES,
    *suggestions.ROUTES,
    *intake.ROUTES,
    *own_view.ROUTES,
]
