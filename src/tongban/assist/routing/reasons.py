"""Which words of a request spoke for an answer, as spans of what was written."""

from __future__ import annotations

import numpy as np

from tongban.assist.model import Evidence
from tongban.assist.routing.calibrate import Doubles
from tongban.assist.routing.features import count, weigh
from tongban.assist.routing.folding import fold
from tongban.assist.routing.grams import OPENING, Block, Keys, said
from tongban.assist.routing.model import Model
from tongban.assist.routing.urgency import SOURCE

MOST = 4
_LONGEST = 12
_SHARE = 0.3
"""Characters that speak for the answer less than this share of what the strongest does are no reason."""


def words_that_weighed(model: Model, text: str, label: str) -> tuple[Evidence, ...]:
    """Up to four spans that spoke for `label` against the other classes, the strongest first.

    Each run's part in the score is spread over its characters wherever it stands; neighbours that spoke for it make a
    span.
    """
    written = [at for at, character in enumerate(text) if not character.isspace()]
    plain = "".join("".join(fold(text[at]) for at in written).split())
    if len(plain) != len(written) or not plain:
        return ()
    weight = _spoken(model, text, plain, model.classes.index(label))
    spans = [span for span in _spans(weight) if weight[slice(*span)].sum() > 0]
    spans.sort(key=lambda span: (-weight[slice(*span)].sum(), span))
    return tuple(
        Evidence(source=SOURCE, quote=text[written[start] : written[end - 1] + 1], start=written[start])
        for start, end in spans[:MOST]
    )


def _spoken(model: Model, text: str, plain: str, chosen: int) -> Doubles:
    """What each character contributed."""
    vectors = weigh(model.space, count([text], model.space.words), 1)
    others = [n for n in range(len(model.classes)) if n != chosen]
    against = model.weights[vectors.columns][:, others].mean(axis=1)
    share = (model.weights[vectors.columns, chosen] - against) * vectors.values
    found = np.zeros(len(plain))
    offset = 0
    places: dict[Block, str] = {"chars": plain, "opening": plain[:OPENING]}
    for block, keys in model.space.keys.items():
        inside = (vectors.columns >= offset) & (vectors.columns < offset + len(keys))
        if block in places:
            _spread(found, places[block], keys, vectors.columns[inside] - offset, share[inside])
        offset += len(keys)
    return found


def _spread(found: Doubles, plain: str, keys: Keys, columns: np.ndarray, share: np.ndarray) -> None:
    for column, part in zip(columns.tolist(), share.tolist(), strict=True):
        run = said(int(keys[column]))
        starts = [at for at in range(len(plain)) if plain.startswith(run, at)]
        for at in starts:
            found[at : at + len(run)] += part / (len(starts) * len(run))


def _spans(weight: Doubles) -> list[tuple[int, int]]:
    """Stretches of characters that speak for the answer; two characters at least, twelve at most."""
    strong = weight >= max(float(weight.max()) * _SHARE, 1e-9)
    found: list[tuple[int, int]] = []
    start = 0
    for at in range(len(weight) + 1):
        if at < len(weight) and strong[at] and at - start < _LONGEST:
            continue
        if at - start >= 2:
            found.append((start, at))
        start = at + 1 if at < len(weight) and not strong[at] else at
    return found
