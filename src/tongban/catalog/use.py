"""The AI-use file: one registered use of a model, as public register entry and as configuration in one.

No record, no run: `tongban.assist.gate` refuses a use that has no file, is not active, is past its review date, or
whose measured quality fell below its own thresholds. Sources: PIPL 24, 55, 56; 算法推荐管理规定 16, 17, 24, 26;
生成式人工智能服务管理暂行办法 12, 17; 政务领域人工智能大模型部署应用指引 (2025-10-10) [S]: a model assists and a person
decides. Fields also fill the UK's ATRS and the Dutch algorithm register; docs/ai.md has the table.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tongban.base.i18n import Text
from tongban.catalog.model import Law, Slug, Words
from tongban.catalog.watching import Watch


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
    """What runs. `none` is rules, search or arithmetic with nothing trained; `reader` reads letters in pictures."""

    kind: Literal["none", "linear", "reader", "language-model"]
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


class Filing(_File, frozen=True, kw_only=True):
    """算法备案 (算法推荐管理规定 24, 26) and 生成式服务备案 (生成式办法 17): the number, or why none is needed."""

    number: str = ""
    filed: date | None = None
    authority: Words = ""
    not_needed: Words = ""
    security_assessment: date | None = None
    """安全评估, where the use can shape opinion (算法推荐管理规定 27, 生成式办法 17)."""


class Answerable(_File, frozen=True, kw_only=True):
    """Why it is used at all and who stands behind it: what a public register asks beyond how it works.

    previously, alternatives  how it was done before, what else was weighed (ATRS; Dutch: proportionality)
    benefit                   what people gain by it
    human                     what an official or the person does with a suggestion (ATRS; Dutch: human_intervention)
    training                  what an official must know before using it
    non_personal              the choice that does not depend on who somebody is, and how it is turned off (算法规定 17)
    label                     how generated text is marked (生成式办法 12; 标识办法 4); empty where none is generated
    supplier                  who supplies the model; empty where it is our own
    contact                   where a question about it goes: telephone, address or mail of an office, never of a person
    """

    previously: Text
    alternatives: Text
    benefit: Text
    human: Text
    training: Text
    non_personal: Text
    contact: Text
    label: Words = ""
    supplier: Words = ""
    filing: Filing


class Limits(_File, frozen=True, kw_only=True):
    """What the gate allows a use, whoever calls it. None is no limit.

    seconds         a call that takes longer is given up
    person_daily    calls for one person on one day
    yuan_daily      cost of all calls of an installation on one day, in yuan
    """

    seconds: Annotated[float, Meta(gt=0, le=300)] = 5.0
    person_daily: Annotated[int, Meta(ge=1)] | None = None
    yuan_daily: Annotated[float, Meta(ge=0)] | None = None


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
    ceiling: Literal["guide", "precheck", "draft", "assign"]
    """The most it may do. `assign` ticks the body that a person sends a request to; there is no value for deciding."""
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
    since: date | None = None
    """The day it was first used."""
    limits: Limits = Limits()
    course: Slug | Literal[""] = ""
    """The course of the register that an official must have passed before this use answers them."""
    watch: Watch | None = None
    """What it is watched for while it runs, and what narrows it by itself."""
    answerable: Answerable | None = None
    impact: Impact | None = None
    note: Words = ""
