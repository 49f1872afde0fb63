"""A case in a citizen's words: where it stands, whose move it is, the latest date and why it is that day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tongban.base.i18n import Text
from tongban.cases.duties import of_duty
from tongban.cases.projections import FAR, CaseRow
from tongban.cases.views import STAGE_NAMES, CaseView, TermView
from tongban.catalog.procedure import Stage
from tongban.web.bodies import body_name
from tongban.web.site import Site
from tongban.web.words import both

APPLICANT = "applicant"
WITHDRAW = "withdraw"
TONES = {"favourable": "ok", "adverse": "seal", "neutral": "mute"}


@dataclass(frozen=True, slots=True)
class Step:
    """One stop on the track."""

    name: Text
    at: datetime | None
    state: Literal["done", "now", "later"]


@dataclass(frozen=True, slots=True)
class Todo:
    """Something the reader must do."""

    title: Text
    note: Text
    address: str
    action: Text


@dataclass(frozen=True, slots=True)
class Summary:
    """A case in a list."""

    id: str
    title: Text
    state: Text
    tone: str
    end: bool
    says: Text
    steps: list[Step]
    must: Todo | None


@dataclass(frozen=True, slots=True)
class Due:
    """The latest date: what is promised, why it is that day, and what the law allows where that is later."""

    promise: Text
    why: Text
    statutory: Text | None


def dated(site: Site, at: datetime, sentence: Text) -> Text:
    """A sentence with `{day}` filled in both languages."""
    return Text(sentence.zh.format(day=site.pages.day("zh", at)), sentence.en.format(day=site.pages.day("en", at)))


def summaries(site: Site, rows: Iterable[CaseRow]) -> list[Summary]:
    """Cases for a list, from their rows alone."""
    return [_summary(site, row) for row in rows]


def _summary(site: Site, row: CaseRow) -> Summary:
    title = both(site.catalogue.service(row.service, row.service_version).name)
    body = body_name(site, row.body)
    must = None
    if row.waits_for == APPLICANT:
        says = Text("等您处理。", "Waiting for you.")
        must = todo(site, row.case_id, title, row.state_name, row.due_at)
    elif not row.open:
        says = dated(site, row.updated_at, Text("{day}办结。", "Closed on {day}."))
    elif row.due_at >= FAR:
        says = Text(f"{body.zh}正在办理。", f"{body.en} is working on it.")
    else:
        says = dated(
            site,
            row.due_at,
            Text(f"{body.zh}正在办理，最晚{{day}}答复您。", f"{body.en} is working on it; answer by {{day}}."),
        )
    tone = "ok" if row.stage == Stage.DELIVERED else "mute" if not row.open else ""
    return Summary(row.case_id, title, row.state_name, tone, not row.open, says, _steps_of(row), must)


def _steps_of(row: CaseRow) -> list[Step]:
    stages = list(Stage)
    here = stages.index(Stage(row.stage))
    return [
        Step(
            STAGE_NAMES[stage],
            row.opened_at if n == 0 else None,
            "done" if n < here else "now" if n == here else "later",
        )
        for n, stage in enumerate(stages)
    ]


def steps(view: CaseView) -> list[Step]:
    """The track of one case, with its days."""
    return [Step(stop.name, stop.at, "later" if stop.mark == "to-come" else stop.mark) for stop in view.track]


def todo(site: Site, case: str, service: Text, state: Text, due: datetime) -> Todo:
    """A case that waits for its applicant. What exactly they can do is on the page it leads to."""
    note = Text("等您处理。", "Waiting for you.")
    if due < FAR:
        note = dated(site, due, Text("请在{day}前处理。", "Please see to it by {day}."))
    title = Text(f"{service.zh}：{state.zh}", f"{service.en}: {state.en}")
    return Todo(title, note, f"/cases/{case}/correct", Text("去处理", "See to it"))


def due(site: Site, view: CaseView) -> Due | None:
    """The clock that matters now, in words."""
    term = view.due
    if term is None:
        return None
    if term.due is None:
        return Due(
            Text(f"{term.name.zh}：现在停着，不计时", f"{term.name.en}: the clock stands still"), term.explain(), None
        )
    if term.owed_by == "applicant":
        promise = Text("请在{day}前处理", "Please see to it by {day}")
    elif of_duty(view):  # nobody asked, so nobody is answered
        promise = Text(f"{term.name.zh}：最晚{{day}}", f"{term.name.en}: by {{day}}")
    else:
        promise = Text("最晚{day}答复您", "You will hear by {day}")
    return Due(dated(site, term.due, promise), term.explain(), _law_allows(site, term))


def _law_allows(site: Site, term: TermView) -> Text | None:
    lawful = term.statutory.due
    if lawful is None or lawful == term.due:
        return None
    return dated(
        site,
        lawful,
        Text("法律给的最后一天是{day}，我们承诺更早。", "The law allows until {day}; we promise sooner."),
    )


def tone(view: CaseView) -> str:
    """The colour of the state's label; the words say the same."""
    gone = view.state.elsewhere
    end, waits_for = view.spec.end or "", view.spec.waits_for
    if gone is not None:
        told = gone.progress
        end, waits_for = (told.end, told.waits_for) if told else ("", "")
    return TONES.get(end, "warn" if waits_for == APPLICANT else "")
