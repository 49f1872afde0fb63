"""What can be ticked beside a level, by where it happened (GB/T 39734, read second-hand: facts sheet 3.9, tag S)."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
import yaml

from tongban.base.i18n import Text
from tongban.voice.ratings.model import BAD

Place = Literal["online", "counter"]


class _Two(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    good: dict[str, Text]
    bad: dict[str, Text]


@cache
def _tags() -> Mapping[Place, _Two]:
    text = Path(__file__).with_name("tags.yaml").read_text(encoding="utf-8")
    return msgspec.convert(yaml.load(text, Loader=yaml.CSafeLoader), dict[Place, _Two])


def offered(place: Place) -> tuple[Mapping[str, Text], Mapping[str, Text]]:
    """Those for good and those for bad ratings."""
    found = _tags()[place]
    return found.good, found.bad


def fitting(place: Place, level: int, ticked: Iterable[str]) -> tuple[str, ...]:
    """The ticked ones that go with a level, each once, in the order of the file; others count as not ticked."""
    good, bad = offered(place)
    wanted = frozenset(ticked)
    return tuple(slug for slug in (bad if level <= BAD else good) if slug in wanted)


def name(slug: str) -> Text:
    """A tag as people read it."""
    for two in _tags().values():
        for some in (two.good, two.bad):
            if slug in some:
                return some[slug]
    return Text(slug, slug)
