"""Every address of the desk."""

from tongban.web.desk import (
    case,
    delegations,
    emergency,
    entries,
    exercises,
    files,
    forecast,
    intake,
    letters,
    lists,
    own_view,
    requests,
    sharing,
    sharing_form,
    suggestions,
    training,
)

ROUTES = [
    *lists.ROUTES,
    *case.ROUTES,
    *files.ROUTES,
    *suggestions.ROUTES,
    *own_view.ROUTES,
    *exercises.ROUTES,
    *intake.ROUTES,
    *requests.ROUTES,
    *entries.ROUTES,
    *forecast.ROUTES,
    *emergency.ROUTES,
    *training.ROUTES,
    *sharing.ROUTES,
    *sharing_form.ROUTES,
    *letters.ROUTES,
    *delegations.ROUTES,
]
