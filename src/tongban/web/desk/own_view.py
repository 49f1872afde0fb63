"""先请您自己看: suggestions an official meets only after noting a view of their own.

A random share of suggestions (nobody can choose which), and all of them where a use has been narrowed, are kept back
until the official has written one sentence. Whether people follow a machine because it is right, or because it is
there, cannot be told otherwise.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from litestar import Response, post

from tongban.assist.records import SUGGESTED, Contribution
from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.cases import CaseView
from tongban.org import Actor
from tongban.web.desk.staff import official
from tongban.web.forms import Form
from tongban.web.html import go
from tongban.web.site import Site
from tongban.web.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Withheld:
    """A suggestion that is kept back: which, and of which use. What it says is nowhere on the page."""

    call: str
    use: Text


async def withheld(site: Site, actor: Actor, view: CaseView) -> tuple[Withheld, ...]:
    """What this official may not see yet in a case."""
    found = await site.assist.gate.for_case(view.case)
    calls = {one.call.id: one.call.use for one in _open(found, actor)}
    hidden = await site.assist.watch.hidden(calls, actor)
    names = {use.use: use.name for use in site.assist.gate.register.uses()}
    return tuple(Withheld(call, names[use]) for call, use in calls.items() if call in hidden and use in names)


def _open(found: Iterable[Contribution], actor: Actor) -> Iterable[Contribution]:
    for one in found:
        if one.call.outcome == SUGGESTED and not any(said.person == actor.id for said in one.settled):
            yield one


@post("/desk/cases/{case:str}/suggestions/{call:str}/own-view")
async def note(site: Site, visitor: Visitor, case: str, call: str, form: Form) -> Response[None]:
    """Keep the official's own view; the suggestion is shown from now on."""
    actor = official(visitor)
    view = await site.cases.view(actor, case)
    known = await site.assist.gate.one(call)
    if known is None or known.subject != view.case:
        raise refuse("unknown-suggestion", "没有这条建议", "There is no such suggestion", status=404)
    await site.assist.watch.note_view(call, actor, form.text("view"))
    return go(f"/desk/cases/{view.case}")


ROUTES = [note]
