"""What the API answers about cases. As in `answered`: both languages, times with their offset."""

from datetime import datetime
from typing import Any, Literal

from tongban.base.i18n import Text
from tongban.cases.model import Attachment, Dispute, Event
from tongban.cases.store.personal import InboxNotice
from tongban.cases.whose import Whose
from tongban.catalog.procedure import Field, Stage
from tongban.certs import Certificate
from tongban.sharing import Shared
from tongban.web.api.answered import Answer


class Receipt(Answer, frozen=True, kw_only=True):
    """回执 A case after a command: its number, where it stands, and by when it is answered."""

    case: str
    version: int
    service: str
    state: str
    state_name: Text
    due: datetime | None


class CaseSummary(Answer, frozen=True, kw_only=True):
    """办件 A case in a list. `due` is the earlier of promise and law; null while no clock runs."""

    case: str
    region: str
    version: int
    service: str
    service_name: Text
    state: str
    state_name: Text
    stage: Stage
    waits_for: str
    open: bool
    body: str
    applicant_name: str
    due: datetime | None
    legal_due: datetime | None
    opened_at: datetime
    updated_at: datetime
    labels: tuple[str, ...]


class LookUpNotice(Answer, frozen=True, kw_only=True):
    """会查的一条记录 One record that may be looked up. `basis`: `duty`, the body must check it and the person is told;
    `agreement`, only if they say yes. `holder` is the body that has it, null where no grant says so yet."""

    place: str
    source: Text
    holder: Text | None
    basis: Literal["duty", "agreement"]
    names: tuple[str, ...]
    labels: tuple[Text, ...]
    laws: tuple[Text, ...]


class LookUpList(Answer, frozen=True, kw_only=True):
    """会查哪些记录 Every look that a service may take."""

    items: tuple[LookUpNotice, ...]


class FoundRecord(Answer, frozen=True, kw_only=True):
    """查到的一项 One value that was found, with where it comes from. Used for nothing yet."""

    name: str
    label: Text
    record: Shared


class MissingRecord(Answer, frozen=True, kw_only=True):
    """没查到的一项 What was not found, and why. `waiting`: the source did not answer and is asked again."""

    name: str
    label: Text
    why: Text
    waiting: bool


class LookUpPreview(Answer, frozen=True, kw_only=True):
    """先看再用 What was asked of whom, and what came of it. `preview` is handed back with the application."""

    service: str
    region: str
    asked: tuple[LookUpNotice, ...]
    found: tuple[FoundRecord, ...]
    missing: tuple[MissingRecord, ...]
    preview: str
    valid_until: datetime


class CasePage(Answer, frozen=True, kw_only=True):
    """One page of cases."""

    items: tuple[CaseSummary, ...]
    next: str | None = None


class TrackStop(Answer, frozen=True, kw_only=True):
    """One stop on the track."""

    stage: Stage
    name: Text
    at: datetime | None
    mark: Literal["done", "now", "to-come"]


class CaseTerm(Answer, frozen=True, kw_only=True):
    """期限 A clock of the case and the reason for its date. No date: it stands still."""

    term: str
    name: Text
    owed_by: Literal["authority", "applicant"]
    open: bool
    due: datetime | None
    promised: datetime | None
    statutory: datetime | None
    explanation: Text


class CaseFact(Answer, frozen=True, kw_only=True):
    """A fact: what the person said, and what a record says about the same."""

    fact: str
    name: Text
    value: Any
    record: Shared | None
    agrees: bool | None
    dispute: Dispute | None = None
    """The applicant says that the record is wrong; its value is not used."""


class CaseMaterial(Answer, frozen=True, kw_only=True):
    """A material and how it stands. `replaced`: a record stands for it (免交)."""

    material: str
    name: Text
    status: Literal["present", "replaced", "missing", "optional"]
    asked: bool
    files: tuple[Attachment, ...]
    earlier: tuple[Attachment, ...]


class PossibleAct(Answer, frozen=True, kw_only=True):
    """可办的动作 An act the reader may do now, with what it must say."""

    act: str
    name: Text
    adverse: bool
    law: str
    help: Text | None
    fields: dict[str, Field]


class ActList(Answer, frozen=True, kw_only=True):
    """What the reader may do with a case at `version`."""

    case: str
    version: int
    items: tuple[PossibleAct, ...]


class SaidItem(Answer, frozen=True, kw_only=True):
    """Something that was said with an act."""

    name: Text
    value: Text


class LetterText(Answer, frozen=True, kw_only=True):
    """通知 A letter, word for word."""

    title: Text
    body: Text


class AccountLine(Answer, frozen=True, kw_only=True):
    """经过 One line of the account."""

    seq: int
    at: datetime
    by: Literal["person", "official", "clock", "rules"]
    who: Text
    what: Text
    sentence: Text
    law: Text
    details: tuple[SaidItem, ...]
    letter: LetterText | None
    undone: bool


class PartyName(Answer, frozen=True, kw_only=True):
    """A person or body by id and name."""

    id: str
    name: Text


class CaseDetail(Answer, frozen=True, kw_only=True):
    """办件详情 A case as its reader may see it."""

    case: str
    version: int
    region: str
    service: str
    service_version: str
    service_name: Text
    applicant: PartyName
    body: PartyName
    whose: Whose
    state: str
    state_name: Text
    stage: Stage
    waits_for: str
    end: Literal["favourable", "adverse", "neutral"] | None
    due: datetime | None
    track: tuple[TrackStop, ...]
    terms: tuple[CaseTerm, ...]
    facts: tuple[CaseFact, ...]
    materials: tuple[CaseMaterial, ...]
    asked: tuple[str, ...]
    possible: tuple[PossibleAct, ...]
    account: tuple[AccountLine, ...]
    certificates: tuple[str, ...]


class CaseExport(Answer, frozen=True, kw_only=True):
    """办件导出 Everything about a case: the case for programs, its events as stored, the rules' reasons."""

    format: str
    case: str
    region: str
    version: int
    events: tuple[Event, ...]
    certificates: tuple[Certificate, ...]


class InboxPage(Answer, frozen=True, kw_only=True):
    """收件箱 Letters to the reader, newest first."""

    items: tuple[InboxNotice, ...]
    next: str | None = None


class PeopleOnlyChosen(Answer, frozen=True, kw_only=True):
    """只由人来办 How the choice stands, and how many open cases were told of it by this call."""

    people_only: bool
    told: int = 0
