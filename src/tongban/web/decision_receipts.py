"""The receipt of a decision for the person it is about: the same for the page and the API."""

from functools import partial

from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.base.keys import Use
from tongban.base.statements import Statement, stated
from tongban.cases.decision_receipt import KIND, Machine, Names, Suggested, decision_receipt
from tongban.cases.views import CaseView
from tongban.web.bodies import body_name
from tongban.web.site import Site


async def receipt_of(site: Site, view: CaseView) -> Statement:
    """Made and signed now; `view` is the owner's. Raises `Refused` (`not-decided`, 409; `no-signing-key`)."""
    told = await site.assist.account.of(view)
    machine = Machine(
        summary=told.summary,
        suggestions=tuple(
            Suggested(
                use=one.use,
                name=one.name,
                at=one.at,
                said=one.said,
                followed=one.taken,
                by=one.by,
                reason=one.reason,
            )
            for one in told.suggestions
        ),
    )
    case = view.loaded
    receipt = decision_receipt(view.definition, case.events, view.state, machine, _names(site), demo=site.settings.demo)
    return stated(site.keys, Use.DECISION, KIND, receipt, site.clock())


def _names(site: Site) -> Names:
    def post(name: str) -> Text:
        try:
            return site.directory.post(name).title
        except Refused:  # a post that has gone since
            return Text(name, name)

    return Names(partial(body_name, site), post)
