"""What a case is made of: events, and the state that is a fold over them.

Everything here is a frozen value with one stable JSON form. Three decisions keep the rest small:

* an event carries what it changed (state, facts, documents, clock moves, the letter sent), so that `evolve` needs no
  procedure file and a case can be replayed when the file that made it is long out of force;
* an adverse event cannot be constructed, not even by reading a forged row, with the clock or the rules as its actor;
* nothing in this package accepts a suggestion: an actor is a person, an official, the clock or the rules.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

import msgspec

from tongban.base.i18n import Text
from tongban.cases.handover.standing import Elsewhere, Origin
from tongban.cases.own import CUSTODY_EVENTS as CUSTODY_EVENTS
from tongban.cases.own import OWN_NAMES as OWN_NAMES
from tongban.cases.own import VISIT_EVENTS as VISIT_EVENTS
from tongban.cases.own import Own as Own
from tongban.cases.refusals import Refusal as Refusal
from tongban.cases.refusals import refusal as refusal
from tongban.sharing import Shared

ActorKind = Literal["person", "official", "clock", "rules"]
"""动作的行为人. Complete: a model is none of these."""

START = "start"
"""The state before the first event, as procedure files write it."""
SAME = "same"
"""The `to` of an act that keeps the state."""


class _Value(msgspec.Struct, frozen=True, omit_defaults=True):
    """Common to every part of an event: immutable, and absent fields are not written."""


class By(_Value, frozen=True):
    """Who did it, as they were on that day; `post` and `body` are identifiers."""

    kind: ActorKind
    id: str
    name: str
    post: str = ""
    body: str = ""


class Applicant(_Value, frozen=True):
    """申请人. `number` is the identity number or USCC that the certificate will be made out to."""

    id: str
    name: str
    number: str = ""
    kind: Literal["person", "body"] = "person"


class Office(_Value, frozen=True):
    """The body that owes the answer, and where its decision can be contested (行政许可法 38, 行政复议法 22)."""

    id: str
    name: Text
    reconsideration: Text = Text("上一级行政机关", "the administrative body above it")
    contact: Text = Text("", "")
    court: Text = Text("有管辖权的人民法院", "the people's court with jurisdiction")
    installation: str = ""
    """The other installation of the platform where it works; empty for this one."""


class About(_Value, frozen=True):
    """The case that another is about, as it stood when the other was opened.

    `decided_on` is the day of its decision, from which the time for remedies runs; None if there was none yet.
    `by_rules` says that the rules made it and no person.
    """

    case: str
    decided_on: date | None = None
    by_rules: bool = False


class Opening(_Value, frozen=True):
    """What is fixed for good on the day of application: a case keeps the service version in force on its day."""

    case: str
    region: str
    service: str
    service_version: str
    procedure: str
    procedure_version: str
    day: date
    """The day of application in the authority's zone; eligibility and age are judged on it."""
    office: Office
    applicant: Applicant
    service_hash: str = ""
    """The seal of the service's text; empty in cases opened before it was kept."""
    about: About | None = None
    people_only: bool = False
    """只由人来办: the applicant asked that the rules do nothing by themselves (PIPL 24)."""
    barred: tuple[str, ...] = ()
    """Officials about whose own doing it is: they may read it, another handles it (回避)."""
    part_of: str = ""
    """The number of the whole that this case is one part of (一件事、并联审批、多地联办)."""
    received_by: Office | None = None
    """The body that took the application in, where that is another than `office` (异地代收代办, 国办发〔2020〕35号):
    it answers for the identity check and the form, `office` for the decision."""
    competence: Text = Text("", "")
    """Why it is this body that answers, with the law; empty where nothing had to be said."""
    moved_by: str = ""
    """The move of power by which this office answers in its own name, in another's place."""
    part: str = ""
    """What the whole calls this part."""
    parts: tuple[str, ...] = ()
    """The names of the parts that a whole is to have, those that are opened later among them."""
    origin: Origin | None = None
    """Where it came from, if another installation has handed it over."""

    received_at: datetime | None = None
    """When a counter received it without a line: the law's time runs from then (行政许可法 32)."""

    @property
    def number(self) -> str:
        """What the person calls it: the number that it had first, wherever it is handled."""
        return self.origin.number if self.origin else self.case

    together: tuple[Office, ...] = ()
    """The bodies that take part beside `office` (会同办理)."""


class Custody(_Value, frozen=True):
    """One hand-over of a case from body to body: the papers, the number and the clock go along.

    While `taken_at` is None the body that handed on still owes the answer. `region` and `version` are the region for
    which the receiving body answers and the version of the service that is in force there on the day of application.
    """

    from_office: Office
    to_office: Office
    at: datetime
    reason: Text
    law: str
    region: str = ""
    version: str = ""
    seq: int = 0
    taken_at: datetime | None = None
    receipt: str = ""
    """What the receiving side signed for it (`cases.custody`): a compact JWS."""
    objection: str = ""
    """Why the receiving body says that it is not competent; once, then the body above both settles it."""
    objected_at: datetime | None = None
    above: str = ""
    """The body above both, which settles it."""
    settled_at: datetime | None = None
    returned: bool = False
    """The body above both said that it stays where it was."""

    @property
    def on_its_way(self) -> bool:
        """Handed on, and neither taken over nor sent back."""
        return self.taken_at is None and not self.returned


