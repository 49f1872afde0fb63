"""What the rules make of an application, in a citizen's words: before it is sent, and for as long as the case lives."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from tongban.base.i18n import Text
from tongban.cases import CaseView
from tongban.catalog import Explanation
from tongban.catalog.counterfactual import Outlook, outlook
from tongban.catalog.reasons import RowReason, TableResult
from tongban.catalog.tables import Outcome
from tongban.catalog.wording import Wording
from tongban.web.portal.application import Application
from tongban.web.portal.places import name as place_name
from tongban.web.site import Site

PREVIEWS: dict[Outcome, tuple[Text, str, str]] = {
    "eligible": (Text("按您填的，符合条件", "By what you say, you qualify"), "ok", "ok"),
    "not-yet": (Text("按您填的，现在还不符合", "By what you say, you do not qualify yet"), "warn", "clock"),
    "no": (Text("按您填的，不符合条件", "By what you say, you do not qualify"), "warn", "warn"),
    "ask-official": (Text("要由工作人员看了才知道", "An official has to look at this"), "", "info"),
    "not-needed": (Text("您的情况不用办", "You need not apply"), "warn", "info"),
    "unknown": (Text("还有内容没填，暂时算不出来", "Some answers are still missing"), "", "info"),
}
"""For each outcome its title, the tone of the notice and its sign."""

_BY_RULE: dict[Outcome, Text] = {
    "eligible": Text("按规则，符合条件", "By the rules you qualify"),
    "not-yet": Text("按规则，现在还不符合", "By the rules you do not qualify yet"),
    "no": Text("按规则，不符合条件", "By the rules you do not qualify"),
    "ask-official": Text("规则说不准，要由工作人员来看", "The rules leave this to an official"),
    "not-needed": Text("按规则，您的情况不用办", "By the rules you need not apply"),
    "unknown": Text("还缺信息，规则算不出来", "Too little is known for the rules"),
}
_OPEN = Text("这是按规则算的，最后由工作人员来定。", "This is what the rules say; a person decides.")
_CLOSED = Text(
    "这是按规则算的。决定和理由以上面的通知为准。", "This is what the rules say. The decision is in the notice above."
)
_CHANGEABLE: frozenset[Outcome] = frozenset({"no", "not-yet", "ask-official"})


@dataclass(frozen=True, slots=True)
class Others:
    """Of one table, the other results that it could have given, each with the reasons why it did not."""

    title: Text
    results: tuple[TableResult, ...]
    rows: tuple[tuple[Text, tuple[RowReason, ...]], ...]


@dataclass(frozen=True, slots=True)
class Why:
    """The part of a case page that says why. `changes` is None where there is nothing to change."""

    told: Explanation
    title: Text
    sign: str
    note: Text
    others: tuple[Others, ...]
    changes: Outlook | None


def why(site: Site, view: CaseView) -> Why:
    """What the rules say about a case, and what would change it."""
    told = view.judged.explained(partial(place_name, site), site.catalogue.versions(view.opening.service))
    changes = told.outlook if told.outcome in _CHANGEABLE else None
    note = _CLOSED if view.ended else _OPEN
    return Why(told, _BY_RULE[told.outcome], PREVIEWS[told.outcome][2], note, tuple(_others(told)), changes)


def _others(told: Explanation) -> Iterator[Others]:
    """Table by table, the last first, for it is the one that decided; rows that say the same stand together."""
    for table in reversed(told.tables):
        given = {row.says for row in table.rows if row.standing == "counts"}
        says = dict.fromkeys(row.says for row in table.rows if row.says not in given)
        if says:
            rows = ((one, tuple(row for row in table.rows if row.says == one)) for one in says)
            yield Others(table.title, table.results, tuple(rows))


def changes(site: Site, application: Application) -> Outlook | None:
    """What would change the preview of an application; None where it is favourable, or answers are missing."""
    found = application.assessment
    if found.outcome not in _CHANGEABLE:
        return None
    versions = site.catalogue.versions(application.service.service)
    return outlook(found, Wording.of(application.service, partial(place_name, site)), versions)
