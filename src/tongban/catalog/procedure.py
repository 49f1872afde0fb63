"""The procedure file: the states and acts of one kind of case, as data. The engine in `tongban.cases` runs it.

An act says from where to where, who may, what must be said, which clocks it moves, what the person is told. The
checker proves that every state has an answer for every act, that every path ends, that nothing adverse can be done by
a clock or a rule, and that everything adverse takes a second person.
"""

from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tongban.base.i18n import Text
from tongban.catalog.model import FactName, Law, Slug, Words


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class Stage(StrEnum):
    """Where the applicant sees their case on the track."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    EXAMINED = "examined"
    DECIDED = "decided"
    DELIVERED = "delivered"


class State(_File, frozen=True, kw_only=True):
    """One state. `waits_for` is whose move it is; an `end` state allows nothing but the acts that name it."""

    name: Text
    stage: Stage
    waits_for: Literal[
        "applicant",
        "intake",
        "examine",
        "decide",
        "head",
        "government-head",
        "asking",
        "asking-head",
        "sharing-authority",
        "common-superior",
        "joined",
        "nobody",
    ]
    end: Literal["favourable", "adverse", "neutral"] | None = None


class Who(StrEnum):
    """Who may be the actor of an act. A suggestion of a model is none of these."""

    APPLICANT = "applicant"
    """The applicant, or a person with their mandate."""
    INTAKE = "intake"
    EXAMINE = "examine"
    DECIDE = "decide"
    HEAD = "head"
    GOVERNMENT_HEAD = "government-head"
    SUPERIOR = "superior"
    ASKING = "asking"
    """An official of the body that asked, where one body asks another."""
    ASKING_HEAD = "asking-head"
    SHARING_AUTHORITY = "sharing-authority"
    """政务数据共享主管部门 at the level of the body that owes the answer (政务数据共享条例 21)."""
    COMMON_SUPERIOR = "common-superior"
    """The one above both bodies (政务数据共享条例 28)."""
    JOINED = "joined"
    """An official of a body that takes part beside the one that owes the answer (会同办理, 行政许可法 26)."""
    CLOCK = "clock"
    RULES = "rules"


CONDITION_NAMES = (
    "outcome",
    "complete",
    "situation",
    "fully_determined",
    "application_date",
    "all_passed",
    "parts_open",
    "parts_granted",
    "parts_refused",
    "certificate_over",
)
"""What a condition of an act may read beside the facts and outputs of the service."""


class Field(_File, frozen=True, kw_only=True):
    """One thing an act must say."""

    type: Literal[
        "text", "long-text", "date", "integer", "items", "choice", "law", "documents", "facts", "official", "body"
    ]
    name: Text
    required: bool = True
    hint: Text | None = None
    only: Literal["any", "later"] = "any"
    """For items: `later` takes nothing but materials that the service file lets follow (容缺)."""
    ahead: str = ""
    """For a date: at least so long after the day of the act, as a span such as `7 working-days`."""
    not_by: tuple[Slug, ...] = ()
    """For an official (named by who they are, not by a text): must not have done one of these acts."""
    after: tuple[Slug, ...] = ()
    """Must be filled in once one of these acts has happened, though it is not required before."""
    choices: tuple[tuple[str, Text], ...] = ()
    max_length: Annotated[int, Meta(ge=1, le=20000)] = 2000


class Effect(_File, frozen=True, kw_only=True):
    """What an act does to one term."""

    do: Literal["start", "pause", "resume", "extend", "end"]
    term: Slug
    ground: str = ""
    """For pause and resume: the legal ground, or `$kind` to take it from what the act says (or, if it does not say
    it, from the act that said it last)."""
    since: Slug = ""
    """For start: count from when this other term began, not from now. A deemed acceptance dates back to the day the
    application arrived (行政许可法 32④)."""
    until: FactName = ""
    """For start: the term runs until the end of the day that this field of the act says, whatever its span."""
    from_fact: FactName | None = None
    """For start: count from the beginning of the day that this fact of the case names, where that lies before now."""


class Act(_File, frozen=True, kw_only=True):
    """动作: one thing an actor may do to a case."""

    name: Text
    from_: tuple[str, ...] = msgspec.field(name="from")
    """States from which it is possible; `start` opens the case."""
    to: str
    """The state after it; `same` keeps the state."""
    who: tuple[Who, ...]
    says: dict[FactName, Field] = {}
    terms: tuple[Effect, ...] = ()
    notice: Slug | None = None
    law: str = ""
    adverse: bool = False
    """Goes against the applicant: never by rules or clock, always with reasons, remedies and a second person."""
    not_by: tuple[Slug, ...] = ()
    """Must not be done by the person who last did one of these acts (四眼原则)."""
    on_expiry: Slug | None = None
    """For the clock: the term whose expiry does this."""
    when: str = ""
    """FEEL over facts, table outputs, `outcome`, `complete` (no material missing), `fully_determined` (no input that
    matters is unknown), `situation`, and of a whole `parts_open`, `parts_granted`, `parts_refused` (ended otherwise),
    `certificate_over` (a certificate that the case is about or rests on was revoked in another one);
    judged with what the act itself adds already counted in."""
    after: tuple[Slug, ...] = ()
    """Possible only once one of these acts has happened."""
    each: Slug = ""
    """Every body that takes part does it once since the act named here; one that found
    nothing to object to (`passed`) need not again."""
    after_each: Slug = ""
    """Possible only once every body that takes part has done this act."""
    after_expiry: Slug = ""
    """Possible only once this term has run out."""
    before_expiry: Slug = ""
    """Not possible once this term has run out; possible where it was never started."""
    by_named: FactName = ""
    """Only by the official whom an earlier act named under this field."""
    unless: tuple[Slug, ...] = ()
    """Not possible once one of these acts has happened (a correction is asked for once)."""
    decides: Literal["favourable", "adverse"] | None = None
    issues: bool = False
    """Issues the certificate of the service's result."""
    hands_on: bool = False
    """派单: hands the case to the body named in its field `body`, which owes the answer from that moment (首接负责). A
    procedure with such an act knows no other way of handing on, so whoever sent it also hears the objection."""
    grant: Literal["give", "suspend", "resume", "end"] | None = None
    """What it does, in the same transaction, to the grant of shared data that the case is about."""
    lists: bool = False
    """Publishes, in the same transaction, the entry of the directory of shared data that the case proposes."""
    moves_power: bool = False
    """Publishes, changes or ends, in the same transaction, the delegation or other move of power that the case is about
    (行政许可法 24, 25)."""
    revokes: bool = False
    """Revokes, in the same transaction, what the case issued. Only an adverse act may."""
    certificate: Literal["suspend", "restore", "revoke", "replace"] | None = None
    """What it does, in the same transaction, to the certificate that the fact `certificate` of the case names: not to
    be used until it is restored, revoked for good, or replaced by a new one that names it."""
    promise: Literal["broken", "repaired"] | None = None
    """What it does to the memory of a false promise (告知承诺): `broken` begins it, `repaired` ends the one that
    the case this one is about began."""
    undo_minutes: int = 0
    help: Text | None = None


