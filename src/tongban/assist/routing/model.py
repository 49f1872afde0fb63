"""A trained model of requests: classes, features, separators and the scale of its confidence. Plain arrays, no code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from tongban.assist.routing.calibrate import Doubles, Scale
from tongban.assist.routing.features import Floats, Space, Vectors, count, weigh
from tongban.assist.routing.records import Ranked

TOP = 3
UNSURE = 0.5
"""Below it an answer is more likely wrong than right: it abstains."""
FOREIGN = 0.5
"""A text of whose runs of characters less than this share is known is of a kind it has not learned: it abstains."""
_AT_ONCE = 512


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a model says of one text.

    top        up to three classes, the likeliest first
    abstained  it gives no answer: the first is too unlikely, or the text too unlike what was learned
    sure       at this confidence unseen answers were right often enough (98 %) to go on without waiting
    known      share of the text's runs of characters that occurred in training
    """

    top: tuple[Ranked, ...]
    abstained: bool
    sure: bool
    known: float

    @property
    def label(self) -> str:
        """The likeliest class."""
        return self.top[0].label


@dataclass(frozen=True, slots=True)
class Model:
    """`weights` are features x classes; `sure` is the confidence from which on answers are 98 % right, if there is
    one; `rows` is how many requests it learned from."""

    classes: tuple[str, ...]
    space: Space
    weights: Floats
    bias: Floats
    scale: Scale
    sure: float | None
    rows: int

    def answers(self, texts: Sequence[str]) -> Iterator[Answer]:
        """What it says of each text."""
        for start in range(0, len(texts), _AT_ONCE):
            part = texts[start : start + _AT_ONCE]
            chances, vectors = self.chances(part)
            for chance, known in zip(chances, vectors.known, strict=True):
                yield self.answer(chance, float(known))

    def chances(self, texts: Sequence[str]) -> tuple[Doubles, Vectors]:
        """A row of chances for each text, and the features they rest on."""
        vectors = weigh(self.space, count(texts, self.space.words), len(texts))
        return self.scale.chances(self.scores(vectors, self.weights, self.bias)), vectors

    def answer(self, chance: Doubles, known: float) -> Answer:
        """The answer that a row of chances makes."""
        best: list[int] = np.argsort(-chance, kind="stable")[:TOP].tolist()
        top = tuple(Ranked(self.classes[n], round(float(chance[n]), 4)) for n in best)
        first = float(chance[best[0]])
        abstained = first < UNSURE or known < FOREIGN
        return Answer(
            top=top,
            abstained=abstained,
            sure=self.sure is not None and first >= self.sure and not abstained,
            known=round(known, 4),
        )

    @staticmethod
    def scores(vectors: Vectors, weights: Floats, bias: Floats) -> Doubles:
        """How far each text lies on each class's side."""
        found = np.tile(bias.astype(np.float64), (len(vectors), 1))
        for start in range(0, len(vectors), _AT_ONCE):
            ends = vectors.starts[start : start + _AT_ONCE + 1]
            inside = slice(int(ends[0]), int(ends[-1]))
            parts = weights[vectors.columns[inside]] * vectors.values[inside, None]
            filled = np.flatnonzero(np.diff(ends))
            if len(filled):
                found[start + filled] += np.add.reduceat(parts, ends[:-1][filled] - ends[0], axis=0)
        return found
