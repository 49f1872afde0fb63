"""The console: what a change of the rules would do, how machines behave, and what people call a service."""

from tongban.web.console import (
    accesses,
    clock_abuse,
    delegations,
    drafts,
    guide,
    machines,
    performance,
    projects,
    run,
    sharing,
    supervision,
    switches,
    training,
    training_forms,
    watched,
    what_if,
)

ROUTES = [
    *run.ROUTES,
    *watched.ROUTES,
    *clock_abuse.ROUTES,
    *performance.ROUTES,
    *projects.ROUTES,
    *accesses.ROUTES,
    *what_if.ROUTES,
    *machines.ROUTES,
    *guide.ROUTES,
    *switches.ROUTES,
    *drafts.ROUTES,
    *sharing.ROUTES,
    *delegations.ROUTES,
    *training.ROUTES,
    *training_forms.ROUTES,
    *supervision.ROUTES,
]
