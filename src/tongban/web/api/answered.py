"""What the API answers: the contract of version 1. Every text is in both languages; times carry their offset."""

from datetime import date, datetime
from typing import Any, Literal

import msgspec

from tongban.base.i18n import Text
from tongban.catalog.diff import Effect
from tongban.catalog.model import Audience, FactType, Kind, Theme
from tongban.catalog.regional import Topic
from tongban.certs import CertificateRecord, Check, Standing
from tongban.sharing import Shared
from tongban.sharing.access import Kind as Looked
from tongban.web.portal.application import Upload

Outcome = Literal["eligible", "not-yet", "no", "ask-official", "not-needed", "unknown"]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Common to every answer."""


# --- services ----------------------------------------------------------------------------------------------------


class ServiceItem(Answer, frozen=True, kw_only=True):
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


class ServicePage(Answer, frozen=True, kw_only=True):
    """One page. `next` is handed back as `after`; null at the end."""

    items: tuple[ServiceItem, ...]
    next: str | None = None


class Citation(Answer, frozen=True, kw_only=True):
    """依据 An article."""

    id: str
    act: str
    article: str
    cite: Text
    """As people write it, in both languages."""
    no: str = ""


class ChoiceItem(Answer, frozen=True, kw_only=True):
    """One allowed answer."""

    value: str
    name: Text
    hint: Text | None = None


class AskedFact(Answer, frozen=True, kw_only=True):
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


class MaterialNeed(Answer, frozen=True, kw_only=True):
    """申请材料 A material. `replaced_by` is the record that stands for it; `certain` whether it is surely needed."""

    material: str
    name: Text
    need: Literal["required", "optional", "later"]
    certain: bool
    accepts: tuple[str, ...]
    replaced_by: Text | None
    hint: Text | None
    law: str


class PromisedTerm(Answer, frozen=True, kw_only=True):
    """期限 A clock of the service as if it started now, with its reason. No date: on the spot."""

    term: str
    name: Text
    due: datetime | None
    explanation: Text


class QuestionAnswered(Answer, frozen=True, kw_only=True):
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


class PlaceCompared(Answer, frozen=True):
    """比较的一个地方 One of the two places. `version` is null where the service cannot be applied for there."""

    region: str
    name: Text
    version: str | None


class ServiceDifference(Answer, frozen=True):
    """一处不同 One thing that is not the same; `effect` is for whoever applies `there` rather than `here`."""

    topic: Topic
    about: Text
    here: Text
    there: Text
    effect: Effect


class ServiceComparison(Answer, frozen=True):
    """地区差异 One service in two places on a day. `here` is `from`, `there` is `to`."""

    service: str
    on: date
    here: PlaceCompared
    there: PlaceCompared
    same: bool
    says: Text
    differences: tuple[ServiceDifference, ...]


class DecisionTable(Answer, frozen=True):
    """A decision table, by name and content hash."""

    name: str
    hash: str
    hit: str


class DecisionInput(Answer, frozen=True):
    """A value that a table read."""

    label: str
    value: Any


class MatchedRow(Answer, frozen=True):
    """A row that decided."""

    row: int
    law: str | None
    note: str | None


class OtherRow(Answer, frozen=True):
    """A row that did not count, and the first cell that failed."""

    row: int
    reason: str
    input: str
    cell: str
    value: Any
    law: str | None


class NullCause(Answer, frozen=True):
    """Why a value became null on the way."""

    code: str
    start: int
    end: int
    zh: str
    en: str


class DecisionTrace(Answer, frozen=True, rename={"why_not": "whyNot"}):
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


class AssessmentAnswer(Answer, frozen=True, kw_only=True):
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


class DraftItem(Answer, frozen=True, kw_only=True):
    """草稿 An open draft. `records` is what the state holds, as it was looked up when it was started."""

    service: str
    region: str
    answers: dict[str, str | list[str]]
    documents: dict[str, tuple[Upload, ...]]
    records: dict[str, Shared]
    updated_at: datetime


class DraftList(Answer, frozen=True, kw_only=True):
    """All open drafts of a person, the latest first."""

    items: tuple[DraftItem, ...]


# --- certificates ------------------------------------------------------------------------------------------------


class CertificateItem(Answer, frozen=True, kw_only=True):
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


class CertificatePage(Answer, frozen=True, kw_only=True):
    """One page of certificates."""

    items: tuple[CertificateItem, ...]
    next: str | None = None


class CertificateDetail(Answer, frozen=True, kw_only=True):
    """A certificate with its signature, which anyone can check."""

    record: CertificateRecord
    jws: str
    standing: Standing
    revoked_at: datetime | None
    revoked_because: str
    suspended_at: datetime | None
    suspended_because: str
    """暂停 Until when it is suspended is not known beforehand: it comes back when the suspension ends."""


class Verdict(Answer, frozen=True, kw_only=True):
    """验真结果 Whether a certificate is genuine, whether it holds today, and each point that was checked."""

    genuine: bool
    valid: bool
    verdict: Text
    checks: tuple[Check, ...]
    record: CertificateRecord | None


# --- the rest ----------------------------------------------------------------------------------------------------


class AccessLine(Answer, frozen=True, kw_only=True):
    """使用记录 One opening of the reader's data, in the words of the page.

    `by` is `self` (applying), `official`, `agent` (acts for them), `verifier`, `operator`, `kiosk`, `platform`;
    of another person nothing is told. `matter`, `case` and `service` are empty where the matter is somebody else's.
    """

    id: str
    at: datetime
    kind: Looked
    kind_name: Text
    by: Literal["self", "official", "agent", "verifier", "operator", "kiosk", "platform"]
    body: str
    post: str
    who: Text
    sentence: Text
    source: Text
    resource: str
    fields: tuple[str, ...]
    seen: tuple[Text, ...]
    answered: bool
    service: str
    service_name: Text
    matter: str
    case: str
    law: Text
    basis: str
    review: Text | None = None
    shown_from: datetime
    delayed: Text | None = None
    delayed_law: Text | None = None


class AccessPage(Answer, frozen=True, kw_only=True):
    """谁用过我的数据 Who opened the reader's data, newest first.

    `held_back_until`: there are lines that a rule shows later, the last of them on that day; null where there are
    none, or the rule does not let the reader know.
    """

    items: tuple[AccessLine, ...]
    held_back_until: datetime | None = None
    next: str | None = None


class RegionItem(Answer, frozen=True, kw_only=True):
    """行政区划 A region."""

    code: str
    name: Text
    level: Literal["province", "city", "county"]


class RegionList(Answer, frozen=True, kw_only=True):
    """Regions directly inside one."""

    items: tuple[RegionItem, ...]


class Jwk(Answer, frozen=True, kw_only=True, omit_defaults=True):
    """A public key (RFC 7517)."""

    kty: str
    crv: str
    x: str
    kid: str
    alg: str
    use: str = "sig"
    nbf: int = 0
    exp: int | None = None


class Jwks(Answer, frozen=True, kw_only=True):
    """公钥集 The public keys that certificates are signed with."""

    keys: tuple[Jwk, ...]


class WayIn(Answer, frozen=True, kw_only=True):
    """入口 An address that opens a page inside a program, once, until then."""

    address: str
    until: datetime


class Me(Answer, frozen=True, kw_only=True):
    """Who is logged in, and as what."""

    kind: Literal["person", "official"]
    id: str
    name: str
    post: str
    body: str
    region: str
    level: int
    on_behalf_of: str


class OpenedSession(Answer, frozen=True, kw_only=True):
    """登录凭证 Send `token` as `Authorization: Bearer …`. It is shown once."""

    token: str
    token_type: Literal["Bearer"]
    expires_at: datetime
    actor: Me