class Attachment(_Value, frozen=True):
    """One uploaded file as the case holds it; the digest proves which one it was."""

    id: str
    name: str
    type: str
    size: int
    sha256: str


class Dispute(_Value, frozen=True):
    """这不对: the applicant says that a record is wrong. It is not used; `case` asks the source to correct it."""

    record: Shared
    case: str = ""


class Move(_Value, frozen=True):
    """What an event did to one term. `origin` is the moment it counts from, if not the event's own."""

    do: Literal["start", "pause", "resume", "extend", "end"]
    term: str
    at: datetime
    seq: int
    origin: datetime | None = None
    ground: str = ""
    span: str = ""
    approver: str = ""
    reason: str = ""


class Letter(_Value, frozen=True):
    """What the person was told, word for word: the letter is part of the case."""

    to: str
    """Person id."""
    title: Text
    body: Text
    notice: str
    """The procedure's name for it."""


class Spoken(_Value, frozen=True):
    """An event in words, as the account of the case told it to the person on that day."""

    what: Text
    by: Text
    law: Text | None = None


class Event(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One thing that happened. Events are only ever added.

    `type` is an act of the procedure or one of `Own`. `authority` is the chain by which the actor acted, from the
    grant. `payload` is what was said. Raises ValueError if it is adverse and not a human's act.
    """

    seq: int
    type: str
    at: datetime
    by: By
    to: str
    """The state after it."""
    on_behalf_of: str = ""
    authority: Text = Text("", "")
    payload: dict[str, Any] = {}
    law: str = ""
    adverse: bool = False
    decides: Literal["favourable", "adverse"] | None = None
    issues: bool = False
    grant: Literal["give", "suspend", "resume", "end"] | None = None
    """What it did to the grant of shared data that the case is about."""
    lists: bool = False
    """Whether it published the entry of the directory of shared data that the case proposes."""
    moves_power: bool = False
    revokes: bool = False
    """Whether it revoked what the case had issued."""
    certificate: Literal["suspend", "restore", "revoke", "replace"] | None = None
    """What it did to the certificate that the case is about."""
    promise: Literal["broken", "repaired"] | None = None
    """Whether it found a promise to be false, or ended the memory of one."""
    in_name_of: str = ""
    delegation: str = ""
    """以委托机关名义: the body in whose name another acted, and the move of power by which it was done."""
    opening: Opening | None = None
    facts: dict[str, Any] = {}
    records: dict[str, Shared] = {}
    disputes: dict[str, Dispute] = {}
    """Records that the applicant says are wrong, by fact or material."""
    documents: dict[str, tuple[Attachment, ...]] = {}
    asks: tuple[str, ...] = ()
    """Facts and materials the applicant is asked to complete."""
    named: dict[str, By] = {}
    """Officials whom it names for what comes next, such as the chair of a hearing."""
    moves: tuple[Move, ...] = ()
    letter: Letter | None = None
    judged: dict[str, Any] = {}
    """What the rules said when it decided, as `catalog.compact` keeps it: enough to make the decision again."""
    words: Spoken | None = None
    """What is said of it to the public log: letter for letter, so new words in a file or in this program change no
    receipt. None in events of before."""

    def __post_init__(self) -> None:
        if (self.adverse or self.decides == "adverse") and self.by.kind not in ("person", "official"):
            raise ValueError(f"an adverse act needs a human actor, not {self.by.kind}")


class Done(_Value, frozen=True):
    """A line of the case's past, as acts that come later may need it."""

    seq: int
    type: str
    at: datetime
    by: By
    before: str  # the state it was done in
    delegation: str = ""
    for_applicant: bool = False  # by an agent, or an official at a counter
    payload: dict[str, Any] = {}  # what was said, for acts and letters that come after


class CaseState(msgspec.Struct, frozen=True, kw_only=True):
    """Where a case stands. Always `fold(events)`; never stored."""

    opening: Opening | None = None
    state: str = START
    seq: int = 0
    version: int = 0
    """The last event that changed what may be done; letters delivered do not count, so they disturb nobody."""
    opened_at: datetime | None = None
    updated_at: datetime | None = None
    facts: dict[str, Any] = {}
    records: dict[str, Shared] = {}
    disputes: dict[str, Dispute] = {}
    documents: dict[str, tuple[Attachment, ...]] = {}
    replaced: dict[str, tuple[Attachment, ...]] = {}
    """Files that a later one took the place of."""
    asked: tuple[str, ...] = ()
    named: dict[str, By] = {}
    """Officials whom an act named for what comes next, by field."""
    acts: tuple[Done, ...] = ()
    moves: tuple[Move, ...] = ()
    escalated: tuple[Escalation, ...] = ()
    undelivered: tuple[Undelivered, ...] = ()
    """Letters that reached nobody."""
    decided: Literal["favourable", "adverse"] | None = None
    issued: bool = False
    visited: int = 0
    """The event of the last visit that was registered for it together with other cases."""
    people_only: bool = False
    questions: tuple[Question, ...] = ()
    """Other cases that are about this one."""
    parts: tuple[Part, ...] = ()
    """The cases that this one is the whole of, in the order in which they were opened."""
    custody: tuple[Custody, ...] = ()
    """Every hand-over from body to body, oldest first."""
    elsewhere: Elsewhere | None = None
    doubts: tuple[Doubt, ...] = ()
    """Certificates it relies on that were suspended, revoked or replaced since, and that no official has looked at."""

    @property
    def case(self) -> Opening:
        """The opening of a case that has one. Raises ValueError before the first event."""
        if self.opening is None:
            raise ValueError("the case has not been opened")
        return self.opening

    @property
    def office(self) -> Office:
        """The body that owes the answer now: the last that took the case over, or the one it was opened at.

        Raises ValueError before the first event.
        """
        taken = [one.to_office for one in self.custody if one.taken_at]
        return taken[-1] if taken else self.case.office

    @property
    def place(self) -> str:
        """The region for which the body that owes the answer works; the number keeps that of the opening."""
        taken = [one.region for one in self.custody if one.taken_at and one.region and not one.to_office.installation]
        return taken[-1] if taken else self.case.region

    @property
    def service_version(self) -> str:
        """The version of the service by which it is judged: that of its day in the place where it is handled."""
        taken = [one.version for one in self.custody if one.taken_at and one.version and not one.to_office.installation]
        return taken[-1] if taken else self.case.service_version

    @property
    def desk(self) -> Office:
        """The body here that looks after the case, also while one of another installation has it."""
        gone = self.elsewhere
        return next(one.from_office for one in self.custody if one.seq == gone.seq) if gone else self.office

    @property
    def on_its_way(self) -> Custody | None:
        """The hand-over that the other side has not answered yet."""
        last = self.custody[-1] if self.custody else None
        return last if last and last.on_its_way else None

    @property
    def parts_open(self) -> int:
        """How many parts have not ended, those that are still to be opened among them."""
        ended = {part.name for part in self.parts if part.ended}
        names = {part.name for part in self.parts} | set(self.opening.parts if self.opening else ())
        return len(names - ended)

    @property
    def parts_granted(self) -> int:
        """How many parts have ended in favour."""
        return sum(part.end == "favourable" for part in self.parts)

    def record_of(self, name: str) -> Shared | None:
        """What a record says about a fact or for a material, also where the applicant disputes it."""
        disputed = self.disputes.get(name)
        return self.records.get(name) or (disputed.record if disputed else None)

    def last(self, act: str) -> Done | None:
        """The last time this act was done."""
        return next((done for done in reversed(self.acts) if done.type == act), None)


class Escalation(_Value, frozen=True):
    """逾期督办: which term ran out, which rung of the ladder, and the superior named."""

    term: str
    rung: str
    at: datetime
    seq: int = 0
    body: str = ""
    post: str = ""
    person: str = ""
    title: Text = Text("", "")


class Question(_Value, frozen=True):
    """Another case about this one: opened by event `seq`, answered by event `answered` (0 while it is not)."""

    case: str
    service: Text
    at: datetime
    seq: int = 0
    answered: int = 0
    end: Literal["favourable", "adverse", "neutral", ""] = ""
    outcome: Text = Text("", "")


End = Literal["favourable", "adverse", "neutral", ""]
"""How a case ended; empty while it has not."""


class PartEnd(_Value, frozen=True):
    """How a part ended. `case` is empty for a part that was never opened because what it needs will not come."""

    name: str
    title: Text
    case: str = ""
    end: End = ""
    outcome: Text = Text("", "")
    gives: dict[str, Any] = {}
    """What it gives to the parts that wait for it; only what they take, and nothing where it was not granted."""


class Part(_Value, frozen=True):
    """One part of a whole, as the whole was told of it: opened by event `seq`, ended by event `ended` (0: not yet).

    `name` is what the file that composes the whole calls it, once in each whole; `case` the number of the case that
    answers it. The answer that stands is the part's own: here is only that there is one and how it went.
    """

    name: str
    title: Text
    since: datetime
    due: date | None = None
    """The day by which it was promised when it was opened; its own case says what holds now."""
    case: str = ""
    service: str = ""
    """Slug."""
    office: Office | None = None
    """The body that owes the answer when it is opened."""
    seq: int = 0
    ended: int = 0
    until: datetime | None = None
    end: End = ""
    outcome: Text = Text("", "")
    gives: dict[str, Any] = {}


class Doubt(_Value, frozen=True):
    """A certificate that the case relies on and that has changed: for which facts and materials, and how."""

    certificate: str
    name: Text
    change: Literal["suspended", "revoked", "replaced", "restored", "unknown", "confirmed"]
    items: tuple[str, ...]
    at: datetime


class Undelivered(_Value, frozen=True):
    """A letter, named by its event, that no channel could deliver."""

    seq: int
    at: datetime
    error: str = ""
