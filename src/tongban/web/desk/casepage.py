"""Everything the case page shows, worked out from one view of one case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tongban.base.errors import Problem
from tongban.base.i18n import Text
from tongban.cases import CaseView, Command, Letter, Refusal, clocks, letters, listing
from tongban.cases.account import Line
from tongban.cases.decide import decide
from tongban.cases.duties import of_duty
from tongban.cases.model import refusal
from tongban.cases.projections import taken_in
from tongban.catalog.model import Service
from tongban.catalog.procedure import Act
from tongban.voice.hotline.model import called
from tongban.web.desk import acts, drafts
from tongban.web.desk.drafts import Box
from tongban.web.desk.papers import Papers
from tongban.web.desk.queue import TAGS, Queue
from tongban.web.desk.ruling import ruling
from tongban.web.desk.sheet import sheet
from tongban.web.desk.timebar import time_bar
from tongban.web.desk.values import RegionName
from tongban.web.forms import Form

VIEWABLE = frozenset({"application/pdf", "image/jpeg", "image/png", "image/webp"})

WAITS: dict[str, Text] = {
    "applicant": Text("在等申请人。补齐之后会自动回到队列里。", "It waits for the applicant and comes back by itself."),
    "intake": Text("由受理岗位办理。", "It waits for intake."),
    "examine": Text("由审查岗位办理。", "It waits for examination."),
    "decide": Text("由审批岗位办理；复核须由提出人以外的人作出。", "It waits for a decider other than who proposed."),
    "head": Text("由负责人办理。", "It waits for the head."),
    "government-head": Text("由政府负责人决定。", "It waits for the head of government."),
    "asking": Text("在等提出申请的单位。", "It waits for the body that asked."),
    "asking-head": Text(
        "在等申请单位的共享工作负责人同意。", "It waits for the consent of the head of the asking body's sharing unit."
    ),
    "sharing-authority": Text("由同级政务数据共享主管部门协调。", "It waits for the sharing authority of this level."),
    "joined": Text("等会同办理的机关。", "It waits for the bodies that take part."),
    "common-superior": Text("由共同的上级政务数据共享主管部门协调。", "It waits for the sharing authority above both."),
    "nobody": Text("这个办件已经办结。", "This case is closed."),
}


@dataclass(frozen=True, slots=True)
class Head:
    """The top of the page."""

    id: str
    service: Text
    state: Text
    ended: bool
    applicant: Text
    of_duty: bool
    """Begun by a body itself: whoever it concerns applied for nothing."""
    number: str
    opened_at: datetime | None
    version: int
    tags: tuple[Text, ...]
    previous: str
    next: str
    proposes: str = ""
    """Where what it would change in the list of shared data is shown, if it is about an entry."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The notice of an act before it is done. `remedies` stand apart where the letter itself does not carry them."""

    letter: Letter | None
    remedies: Text | None


def values(
    view: CaseView,
    queue: Queue,
    region: RegionName,
    versions: Sequence[Service] = (),
    *,
    form: Form | None = None,
    chosen: str = "",
    problems: Sequence[Problem] = (),
    preview: Preview | None = None,
    moved: Sequence[Line] = (),
    boxes: Mapping[str, Box] | None = None,
    read: Papers | None = None,
) -> dict[str, Any]:
    """The template's values. `versions` are those of the service, for what the rules will say on days ahead."""
    shown = sheet(view, region, read.cells if read else None)
    panel = acts.panel(view, shown, form or Form(), chosen)
    due = None if view.ended else clocks.due(view.definition, view.state, view.now)
    kept = any(option.chosen for option in panel.options)
    return {
        "case": head(view, queue),
        "emergency": view.trace is not None and view.trace.emergency,
        "list": queue,
        "sheet": shown,
        "papers": read,
        "ruling": ruling(view.judged.explained(region, versions)),
        "bar": time_bar(due, view.now) if due else None,
        "answers": view.whose,
        "history": tuple(reversed(view.account)),
        "panel": panel,
        "problems": problems,
        "preview": preview,
        "undo": undo_until(view) if panel.undo else None,
        "waits": WAITS[view.spec.waits_for],
        "viewable": VIEWABLE,
        "moved": moved,
        "kept": kept,
        "lost": () if kept else written(form or Form(), chosen),
        "drafts": boxes if boxes is not None else drafts.boxes(view, form or Form()),
    }


