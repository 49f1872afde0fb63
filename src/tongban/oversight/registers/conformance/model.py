"""What can be found of a body's data, what it costs, and what is left."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path

import msgspec
import yaml

from tongban.base.i18n import Text

WHOLE = 100


class Kind(StrEnum):
    """What was found. The words of `weights.yaml`."""

    RULE_BROKEN = "rule-broken"
    RULE_WARNED = "rule-warned"
    TWO_SOURCES = "two-sources"
    RECORD_UNLISTED = "record-unlisted"
    FIELD_UNLISTED = "field-unlisted"
    TYPE_DIFFERS = "type-differs"
    FIELD_UNANSWERED = "field-unanswered"
    NOT_CONNECTED = "not-connected"
    ENTRY_STALE = "entry-stale"
    QUESTION_UNANSWERED = "question-unanswered"


class Weight(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a kind costs: `points` each, `most` together; and how it is mended."""

    points: int
    most: int
    what: Text
    mend: Text


class Found(msgspec.Struct, frozen=True):
    """One finding. `place` is `resource/record#field`, or as much of it as there is; `times` how often it counts."""

    kind: Kind
    place: str
    text: Text
    times: int = 1


class System(msgspec.Struct, frozen=True):
    """What one body connects. `lost` are the points by kind, those that cost nothing left out."""

    body: str
    entries: int
    score: int
    lost: Mapping[Kind, int]
    found: tuple[Found, ...]


@cache
def weights() -> Mapping[Kind, Weight]:
    """The published formula."""
    text = Path(__file__).with_name("weights.yaml").read_bytes()
    return msgspec.convert(yaml.safe_load(text), dict[Kind, Weight])


def system(body: str, entries: int, found: tuple[Found, ...]) -> System:
    """A body with its score."""
    lost: dict[Kind, int] = {}
    for kind, weight in weights().items():
        times = sum(one.times for one in found if one.kind is kind)
        if times:
            lost[kind] = min(weight.most, weight.points * times)
    return System(body, entries, max(0, WHOLE - sum(lost.values())), lost, found)
