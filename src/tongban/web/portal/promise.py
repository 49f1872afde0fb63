"""When an answer is due, if one applied today: dates and why, from the same clock that will run."""

from dataclasses import dataclass
from datetime import datetime

from tongban.base.i18n import Text
from tongban.cases.clocks import Clock, clock
from tongban.cases.definition import Definition
from tongban.catalog.model import Service
from tongban.catalog.procedure import Procedure
from tongban.terms import Standing, Started, Unit, assess
from tongban.web.site import Site

ORDER = ("accept", "decide", "pay", "issue")
"""The clocks a guide tells, in the order in which they run."""
DECIDES = "decide"
_AT_ONCE = Text("当场办好。", "Done on the spot.")


@dataclass(frozen=True, slots=True)
class Promise:
    """One clock of a service as it would run from now."""

    term: str
    name: Text
    due: datetime | None
    """None where it is done on the spot."""
    says: Text
    by: Text
    """The first of it: by when."""
    why: Text | None = None
    """The rest of it: how that day is counted."""


def promises(site: Site, service: Service) -> list[Promise]:
    """The clocks of a service, each as if it started now."""
    procedure = site.catalogue.procedure(service.procedure)
    definition = Definition(service, procedure, site.calendar, site.settings.timezone, service.terms)
    found = [clock(definition, term) for term in ORDER if term in procedure.terms]
    return [_promise(site, one) for one in found if one is not None and one.by_authority]


def decision(found: list[Promise]) -> Promise | None:
    """The promise a person cares about first: when it is decided, else the last one there is."""
    return next((promise for promise in found if promise.term == DECIDES), found[-1] if found else None)


def by_people(site: Site, service: Service, procedure: Procedure) -> datetime:
    """The latest day if only people handle it: acceptance and decision one after the other, each on its last day."""
    definition = Definition(service, procedure, site.calendar, site.settings.timezone, service.terms)
    at = site.clock()
    for term in ("accept", DECIDES):
        one = clock(definition, term) if term in procedure.terms else None
        if one and one.by_authority:
            rule = one.promised or one.statutory
            at = assess(rule, [Started(at)], site.calendar, site.settings.timezone, at).due or at
    return at


def _promise(site: Site, one: Clock) -> Promise:
    now = site.clock()
    rule = one.promised or one.statutory
    standing = assess(rule, [Started(now)], site.calendar, site.settings.timezone, now)
    if rule.span.unit is Unit.ON_THE_SPOT or standing.due is None:
        return Promise(one.term, one.name, None, _AT_ONCE, _AT_ONCE)
    lawful = assess(one.statutory, [Started(now)], site.calendar, site.settings.timezone, now)
    by, why = _says(site, standing, lawful)
    return Promise(one.term, one.name, standing.due, Text(by.zh + why.zh, by.en + why.en), by, why)


def _says(site: Site, promised: Standing, lawful: Standing) -> tuple[Text, Text]:
    first = Text(
        f"今天开始算，最晚{site.pages.day('zh', promised.due)}。",
        f"Counted from today: by {site.pages.day('en', promised.due)}. ",
    )
    why = Text(lawful.explain("zh"), lawful.explain("en"))
    if promised.due == lawful.due:
        return first, why
    law = Text(
        f"法律给的最后一天是{site.pages.day('zh', lawful.due)}，我们承诺更早。",
        f"The law allows until {site.pages.day('en', lawful.due)}; we promise sooner. ",
    )
    return Text(first.zh + law.zh, first.en + law.en), why
