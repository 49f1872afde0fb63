"""The AI-use file: one registered use of a model, as public register entry and as configuration in one.

No record, no run: `tongban.assist.gate` refuses a use that has no file, is not active, is past its review date, or
whose measured quality fell below its own thresholds. Sources: PIPL 24, 55, 56; 政务领域人工智能大模型部署应用指引
(2025-10-10) [S]: a model assists and a person decides.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tongban.base.i18n import Text
from tongban.catalog.model import Law, Slug, Words


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


Sha256 = Annotated[str, Meta(pattern=r"^sha256:[0-9a-f]{64}$")]


class Task(StrEnum):
    """What the model is used for."""

    GUIDE = "guide"
    """Finding the item for somebody's words."""
    PRECHECK = "precheck"
    """Looking over an application before it is submitted."""
    TRIAGE = "triage"
    """Proposing the body that is competent."""
    EXTRACT = "extract"
    """Reading facts from an uploaded document."""
    DRAFT = "draft"
    """Drafting a text that an official signs."""
    DETECT = "detect"
    """Pointing a supervisor to patterns."""


class Model(_File, frozen=True, kw_only=True):
    """What runs. `none` is rules, search or arithmetic with nothing trained."""

    kind: Literal["none", "linear", "language-model"]
    name: str
    version: str = ""
    weights: Sha256 | None = None
    prompt: Sha256 | None = None
    endpoint: str = ""
    filing: str = ""
    """Filing number of a registered model (算法备案号), shown where it is used."""


class Seen(_File, frozen=True, kw_only=True):
    """One kind of data that the model is given."""

    data: Words
    personal: bool = False
    sensitive: bool = False
    masked: bool = True
    kept_days: Annotated[int, Meta(ge=0)] = 0


class Threshold(_File, frozen=True, kw_only=True):
    """A measured quality and the value below (or above) which the use is switched off."""

    metric: Slug
    at_least: float | None = None
    at_most: float | None = None


class Evaluation(_File, frozen=True, kw_only=True):
    """The set on which it is measured, and what it must reach."""

    set: str
    size: Annotated[int, Meta(ge=1)]
    thresholds: tuple[Threshold, ...]
    every_days: Annotated[int, Meta(ge=1)] = 90


class Impact(_File, frozen=True, kw_only=True):
    """个人信息保护影响评估 (PIPL 55, 56): is it right, what may it do to people, what is done against that."""

    done: date
    by: Words
    necessary: Words
    risks: tuple[Words, ...]
    measures: tuple[Words, ...]
    sensitive: bool = False


class Use(_File, frozen=True, kw_only=True):
    """An AI-use file."""

    use: Slug
    version: Annotated[str, Meta(pattern=r"^[0-9]+(\.[0-9]+)*$")]
    status: Literal["draft", "active", "suspended", "ended"] = "draft"
    name: Text
    purpose: Text
    """What it is for and what it is not for, in plain words."""
    how: Text
    """How it works, so that a reader can judge it (算法推荐管理规定 16)."""
    law: tuple[Law, ...]
    task: Task
    ceiling: Literal["guide", "precheck", "draft"]
    """The most it may do. There is no value for deciding."""
    model: Model
    sees: tuple[Seen, ...]
    evaluation: Evaluation
    owner: Text
    reviewed: date
    review_by: date
    """The day on which the record expires and the use stops by itself."""
    objection: Text
    """How somebody asks for a human look instead (PIPL 24)."""
    off_switch: Text
    """Who can switch it off, and what happens then."""
    impact: Impact | None = None
    note: Words = ""