def head(view: CaseView, queue: Queue) -> Head:
    """The top of the page; its neighbours come from the list it was opened from."""
    previous, following = queue.beside(view.case)
    applicant = view.opening.applicant
    labels = _labels(view)
    return Head(
        id=view.case,
        service=view.service_name,
        state=view.state_name,
        ended=view.ended,
        applicant=called(applicant.name),
        of_duty=of_duty(view),
        number=_masked(applicant.number),
        opened_at=view.state.opened_at,
        version=view.version,
        tags=tuple(TAGS[label] for label in labels if label in TAGS),
        previous=previous,
        next=following,
        proposes=_proposes(view),
    )


def _labels(view: CaseView) -> tuple[str, ...]:
    state = view.state
    found = {
        "counter": taken_in(state),
        "corrected": bool(state.replaced),
        "escalated": bool(state.escalated),
        "undelivered": bool(state.undelivered),
        "people-only": state.people_only,
        "certificate-changed": bool(state.doubts),
        "questioned": any(not question.answered for question in state.questions),
    }
    return tuple(label for label, holds in found.items() if holds)


def _masked(number: str) -> str:
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}" if len(number) > 8 else ""


def undo_until(view: CaseView) -> datetime | None:
    """Until when the last act can be taken back."""
    last = view.state.acts[-1] if view.state.acts else None
    act = view.definition.procedure.acts.get(last.type) if last else None
    return last.at + timedelta(minutes=act.undo_minutes) if last and act else None


def written(form: Form, act: str) -> tuple[str, ...]:
    """The words somebody typed for an act that is no longer possible: never lost, shown to be copied."""
    mine = [texts for name, texts in form.values.items() if name.startswith(f"{act}.")]
    return tuple(text for texts in mine for text in texts if len(text.strip()) > 3)


def since(view: CaseView, version: int) -> tuple[Line, ...]:
    """What happened after the version somebody saw."""
    return tuple(line for line in view.account if line.seq > version)


def preview(view: CaseView, name: str, spec: Act, says: Mapping[str, Any], remark: Text) -> Preview | Refusal:
    """What the applicant would be told, from the same pure decision that acts; nothing is written. `remark` is the
    sentence on what a machine contributed, which the letter of an outcome carries."""
    said = {key: value for key, value in says.items() if spec.says[key].type != "documents"}
    grant = view.grant(name)
    if grant is None:
        return refusal(
            "not-your-act", "这一步不能由您办理。", "This act is not yours to do.", place="actor", status=403
        )
    command = Command(name, view.reader, grant, said, view.version, remark=remark, receivers=view.receivers)
    decided = decide(view.definition, view.state, command, view.now)
    if isinstance(decided, Refusal):
        return decided
    letter = next((event.letter for event in decided if event.type == name), None)
    adverse = spec.adverse or "law" in spec.says
    own = spec.notice is not None and view.definition.procedure.notices[spec.notice].remedies
    remedies = letters.remedies(view.definition, view.state, view.now) if adverse and not own else None
    return Preview(letter, remedies)


_PROPOSALS = {listing.SERVICE: "entries", listing.ELEMENT: "elements/proposed"}


def _proposes(view: CaseView) -> str:
    """Where what the case proposes for the directory is shown; "" where it proposes nothing."""
    place = _PROPOSALS.get(view.opening.service)
    return f"/desk/sharing/{place}/{view.case}" if place else ""
