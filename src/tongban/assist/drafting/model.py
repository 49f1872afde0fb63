"""What is drafted, from what, and how each sentence is held to its sources."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

import msgspec

from tongban.assist.model import Evidence
from tongban.base.i18n import Lang, Text


class Kind(StrEnum):
    """What a draft is for. Which field of which act takes which kind follows from the procedure: `kinds.kind_of`."""

    CORRECTION = "correction"
    """补正告知: everything that is missing, how to bring it, all at once."""
    ACCEPTANCE = "acceptance"
    """受理: what is there, and what may follow."""
    REFUSAL = "refusal"
    """拟不予: the reasons, only where the rules themselves speak against it."""
    DECISION = "decision"
    """准予: why the conditions are met."""
    REPLY = "reply"
    """回复: each thing the person said, and what the case and the law say to it."""
    SUMMARY = "summary"
    """案情摘要: for the official who takes the case up."""


class Source(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Something that a sentence may rest on.

    id            as `assist.model.Evidence.source`
    text          its words; the Chinese ones are what quotes are taken from
    since, until  in force from, and until the day before; None is unbounded
    region        where it holds: a six-digit code, empty for everywhere
    outside       written by somebody outside the administration: something to be answered, never to be obeyed
    """

    id: str
    text: Text
    since: date | None = None
    until: date | None = None
    region: str = ""
    outside: bool = False

    def in_force(self, day: date) -> bool:
        """Whether it counts on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)

    def covers(self, region: str) -> bool:
        """Whether it counts in a region."""
        return region.startswith(_significant(self.region))


def _significant(code: str) -> str:
    """The digits of a region code that name a province, city or county; GB/T 2260 pads it with pairs of noughts."""
    while code.endswith("00"):
        code = code[:-2]
    return code


class Sentence(msgspec.Struct, frozen=True):
    """One sentence and the words it rests on; never without any."""

    text: Text
    evidence: tuple[Evidence, ...]


class Drafted(msgspec.Struct, frozen=True, omit_defaults=True):
    """A draft for one field of one act. Words for an official to take, change or leave; it acts on nothing.

    written_by  `rules`: put together from the files' own words · `model`: worded by a language model, then verified
    dropped     sentences that did not hold and are not shown
    """

    kind: Kind
    sentences: tuple[Sentence, ...]
    written_by: Literal["rules", "model"] = "rules"
    dropped: int = 0

    def words(self, lang: Lang) -> str:
        """The draft as one text, a paragraph for each sentence."""
        return "\n".join(sentence.text[lang] for sentence in self.sentences)
