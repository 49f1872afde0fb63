"""数据共享清单: what data the state holds, who keeps them, who may have them on which ground, and who said so.

政务数据共享条例 13 (the elements of an entry, assessment and approval first), 14 and 15 (three attributes; nothing is
withheld without a ground), 16 and 17 (examined, published, kept up to date), 19 (one number, one source), 22 (ways of
sharing). 数据安全法 21 (grades). 个人信息保护法 28 (sensitive personal data), 55 and 56 (assessment).
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tongban.base.i18n import Text
from tongban.catalog.fields import FactName, Slug
from tongban.catalog.model import Law, Level, Theme
from tongban.sharing.grants.model import MODES, Mode

__all__ = ["MODES", "Mode"]

ResourceId = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*\.[a-z0-9-]+$", max_length=80)]
"""`hr.insurance`; its first part is a short word, not the owner: `owner` says who that is."""


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Unknown fields are errors; nothing changes after reading."""


class Attribute(StrEnum):
    """共享属性 (art. 14)."""

    UNCONDITIONAL = "unconditional"
    CONDITIONAL = "conditional"
    NOT_SHARED = "not-shared"


class ResourceType(StrEnum):
    """资源类型: basic registers everybody builds on, data joined around a theme, data of one department's work."""

    BASIC = "basic"
    THEME = "theme"
    DEPARTMENT = "department"


class Format(StrEnum):
    """数据格式."""

    DATABASE = "database"
    SPREADSHEET = "spreadsheet"
    DOCUMENT = "document"
    IMAGE = "image"
    MAP = "map"
    STREAM = "stream"


class Frequency(StrEnum):
    """更新频率."""

    REAL_TIME = "real-time"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"
    ON_CHANGE = "on-change"


class Category(StrEnum):
    """数据分类: whom or what the data are about."""

    PERSON = "person"
    ORGANISATION = "organisation"
    PLACE = "place"
    PROJECT = "project"
    MATTER = "matter"


class Grade(StrEnum):
    """数据分级 (数据安全法 21)."""

    GENERAL = "general"
    IMPORTANT = "important"
    CORE = "core"


class Status(StrEnum):
    """Where an entry stands. Only a listed one can be asked for."""

    DRAFT = "draft"
    LISTED = "listed"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"


class Rank(StrEnum):
    """What kind of act a ground is; only the first three can withhold data (art. 15)."""

    LAW = "law"
    ADMINISTRATIVE_REGULATION = "administrative-regulation"
    STATE_COUNCIL_DECISION = "state-council-decision"
    LOCAL_REGULATION = "local-regulation"
    RULE = "rule"
    OTHER = "other"


WITHHOLDING = frozenset({Rank.LAW, Rank.ADMINISTRATIVE_REGULATION, Rank.STATE_COUNCIL_DECISION})
"""Ranks that can be the ground of 不予共享."""


class Sensitivity(StrEnum):
    """What seeing the value means for somebody (个人信息保护法 4 and 28)."""

    PUBLIC = "public"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


ElementType = Literal[
    "text", "integer", "number", "money", "boolean", "date", "enum", "id-number", "uscc", "phone", "region", "image"
]


class Element(_Entry, frozen=True, kw_only=True):
    """数据元: one kind of value, defined once for all who keep it. `source` is the kind of body it comes from."""

    name: Text
    definition: Text
    type: ElementType
    unit: str = ""
    sensitivity: Sensitivity = Sensitivity.PUBLIC
    source: Slug | None = None
    """数源部门: needed as soon as two bodies keep it."""
    source_law: str = ""
    """Why this body: an article, in words."""


class Elements(_Entry, frozen=True, kw_only=True):
    """A file of the dictionary."""

    elements: dict[Slug, Element]


class Owner(_Entry, frozen=True, kw_only=True):
    """提供单位: the kind of body and the region whose body of this kind it is."""

    body: Slug
    region: Annotated[str, Meta(pattern=r"^[0-9]{6}$")]
    level: Level
    name: Text

    @property
    def id(self) -> str:
        """Its id in the register of bodies."""
        return f"{self.region}.{self.body}"


class Item(_Entry, frozen=True, kw_only=True):
    """数据项: a field of a record, tied to the dictionary."""

    element: Slug
    law: str = ""
    """The article by which this value is kept; a sensitive one needs it."""
    attribute: Attribute | None = None
    """Where this field is stricter than the whole resource."""
    ground: str = ""
    """For `attribute: not-shared`: the article."""


class Record(_Entry, frozen=True, kw_only=True):
    """One table or document of a resource. `subject` is what it is found by."""

    name: Text
    subject: Literal["id-number", "uscc"]
    elements: Annotated[dict[FactName, Item], Meta(min_length=1)]


class Condition(_Entry, frozen=True, kw_only=True):
    """使用条件. `law` is required: a body may not add conditions of its own (art. 15)."""

    text: Text
    law: str = ""


class Ground(_Entry, frozen=True, kw_only=True):
    """Why the data are not shared (art. 15: the reason and the article)."""

    reason: Text
    law: str
    rank: Rank


class Assessment(_Entry, frozen=True, kw_only=True):
    """保密风险和个人信息保护影响评估 (art. 13; PIPL 55, 56): done before the entry is listed."""

    done: date
    by: Text
    secrecy: Text
    """What was found about secrets of the state, of work, of business."""
    privacy: Text
    """What was found about personal data, and what is done about it."""
    passed: bool


class Approval(_Entry, frozen=True, kw_only=True):
    """审核: by the head of the department (art. 13)."""

    at: date
    by: Text


class Resource(_Entry, frozen=True, kw_only=True):
    """One entry of the list. Every element of art. 13 is a field here."""

    id: ResourceId = msgspec.field(name="resource")
    version: Annotated[int, Meta(ge=1, le=9999)] = 1
    status: Status = Status.DRAFT
    name: Text
    """目录名称."""
    summary: Text
    owner: Owner
    type: ResourceType
    themes: tuple[Theme, ...] = ()
    category: Category
    grade: Grade
    attribute: Attribute
    modes: tuple[Mode, ...] = ()
    """共享方式; none only where it is not shared."""
    conditions: tuple[Condition, ...] = ()
    scope: Text | None = None
    """共享范围: who may ask; required where sharing is conditional (art. 15)."""
    use: Text | None = None
    """使用用途: what for; required where sharing is conditional (art. 15)."""
    ground: Ground | None = None
    format: Format
    frequency: Frequency
    rows: Annotated[int, Meta(ge=0, le=10**14)] | None = None
    """How many records there are, roughly, on the day the entry was approved."""
    law: tuple[Law, ...]
    records: Annotated[dict[Slug, Record], Meta(min_length=1)]
    assessment: Assessment | None = None
    approval: Approval | None = None
    listed_on: date | None = None

    def attribute_of(self, item: Item) -> Attribute:
        """The field's own attribute, else that of the whole."""
        return item.attribute or self.attribute

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every `body.resource/record#field` of it, as service files name sources."""
        return tuple(f"{self.id}/{record}#{field}" for record, held in self.records.items() for field in held.elements)
