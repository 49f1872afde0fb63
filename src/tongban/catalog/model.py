"""The service file: one thing that can be asked for, written once.

These types are the single source of the published JSON Schema (`tongban.catalog.schema`), of editor completion and
of what the loader accepts. Words are those of GB/T 39554 where it has them; a comment after a field names the
element of the implementation list (实施清单) that it fills.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from tongban.catalog.competence_row import Competence as Competence
from tongban.catalog.dated import Parameter
from tongban.catalog.fields import FactName, Feel, Slug, Words
from tongban.catalog.promise import Promise as Promise
from tongban.catalog.result import Result as Result
from tongban.catalog.result import Validity as Validity


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Common to every part of a file: unknown fields are errors, nothing changes after loading."""


class Kind(StrEnum):
    """事项类型: the eleven national types (facts: national platform code table)."""

    LICENSING = "行政许可"
    PENALTY = "行政处罚"
    ENFORCEMENT = "行政强制"
    LEVY = "行政征收"
    BENEFIT = "行政给付"
    INSPECTION = "行政检查"
    CONFIRMATION = "行政确认"
    AWARD = "行政奖励"
    RULING = "行政裁决"
    OTHER_POWER = "其他行政权力"
    PUBLIC_SERVICE = "公共服务"


class Theme(StrEnum):
    """What happens in a life or a business; the portal's front page is ordered by it."""

    BIRTH = "birth"
    SCHOOL = "school"
    WORK = "work"
    MARRIAGE = "marriage"
    HOUSING = "housing"
    HEALTH = "health"
    OLD_AGE = "old-age"
    BUSINESS = "business"
    CARE = "care"
    BUILDING = "building"
    ENVIRONMENT = "environment"
    RESIDENCE = "residence"


class Audience(StrEnum):
    """服务对象."""

    NATURAL_PERSON = "natural-person"
    ENTERPRISE = "enterprise"
    PUBLIC_INSTITUTION = "public-institution"
    SOCIAL_ORGANISATION = "social-organisation"
    UNINCORPORATED = "unincorporated"
    GOVERNMENT = "government"
    OTHER = "other"


class Level(StrEnum):
    """行使层级."""

    NATION = "nation"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"


UNCHECKED = "?"
"""The article of a law whose number nobody has looked up yet."""


class Law(_File, frozen=True, kw_only=True):
    """设定依据. `tag` says how well we know it: V read in the text, S secondary, I inferred, M from memory."""

    id: Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    act: str
    """Its Chinese title without 《》. Its English one is in `tongban/catalog/acts.yaml`."""
    act_en: str = ""
    """The English title of an act that is not in that list."""
    article: Annotated[str, Meta(pattern=r"^(\?|[0-9].*)?$")] = ""
    """Its number, such as "32"; "?" where it has one that was not looked up; empty for the whole act."""
    about: Words = ""
    """What the part is about, where it is cited without a number."""
    no: str = ""
    issued_by: str = ""
    in_force: date | None = None
    until: date | None = None
    tag: Literal["V", "S", "I", "M"] = "V"
    gist: Words = ""
    """One sentence of what it demands, in our words (never the text of the law itself)."""


class Authority(_File, frozen=True, kw_only=True):
    """行使层级 and 实施主体: who is competent. `body` is a kind of body (公安 = police), not one body."""

    level: Level
    body: Slug
    name: Words
    note: Words = ""
    owner_of: FactName | None = None
    """The fact that names a resource of the directory of shared data: the body that owns it is competent instead."""


class Visits(_File, frozen=True, kw_only=True):
    """到办事现场次数. More than none needs a reason that cites law (最多跑一次)."""

    max: Annotated[int, Meta(ge=0, le=9)] = 0
    reason: Words = ""
    law: str = ""


class Reach(_File, frozen=True, kw_only=True):
    """通办形式 and 通办范围."""

    modes: tuple[Literal["online", "proxy-intake", "joint", "counter"], ...] = ("online", "counter")
    scope: Literal["nationwide", "province", "city", "county"] = "county"


class Extension(_File, frozen=True, kw_only=True):
    """How far a term may be extended, and whose approval that takes."""

    by: str
    approver: Literal["head", "government-head", "superior", "sharing-authority"]
    law: str


class Term(_File, frozen=True, kw_only=True):
    """法定办结时限 and 承诺办结时限. Spans read like `20 working-days`, `15 calendar-days`, `on-the-spot`."""

    statutory: str | None = None
    promised: str | None = None
    law: str = ""
    extension: Extension | None = None
    rule: str = ""
    """Name of a statutory term of `tongban.terms` that fixes start, roll-over and consequence."""
    note: Words = ""


class SpecialProcedure(_File, frozen=True, kw_only=True):
    """特别程序: time that does not count (行政许可法 45). The applicant is told in writing how long it takes."""

    kind: Literal["hearing", "tender", "auction", "inspection", "testing", "quarantine", "appraisal", "expert-review"]
    name: Words
    takes: str
    law: str
    when: Feel = ""


