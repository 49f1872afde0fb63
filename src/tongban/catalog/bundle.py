"""The bundle file: one thing in a life or a business, put together from services that are written already (一件事).

A bundle adds no rule of law: each part is decided under its own service file by the body that the law names, with its
own clock and its own letter. What the bundle says is only how they fit together: which parts, when one applies, what
one gives to another, which of their questions mean the same, and who else has to complete a part.
"""

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tongban.catalog.fields import FactName, Feel, Slug, Words
from tongban.catalog.model import Audience, Authority, Fact, Faq, Law, Term, Theme

AT = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*\.[a-z][a-z0-9_-]*$"
"""`part.fact`, `part.material`, `part.output`."""
At = Annotated[str, Meta(pattern=AT)]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class Member(_File, frozen=True, kw_only=True):
    """One part. Its service file says everything else about it."""

    service: Slug
    when: Feel = ""
    """FEEL over the facts of the one form: the part is opened only if this holds."""
    after: tuple[Slug, ...] = ()
    """Parts that must have ended in favour first; those that it takes something from are among them anyway."""
    takes: dict[FactName, At] = {}
    """Its own fact ← what another part gives: one of its facts or outputs, or `certificate` for the number issued."""
    by: Slug | None = None
    """The role of the other person who completes this part in a case of their own; nobody else reads their answers."""
    where: FactName | None = None
    """The fact of the one form that names the region whose body answers; otherwise where the whole is applied for."""


class Role(_File, frozen=True, kw_only=True):
    """Another person who has to complete a part: the other parent, a partner. They are invited by a code."""

    name: Words
    does: Words
    """What they are asked to do, in a sentence that they read before they begin."""
    when: Feel = ""
    """FEEL over the facts of the one form: invited only if this holds."""
    days: Annotated[int, Meta(ge=1, le=90)] = 15
    """Calendar days until the invitation ends."""
    tells: tuple[FactName, ...] = ()
    """Facts of the one form that they read before they begin: for whom, and what it is about. Nothing else of it."""
    level: Annotated[int, Meta(ge=2, le=4)] = 3
    """How surely it must be known who signs (`org.RealName`)."""


class Same(_File, frozen=True, kw_only=True):
    """Questions or papers of different parts that mean the same: asked once, under the name `as`."""

    as_: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]*$", max_length=60)] = msgspec.field(name="as")
    of: Annotated[tuple[At, ...], Meta(min_length=1)]
    """The first one lends its words. One alone only gets another name."""
    ask: Words = ""
    """The question in words that fit all of them."""
    name: Words = ""
    asked: bool = False
    """The person settles it with this form (the name of the child, of the company), so no record is asked: what a part
    alone would look up can only be an earlier one."""


class Bundle(_File, frozen=True, kw_only=True):
    """A bundle file."""

    bundle: Slug
    version: Annotated[str, Meta(pattern=r"^[0-9]+(\.[0-9]+)*$")]
    status: Literal["draft", "published", "ended"] = "draft"
    name: Words
    summary: Words
    basic_code: Annotated[str, Meta(pattern=r"^[0-9]{12}$")]
    themes: tuple[Theme, ...]
    aliases: tuple[str, ...] = ()
    """Citizens' own words."""
    valid_from: date
    valid_to: date | None = None
    law: tuple[Law, ...]
    audience: tuple[Audience, ...]
    lead: Authority
    """牵头单位: it owes the person the whole, and decides none of the parts that are not its own."""
    procedure: Slug = "bundle"
    term: Term
    """The promise for the whole. The parts keep theirs."""
    parts: Annotated[dict[Slug, Member], Meta(min_length=2)]
    same: tuple[Same, ...] = ()
    apart: tuple[FactName, ...] = ()
    """Names that parts use for different things on purpose: each is asked under `part_name`."""
    roles: dict[Slug, Role] = {}
    asks: dict[FactName, Fact] = {}
    """Questions of the bundle itself, asked first: they decide which parts apply and are given to none of them."""
    conditions: tuple[Words, ...] = ()
    faq: tuple[Faq, ...] = ()
    owner: Words = ""

    def waits(self, part: str) -> frozenset[str]:
        """The parts that one waits for."""
        member = self.parts[part]
        return frozenset(member.after) | {at.partition(".")[0] for at in member.takes.values()}
