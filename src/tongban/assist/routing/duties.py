"""Which body a kind of request belongs to: not learned but laid down, in a table of duties (权责清单)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from tongban.base.i18n import Text
from tongban.org import Directory

DATA = Path(__file__).parent / "data"


class Category(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a request is about, the kind of body whose duty that is, and the law that says so."""

    name: Text
    body: str
    duty: Text
    law: str


@cache
def categories() -> Mapping[str, Category]:
    """By slug, in the order of the file."""
    return msgspec.convert(_read("categories.yaml"), dict[str, Category])


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    terms: dict[str, str]
    frames: tuple[str, ...]


Labelled = tuple[tuple[str, str], ...]
"""Requests with their category, as (text, slug)."""


@cache
def written() -> Labelled:
    """Invented requests, written one by one: what the demonstration is measured on."""
    found = msgspec.convert(_read("requests.yaml"), dict[str, tuple[str, ...]])
    return tuple((text, slug) for slug, texts in found.items() for text in texts)


@cache
def composed() -> Labelled:
    """Sentences made of the words of each category: what the demonstration also learns from, and is never measured
    on."""
    words = msgspec.convert(_read("words.yaml"), _Words)
    found: list[tuple[str, str]] = []
    for slug, terms in words.terms.items():
        for n, term in enumerate(terms.split()):
            found.append((words.frames[n % len(words.frames)].format(term=term), slug))
    return tuple(found)


def competent(directory: Directory, region: str, category: str) -> str:
    """The id of the body in a region whose duty a category is; empty where there is none."""
    known = categories().get(category)
    if known is None:
        return ""
    return next(
        (body.id for body in directory.bodies_in([region]) if body.region == region and body.kind == known.body), ""
    )


def _read(name: str) -> Any:
    return yaml.load((DATA / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