TEST = r'^((=|!=|<|<=|>|>=) (-?[0-9]{1,15}(\.[0-9]{1,10})?|"[^"\\]{1,60}"|true|false))?$'
"""A comparison with a number, a quoted text or date, or a truth value."""


class Source(_File, frozen=True, kw_only=True):
    """Which record of the state answers: `body.resource/record#field`, e.g. `police.population/person#birth_date`."""

    at: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*\.[a-z0-9-]+/[a-z0-9-]+#[a-z0-9_]+$")]
    name: Words
    law: str = ""
    """On what ground the record is read instead of asking, or on what the register itself rests."""
    test: Annotated[str, Meta(pattern=TEST)] = ""
    """A least answer: the value stays where it is, only whether it passes this comparison (`>= 12`) comes back."""
    statement: Literal["checked", "enough"] = "checked"
    """What a rule may make of the applicant's own word where the record did not answer: nothing without a person, or
    all, where the law itself takes a declaration."""

    @property
    def place(self) -> str:
        """`hr.insurance/member` of `hr.insurance/member#months_paid`."""
        return self.at.partition("#")[0]

    @property
    def resource(self) -> str:
        """`hr.insurance`."""
        return self.at.partition("/")[0]

    @property
    def record(self) -> str:
        """`member`."""
        return self.place.partition("/")[2]

    @property
    def field(self) -> str:
        """`months_paid`."""
        return self.at.partition("#")[2]


class FactType(StrEnum):
    """How a fact is asked, checked and shown."""

    TEXT = "text"
    LONG_TEXT = "long-text"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    BOOLEAN = "boolean"
    DATE = "date"
    ENUM = "enum"
    ID_NUMBER = "id-number"
    USCC = "uscc"
    PHONE = "phone"
    REGION = "region"
    BANK_ACCOUNT = "bank-account"


class Choice(_File, frozen=True, kw_only=True):
    """One answer of an `enum` fact."""

    value: str
    name: Words
    hint: Words = ""


class FactChange(_File, frozen=True, kw_only=True):
    """How a person can truly change a fact: what they do, and from which answers to which others that leads.

    It is advice and decides nothing, so a published version may gain or improve it (`content_hash` leaves it out).
    A fact without it is taken as given: nobody is told to be somebody else.
    """

    do: Words
    """What to do first, as a sentence without its full stop: 先到残联办残疾人证."""
    from_: tuple[str | bool, ...] = msgspec.field(default=(), name="from")
    """The answers it starts from; empty = any."""
    to: tuple[str | bool, ...] = ()
    """The answers it can lead to; empty = any."""


class Fact(_File, frozen=True, kw_only=True):
    """One thing that must be known. Asked only when no source answers; derived facts are never asked."""

    type: FactType
    name: Words
    ask: Words = ""
    hint: Words = ""
    source: Source | None = None
    derive: Feel = ""
    choices: tuple[Choice, ...] = ()
    when: Feel = ""
    """Asked only if this holds."""
    required: bool = True
    unit: str = ""
    min: int | float | None = None
    max: int | float | None = None
    max_length: Annotated[int, Meta(ge=1, le=5000)] = 200
    not_future: bool = False
    law: str = ""
    changes: tuple[FactChange, ...] = ()
    """What the person can do to change it, for “what would change the outcome”."""


class Situation(_File, frozen=True, kw_only=True):
    """情形: a branch of a service. The first one whose `when` holds applies; it may replace parts of the service.

    `outcome` answers at once instead of opening a case that is examined (行政许可法 32①: no licence needed).
    """

    id: Slug
    name: Words
    when: Feel
    note: Words = ""
    procedure: Slug | None = None
    terms: dict[str, Term] | None = None
    result: "Result | None" = None
    outcome: Literal["not-needed"] | None = None
    law: str = ""


class Material(_File, frozen=True, kw_only=True):
    """申请材料. `replaced_by` names the record of the state that makes it unnecessary (国令716 art. 7)."""

    name: Words
    need: Literal["required", "optional", "later"] = "required"
    when: Feel = ""
    origin: Literal["self", "government", "other"] = "self"
    replaced_by: Source | None = None
    hint: Words = ""
    accepts: tuple[Literal["pdf", "image", "word", "ofd"], ...] = ("pdf", "image")
    originals: int = 0
    copies: int = 0
    template: Words = ""
    law: str = ""


class Table(_File, frozen=True, kw_only=True):
    """A decision table (DMN). `rows`: input cells in FEEL, then one cell per output, then `{law: …, note: …}`."""

    hit: Literal[
        "unique",
        "first",
        "any",
        "priority",
        "rule-order",
        "output-order",
        "collect",
        "collect+",
        "collect<",
        "collect>",
        "collect#",
    ] = "unique"
    inputs: tuple[str, ...]
    outputs: tuple["Output", ...] = ()
    """Empty for the eligibility table, whose one output is an outcome: `eligible`, `{not-yet: …}`, `{no: …}`,
    `{ask-official: …}`."""
    rows: tuple[tuple[Any, ...], ...]
    name: Words = ""


