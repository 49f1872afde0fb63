"""What the API answers: the contract of version 1. Every text is in both languages; times carry their offset."""

from datetime import date, datetime
from typing import Any, Literal

import msgspec

from tongban.base.i18n import Text
from tongban.cases.model import Attachment, Event
from tongban.cases.store.personal import InboxNotice
from tongban.catalog.model import Audience, FactType, Kind, Theme
from tongban.catalog.procedure import Field, Stage
from tongban.certs import Certificate, CertificateRecord, Check, Standing
from tongban.sharing import Access, Shared
from tongban.web.portal.application import Upload

Outcome = Literal["eligible", "not-yet", "no", "ask-official", "not-needed", "unknown"]


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Common to every answer."""


# --- services ----------------------------------------------------------------------------------------------------


class ServiceItem(_Answer, frozen=True, kw_only=True):
    """事项 A service in a list."""

    service: str
    version: str
    name: Text
    summary: Text
    kind: Kind
    themes: tuple[Theme, ...]
    authority: Text
    visits: int
    """到现场次数 How often one has to come in person."""


class ServicePage(_Answer, frozen=True, kw_only=True):
    """One page. `next` is handed back as `after`; null at the end."""

    items: tuple[ServiceItem, ...]
    next: str | None = None


class Citation(_Answer, frozen=True, kw_only=True):
    """依据 An article."""

    id: str
    act: str
    article: str
    no: str = ""


class ChoiceItem(_Answer, frozen=True, kw_only=True):
    """One allowed answer."""

    value: str
    name: Text
    hint: Text | None = None


class AskedFact(_Answer, frozen=True, kw_only=True):
    """要问的一项 Something that must be known. `source` is the record of the state that may answer instead."""

    fact: str
    name: Text
    ask: Text
    hint: Text | None
    type: FactType
    required: bool
    choices: tuple[ChoiceItem, ...]
    source: Text | None
    unit: str
    min: int | float | None
    max: int | float | None
    max_length: int


class MaterialNeed(_Answer, frozen=True, kw_only=True):
    """申请材料 A material. `replaced_by` is the record that stands for it; `certain` whether it is surely needed."""

    material: str
    name: Text
    need: Literal["required", "optional", "later"]
    certain: bool
    accepts: tuple[str, ...]
    replaced_by: Text | None
    hint: Text | None
    law: str


class PromisedTerm(_Answer, frozen=True, kw_only=True):
    """期限 A clock of the service as if it started now, with its reason. No date: on the spot."""

    term: str
    name: Text
    due: datetime | None
    explanation: Text


class QuestionAnswered(_Answer, frozen=True, kw_only=True):
    """常见问题 A question people ask."""

    question: Text
    answer: Text


class Guide(ServiceItem, frozen=True, kw_only=True):
    """办事指南 The guide to a service."""

    basic_code: str
    audience: tuple[Audience, ...]
    aliases: tuple[str, ...]
    conditions: tuple[Text, ...]
    facts: tuple[AskedFact, ...]
    materials: tuple[MaterialNeed, ...]
    terms: tuple[PromisedTerm, ...]
    result: Text
    fee: bool
    law: tuple[Citation, ...]
    faq: tuple[QuestionAnswered, ...]


class DecisionTable(_Answer, frozen=True):
    """A decision table, by name and content hash."""

    name: str
    hash: str
    hit: str


class DecisionInput(_Answer, frozen=True):
    """A value that a table read."""

    label: str
    value: Any


class MatchedRow(_Answer, frozen=True):
    """A row that decided."""

    row: int
    law: str | None
    note: str | None


class OtherRow(_Answer, frozen=True):
    """A row that did not count, and the first cell that failed."""

    row: int
    reason: str
    input: str
    cell: str
    value: Any
    law: str | None


class NullCause(_Answer, frozen=True):
    """Why a value became null on the way."""

    code: str
    start: int
    end: int
    zh: str
    en: str


class DecisionTrace(_Answer, frozen=True, rename={"why_not": "whyNot"}):
    """判断过程 One decision with its reasons: the rows that matched, and for every other row why not."""

    table: DecisionTable
    status: str
    settled: bool
    outputs: Any
    inputs: tuple[DecisionInput, ...]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    matched: tuple[MatchedRow, ...]
    why_not: tuple[OtherRow, ...]
    causes: tuple[NullCause, ...]


class AssessmentAnswer(_Answer, frozen=True, kw_only=True):
    """规则的判断 What the rules say about the facts, and why. It decides nothing."""

    service: str
    version: str
    outcome: Outcome
    message: Text
    fully_determined: bool
    outputs: dict[str, Any]
    questions: tuple[AskedFact, ...]
    """What is still to be asked, in order."""
    materials: tuple[MaterialNeed, ...]
    laws: tuple[Citation, ...]
    trace: tuple[DecisionTrace, ...]


# --- before a case -----------------------------------------------------------------------------------------------


class DraftItem(_Answer, frozen=True, kw_only=True):
    """草稿 An open draft. `records` is what the state holds, as it was looked up when it was started."""

    service: str
    region: str
    answers: dict[str, str | list[str]]
    documents: dict[str, tuple[Upload, ...]]
    records: dict[str, Shared]
    updated_at: datetime


class DraftList(_Answer, frozen=True, kw_only=True):
    """All open drafts of a person, the latest first."""

    items: tuple[DraftItem, ...]


# --- cases -------------------------------------------------------------------------------------------------------


class Receipt(_Answer, frozen=True, kw_only=True):
    """回执 A case after a command: its number, where it stands, and by when it is answered."""

    case: str
    version: int
    service: str
    state: str
    state_name: Text
    due: datetime | None


class CaseSummary(_Answer, frozen=True, kw_only=True):
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


class CasePage(_Answer, frozen=True, kw_only=True):
    """One page of cases."""

    items: tuple[CaseSummary, ...]
    next: str | None = None


class TrackStop(_Answer, frozen=True, kw_only=True):
    """One stop on the track."""

    stage: Stage
    name: Text
    at: datetime | None
    mark: Literal["done", "now", "to-come"]


class CaseTerm(_Answer, frozen=True, kw_only=True):
    """期限 A clock of the case and the reason for its date. No date: it stands still."""

    term: str
    name: Text
    owed_by: Literal["authority", "applicant"]
    open: bool
    due: datetime | None
    promised: datetime | None
    statutory: datetime | None
    explanation: Text


class CaseFact(_Answer, frozen=True, kw_only=True):
    """A fact: what the person said, and what a record says about the same."""

    fact: str
    name: Text
    value: Any
    record: Shared | None
    agrees: bool | None


class CaseMaterial(_Answer, frozen=True, kw_only=True):
    """A material and how it stands. `replaced`: a record stands for it (免交)."""

    material: str
    name: Text
    status: Literal["present", "replaced", "missing", "optional"]
    asked: bool
    files: tuple[Attachment, ...]
    earlier: tuple[Attachment, ...]


class PossibleAct(_Answer, frozen=True, kw_only=True):
    """可办的动作 An act the reader may do now, with what it must say."""

    act: str
    name: Text
    adverse: bool
    law: str
    help: Text | None
    fields: dict[str, Field]


class ActList(_Answer, frozen=True, kw_only=True):
    """What the reader may do with a case at `version`."""

    case: str
    version: int
    items: tuple[PossibleAct, ...]


class SaidItem(_Answer, frozen=True, kw_only=True):
    """Something that was said with an act."""

    name: Text
    value: Text


class LetterText(_Answer, frozen=True, kw_only=True):
    """通知 A letter, word for word."""

    title: Text
    body: Text


class AccountLine(_Answer, frozen=True, kw_only=True):
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


class PartyName(_Answer, frozen=True, kw_only=True):
    """A person or body by id and name."""

    id: str
    name: Text


class CaseDetail(_Answer, frozen=True, kw_only=True):
    """办件详情 A case as its reader may see it."""

    case: str
    version: int
    region: str
    service: str
    service_version: str
    service_name: Text
    applicant: PartyName
    body: PartyName
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


class CaseExport(_Answer, frozen=True, kw_only=True):
    """办件导出 Everything about a case: the case for programs, its events as stored, the rules' reasons."""

    format: str
    case: str
    region: str
    version: int
    events: tuple[Event, ...]
    certificates: tuple[Certificate, ...]