class ProcedureTerm(_File, frozen=True, kw_only=True):
    """A clock of the procedure. `span` here, unless the service file gives its own under the same name."""

    name: Text
    span: str | None = None
    """Without one here or in the service file, the acts that start this term are not possible for that service."""
    rule: str = ""
    law: str = ""
    on_expiry: Literal["act", "escalate", "lapse", "none"] = "escalate"
    owed_by: Literal["authority", "applicant"] = "authority"
    aside: bool = False
    """Runs beside the others: it is warned of and escalated, and is not the date that the case is known by."""
    own: bool = False
    """The platform's own span and no statute's; said so wherever it is shown."""


class Notice(_File, frozen=True, kw_only=True):
    """What the person is told. `{placeholders}`: service, case, name, body, official (who acted), due, items, reasons,
    remedies, link."""

    title: Text
    body: Text
    remedies: bool = False


class OnTheSpot(_File, frozen=True, kw_only=True):
    """现场: where somebody has to come for a case, so that cases at one address can share a visit (浙江 18).

    `address` names the facts that may be the address, the first that a service has; `states` are those in which
    somebody has still to come; `day` the field by which an act has fixed a day already, if the procedure fixes one.
    """

    address: tuple[FactName, ...]
    states: tuple[Slug, ...]
    day: FactName = ""


class Procedure(_File, frozen=True, kw_only=True):
    """A procedure file."""

    procedure: Slug
    version: Annotated[str, Meta(pattern=r"^[0-9]+(\.[0-9]+)*$")]
    name: Text
    law: tuple[Law, ...]
    states: dict[Slug, State]
    acts: dict[Slug, Act]
    terms: dict[Slug, ProcedureTerm]
    notices: dict[Slug, Notice]
    note: Words = ""
    on_the_spot: OnTheSpot | None = None
