"""The policy file: a benefit that finds the people it is for (免申即享), and what that may cost them in privacy.

A policy joins a service file (who is entitled to what) to the data of one holder (which column answers which fact).
The rules go to the data; of those who are entitled, only what `tell` names leaves the holder. Sources:
政务服务指导意见 (国发〔2022〕5号) [M] for the practice (免申即享), 个人信息保护法 6 (least data),
13 III (statutory duty), 24 (no decision by machine alone against anyone) [V].
"""

from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from tongban.base.i18n import Text
from tongban.catalog.model import FactName, Law, Slug, Words


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


ColumnName = Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")]


class Answer(_File, frozen=True, kw_only=True):
    """What answers a fact: a column, or one value for everybody.

    column   the column; empty if `fixed` answers
    codes    for an `enum` fact: what the holder writes for each of its values, as `{holder's code: value}`; without it
             the column holds the values themselves
    scale    for a number: the column holds whole numbers of so many decimals (2: cents); None: the number itself
    fixed    the value for everybody in this population
    because  why it may be taken as the same for everybody
    """

    column: str = ""
    codes: dict[str, str] = {}
    scale: Annotated[int, Meta(ge=0, le=9)] | None = None
    fixed: Any = None
    because: Words = ""


class Population(_File, frozen=True, kw_only=True):
    """Whose data, and where in it each fact stands.

    holder  the body that keeps the data and runs the match
    key     the column of the holder's own number of a person; never an identity number
    region  the column of the region code (six digits), for reporting and for sorting
    birth   the column of the date of birth, for reporting by age; empty where the data have none
    already the column that says who draws this benefit already: they are counted and left alone
    """

    holder: Words
    name: Words
    key: ColumnName
    region: ColumnName
    birth: str = ""
    already: str = ""
    facts: dict[FactName, ColumnName | Answer]

    def answers(self) -> dict[str, Answer]:
        """Each fact with what answers it, also where the file names just the column."""
        given = self.facts.items()
        return {name: Answer(column=one) if isinstance(one, str) else one for name, one in given}


class Tell(_File, frozen=True, kw_only=True):
    """What may be told to whom.

    whom     who is told of the entitlement
    outputs  the outputs of the service's tables that leave the holder with the person's key: amounts, classes
    offer    the sentence of the offer; `{amount}` stands for the first of `outputs`
    missing  the sentence where one fact is missing; `{fact}` stands for its name
    """

    whom: Literal["person", "guardian", "household-head"]
    outputs: tuple[FactName, ...] = ()
    offer: Text
    missing: Text


class Policy(_File, frozen=True, kw_only=True):
    """A policy file."""

    policy: Slug
    version: Annotated[str, Meta(pattern=r"^[0-9]+(\.[0-9]+)*$")]
    status: Literal["draft", "published", "ended"] = "draft"
    name: Text
    summary: Text
    service: Slug
    valid_from: date
    valid_to: date | None = None
    law: tuple[Law, ...]
    """By which law the data are used for this, and by which people are told."""
    basis: Literal["statutory-duty", "consent"]
    """Why the holder may use the data for this (个人信息保护法 13): its statutory duty, or each one's consent."""
    consent: str = ""
    """With `consent`: the column that says who has given it; nobody else is looked at."""
    population: Population
    tell: Tell
    every: Literal["day", "week", "month", "quarter", "year"] = "month"
    smallest_group: Annotated[int, Meta(ge=3, le=100)] = 10
    """Groups of fewer people are not shown in any report."""
    owner: Words = ""