class InboxPage(_Answer, frozen=True, kw_only=True):
    """收件箱 Letters to the reader, newest first."""

    items: tuple[InboxNotice, ...]
    next: str | None = None


# --- certificates ------------------------------------------------------------------------------------------------


class CertificateItem(_Answer, frozen=True, kw_only=True):
    """证照 A certificate in a list."""

    id: str
    type: str
    name: Text
    issuer: Text
    case: str
    issued_at: datetime
    valid_from: date
    valid_until: date | None
    standing: Standing


class CertificatePage(_Answer, frozen=True, kw_only=True):
    """One page of certificates."""

    items: tuple[CertificateItem, ...]
    next: str | None = None


class CertificateDetail(_Answer, frozen=True, kw_only=True):
    """A certificate with its signature, which anyone can check."""

    record: CertificateRecord
    jws: str
    standing: Standing
    revoked_at: datetime | None
    revoked_because: str


class Verdict(_Answer, frozen=True, kw_only=True):
    """验真结果 Whether a certificate is genuine, whether it holds today, and each point that was checked."""

    genuine: bool
    valid: bool
    verdict: Text
    checks: tuple[Check, ...]
    record: CertificateRecord | None


# --- the rest ----------------------------------------------------------------------------------------------------


class AccessPage(_Answer, frozen=True, kw_only=True):
    """谁用过我的数据 Who looked at the reader's data, newest first."""

    items: tuple[Access, ...]
    next: str | None = None


class RegionItem(_Answer, frozen=True, kw_only=True):
    """行政区划 A region."""

    code: str
    name: Text
    level: Literal["province", "city", "county"]


class RegionList(_Answer, frozen=True, kw_only=True):
    """Regions directly inside one."""

    items: tuple[RegionItem, ...]


class Jwk(_Answer, frozen=True, kw_only=True, omit_defaults=True):
    """A public key (RFC 7517)."""

    kty: str
    crv: str
    x: str
    kid: str
    alg: str
    use: str = "sig"
    nbf: int = 0
    exp: int | None = None


class Jwks(_Answer, frozen=True, kw_only=True):
    """公钥集 The public keys that certificates are signed with."""

    keys: tuple[Jwk, ...]


class Me(_Answer, frozen=True, kw_only=True):
    """Who is logged in, and as what."""

    kind: Literal["person", "official"]
    id: str
    name: str
    post: str
    body: str
    region: str
    level: int
    on_behalf_of: str


class OpenedSession(_Answer, frozen=True, kw_only=True):
    """登录凭证 Send `token` as `Authorization: Bearer …`. It is shown once."""

    token: str
    token_type: Literal["Bearer"]
    expires_at: datetime
    actor: Me