class Output(_File, frozen=True, kw_only=True):
    """One output column. Its name can be used by tables and derived facts that come after it."""

    name: FactName
    label: Words = ""
    type: Literal["text", "number", "money", "integer", "boolean", "date"] = "text"
    unit: str = ""
    values: tuple[Any, ...] = ()


class Fee(_File, frozen=True, kw_only=True):
    """收费. No basis, no fee (行政许可法 58)."""

    charged: bool = False
    item: Words = ""
    standard: Words = ""
    law: str = ""
    note: Words = ""


class Faq(_File, frozen=True, kw_only=True):
    """A question people really ask."""

    q: Words
    a: Words


class Example(_File, frozen=True, kw_only=True):
    """A scenario that a lawyer can read and `tongban check` runs: given these facts, this must come out."""

    name: Words
    on: date
    given: dict[str, Any]
    then: str
    """The outcome word: eligible, not-yet, no, ask-official, not-needed."""
    with_: Annotated[dict[str, Any], Meta(description="outputs of tables")] = msgspec.field(
        default_factory=dict[str, Any], name="with"
    )


class AiCeiling(_File, frozen=True, kw_only=True):
    """How far a machine may help. `decide` has one value on purpose.

    `draft` is for a language model's words; putting together this file's own words is the platform's, as notices are.
    """

    guide: Literal["allowed", "never"] = "allowed"
    precheck: Literal["allowed", "never"] = "never"
    draft: Literal["allowed", "never"] = "never"
    decide: Literal["never"] = "never"


class Concerns(_File, frozen=True, kw_only=True):
    """Which other case an application is about: the fact that holds its number, and who answers.

    `its-body` is the body that handled the other case, by officials who took no part in it; `own-body` the one that
    `authority` names.
    """

    case: FactName
    answered_by: Literal["its-body", "own-body"] = "own-body"


class InPerson(_File, frozen=True, kw_only=True):
    """须本人到场: acts of the procedure that the law reserves to the person; no agent may do them (行政许可法 29).

    `law` names the article of this file's list that says so.
    """

    acts: tuple[Slug, ...] = ()
    law: str = ""


class Together(_File, frozen=True, kw_only=True):
    """会同办理: another body that takes part in cases of this service and says its part (行政许可法 26)."""

    body: Slug
    """A kind of body, as in `authority`."""
    level: Level
    name: Words
    task: Words
    """What it looks at."""
    when: Feel = ""
    """Where it takes part; empty: in every case. What is not known at the opening does not keep it out."""


class Service(_File, frozen=True, kw_only=True):
    """A service file."""

    service: Slug
    version: Annotated[str, Meta(pattern=r"^[0-9]+(\.[0-9]+)*$")]
    status: Literal["draft", "published", "ended"] = "draft"
    name: Words
    summary: Words
    basic_code: Annotated[str, Meta(pattern=r"^[0-9]{12}$")]
    code_status: Literal["real", "demo"] = "demo"
    kind: Kind
    themes: tuple[Theme, ...]
    aliases: tuple[str, ...] = ()
    """Citizens' own words; they decide whether guidance works."""
    valid_from: date
    valid_to: date | None = None
    recorded_at: Annotated[datetime, Meta(tz=True)] | None = None
    """The moment from which this text was known here. A correction has the days of the version that it corrects, a
    higher version and a later `recorded_at`; left out, it was known from the first."""
    law: tuple[Law, ...]
    audience: tuple[Audience, ...]
    authority: Authority
    competence: tuple[Competence, ...] = ()
    """Which place's body is competent; empty = that of the region where one applies."""
    regions: tuple[Annotated[str, Meta(pattern=r"^[0-9]{6}$")], ...] = ()
    """Region codes where this file applies; empty = every region of the installation."""
    visits: Visits = Visits()
    reach: Reach = Reach()
    procedure: Slug
    terms: dict[Slug, Term]
    concerns: Concerns | None = None
    promise: Promise | None = None
    together: tuple[Together, ...] = ()
    in_person: InPerson = InPerson()
    special: tuple[SpecialProcedure, ...] = ()
    situations: tuple[Situation, ...] = ()
    facts: dict[FactName, Fact]
    counts_on: Feel = ""
    """The day whose law counts for `parameters`, as a FEEL date: the day of application unless something else is
    written here (birth, event, first month of payment; a transition clause is an `if`)."""
    parameters: dict[FactName, Parameter] = {}
    """Values that the law fixes for a time; expressions and cells use them by name."""
    materials: dict[Slug, Material] = {}
    tables: dict[Slug, Table] = {}
    """Decided in order, before `eligible`; each may use the outputs of those above it."""
    eligible: Table
    amounts: dict[Slug, Table] = {}
    """Decided after `eligible`, when the outcome is favourable: months, amounts, classes."""
    conditions: tuple[Words, ...] = ()
    """受理条件 in plain words for the guide."""
    result: Result
    fee: Fee = Fee()
    faq: tuple[Faq, ...] = ()
    examples: tuple[Example, ...] = ()
    ai: AiCeiling = AiCeiling()
    owner: Words = ""
