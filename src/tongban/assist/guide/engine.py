"""Which services a question may be about: their names and aliases against its words, by the lexicon and by likeness.

Two steps. First every item gets what the question's words and sayings add up to, in numpy, over all items at once.
Then the best few are looked at closely: how much of the question does the item explain, how much of the item's name
did the question say, and is it the member of its family that does what is asked. All three lie between 0 and 1
whatever the size of the catalogue, so that thresholds hold for any.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from tongban.assist.guide.actions import IN_NAMES, UNNAMED, Action, fit, of_name
from tongban.assist.guide.likenesses import Likenesses
from tongban.assist.guide.naming import GENERIC, atoms_of, family_of
from tongban.assist.guide.reading import INSIDE, Reading, Sayings, Span, condensed, read
from tongban.assist.guide.words import Lexicon
from tongban.base.i18n import Text
from tongban.catalog.grams import Grams, is_latin, terms

LOOKED_AT = 40
"""Candidates that are looked at closely."""
ALIAS, MORE = 0.9, 0.4
"""What a word counts in an alias, and in the further text of a service file, against one in the name."""
ASKS = 0.6
"""What a word that says what is to be done counts against one that says with what."""
SINGLE = 0.3
"""What a single character counts against a pair."""
SPOKEN = 0.9
"""How surely a saying means its first statutory word; the following ones a little less."""
LATER = 0.9
OWN = 0.95
"""How surely an item's own alias, or its whole name, means it."""
LEAST, FIRST, GROWS = 0.3, 0.6, 0.1
"""What a saying weighs: as rare as what it means, and more the longer it is."""
KIN = 0.75
"""What the other members of a family get of that: 护士证 says 护士新办执业注册, and with 到期 its renewal."""
MOST_KIN = 40
EXPLAINED = 0.65
"""What the explained question counts against the name said."""
AFTER = 0.8
SAID_SO, DIRECT = 0.3, 0.72
"""How well the action fits where a saying of three characters led straight there and nothing else is asked."""
POWER = 1.0
"""How the explained share bends: the first words explained count more than the last."""
IN_ALIAS, IN_MORE = 0.8, 0.4
"""What likeness to an alias or to further text explains, against likeness to the name."""
ACTION = 0.25
"""How much of the score hangs on the action."""


class Item(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One thing that can be found.

    key      slug of a service file, or id of a listed item
    version  of the service file; empty for a listed item
    more     further text of the file: summary, situations, frequent questions
    """

    key: str
    name: str
    name_en: str = ""
    department: str = ""
    aliases: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    version: str = ""
    link: str = ""

    @property
    def title(self) -> Text:
        """Its name in both languages; a listed item has the Chinese one only."""
        return Text(self.name, self.name_en or self.name)


@dataclass(frozen=True, slots=True)
class Ranked:
    """One item for a question, with what its score is made of.

    score      0 to 1
    explained  the share of the question's matter that the item accounts for
    said       the share of the item's name that the question said
    action     -1 (does something else) to 1 (does what is asked)
    because    the words of the question that led here
    """

    item: Item
    score: float
    explained: float
    said: float
    action: float
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best items, the best first, and how the question was read."""

    items: tuple[Ranked, ...]
    reading: "Reading[Target]"


@dataclass(frozen=True, slots=True)
class Target:
    """What a saying leads to: items with how surely, and the pairs of the statutory words that it stands for."""

    keys: NDArray[np.int32]
    sure: NDArray[np.float32]
    pairs: frozenset[str]
    weight: float

    def of(self, keys: NDArray[np.int64]) -> list[float]:
        """How surely it leads to each of some items."""
        if not len(self.keys):
            return [0.0] * len(keys)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[at] == keys, self.sure[at], 0).tolist()


class Engine:
    """An index over items in one language. Built once; a changed alias makes a new one."""

    def __init__(self, items: Iterable[Item], lexicon: Lexicon) -> None:
        self.items: Sequence[Item] = tuple(items)
        self.size = len(self.items)
        self._grams = Grams((_fields(item) for item in self.items), combine="most")
        held = np.diff(self._grams.starts)
        self._idf = np.log(1 + (self.size - held + 0.5) / (held + 0.5))
        self.rarest = float(np.log(1 + (self.size + 0.5) / 0.5))
        self.families: Sequence[str] = tuple(family_of(item.name) for item in self.items)
        self._kin = _kin(self.families)
        self._sayings = Sayings(self._all_sayings(lexicon))
        self._likenesses = Likenesses(self._sayings.whole)
        self._name = lru_cache(maxsize=20_000)(_name)
        self._lengths = np.fromiter((len(item.name) for item in self.items), dtype=np.float32, count=self.size)

    def rank(self, question: str, limit: int = 10, only: NDArray[np.bool_] | None = None) -> Ranking:
        """The best `limit` items; `only` those that are True in a mask over all."""
        reading = self._likenesses.added(read(question, self._sayings))
        sums = self._sums(reading)
        if only is not None:
            sums = np.where(only, sums, 0)
        held = np.flatnonzero(sums > 0)
        if len(held) > LOOKED_AT:
            held = held[np.argpartition(sums[held], -LOOKED_AT)[-LOOKED_AT:]]
        close = self._close(reading, held)
        found = [close.look(number, self.items[key]) for number, key in enumerate(held.tolist())]
        found = self._named_first(found, [self.families[key] for key in held.tolist()])
        found.sort(key=lambda one: (-one.score, one.item.name, one.item.key))
        return Ranking(tuple(found[:limit]), reading)

    @staticmethod
    def _named_first(found: Sequence[Ranked], families: Sequence[str]) -> list[Ranked]:
        """Where a family has a member that does just what is asked, one that does not say what it does comes after."""
        doing = {family for one, family in zip(found, families, strict=True) if family and one.action == 1.0}
        return [
            replace(one, score=round(one.score * AFTER, 4)) if one.action == UNNAMED and family in doing else one
            for one, family in zip(found, families, strict=True)
        ]

    # --- building -----------------------------------------------------------------------------------------------

    def _all_sayings(self, lexicon: Lexicon) -> Mapping[str, Target]:
        """Sayings of the lexicon, of aliases and whole names, by their condensed text."""
        spoken: dict[str, list[str]] = {}
        for entry in lexicon.entries:
            for said in entry.say:
                spoken.setdefault(condensed(said), []).extend(entry.means)
        own: dict[str, list[int]] = {}
        for key, item in enumerate(self.items):
            for alias in (*item.aliases, item.name_en) if item.name_en else item.aliases:
                own.setdefault(condensed(alias), []).append(key)
        known = lru_cache(maxsize=None)(self._meant)
        found = {said: self._target(said, means, own.pop(said, []), known) for said, means in spoken.items()}
        found |= {said: self._target(said, [], keys, known) for said, keys in own.items()}
        return {said: target for said, target in found.items() if target is not None and len(said) > 1}

    def _target(self, said: str, means: Sequence[str], own: Sequence[int], known: Any) -> Target | None:
        missing = np.ones(self.size, dtype=np.float32)
        sure = SPOKEN
        for word in dict.fromkeys(means):
            keys, share = known(word)
            missing[keys] *= 1 - sure * share
            sure *= LATER
        if own:
            missing[np.asarray(own)] *= 0.99 - OWN
        keys = np.flatnonzero(missing < 1).astype(np.int32)
        if not len(keys):
            return None
        if len(keys) <= MOST_KIN:
            for key in keys.tolist():
                for other in self._kin.get(self.families[key], ()):
                    missing[other] = min(missing[other], 1 - KIN * (1 - missing[key]))
            keys = np.flatnonzero(missing < 1).astype(np.int32)
        rare = float(np.log(1 + (self.size - len(keys) + 0.5) / (len(keys) + 0.5)))
        weight = max(rare, LEAST * self.rarest) * min(1.6, FIRST + GROWS * len(said))
        pairs = frozenset(term for word in means for term in terms(word) if len(term) > 1)
        return Target(keys, 1 - missing[keys], pairs, weight)

    def _meant(self, word: str) -> tuple[NDArray[np.int32], float]:
        """The items whose name or aliases have a statutory word whole; where none has it, those that nearly do."""
        wanted = [term for term in dict.fromkeys(terms(word)) if len(term) > 1 or is_latin(term)] or list(terms(word))
        known = self._grams.known(wanted)
        if not known:
            return np.empty(0, dtype=np.int32), 0.0
        counts = np.zeros(self.size, dtype=np.int16)
        for _, row in known:
            keys, values = self._grams.of(row)
            counts[keys[values > MORE]] += 1
        whole = np.flatnonzero(counts == len(wanted))
        if len(whole):
            return whole.astype(np.int32), 1.0
        most = int(counts.max(initial=0))
        if most < 2 or most < 0.7 * len(wanted):
            return np.empty(0, dtype=np.int32), 0.0
        return np.flatnonzero(counts == most).astype(np.int32), 0.6 * most / len(wanted)

    # --- ranking ------------------------------------------------------------------------------------------------

    def _sums(self, reading: "Reading[Target]") -> NDArray[np.float32]:
        sums = np.zeros(self.size, dtype=np.float32)
        for span in reading.spans:
            sums[span.target.keys] += span.sure * span.target.weight * span.target.sure
        spoken = {at for span in reading.spans for at in range(span.start, span.end)}
        factors: dict[str, float] = {}
        for at, atom in enumerate(reading.atoms):
            inside = 0.5 if at in spoken else 1.0
            if reading.content[at]:
                single = 1.0 if is_latin(atom) else SINGLE
                factors[atom] = max(factors.get(atom, 0.0), single * inside)
            if at and reading.glued[at] and (reading.content[at] or reading.content[at - 1]):
                both = 1.0 if reading.content[at] and reading.content[at - 1] else 0.6
                pair = reading.atoms[at - 1] + atom
                factors[pair] = max(factors.get(pair, 0.0), both * inside)
        for term, row in self._grams.known(list(factors)):
            keys, values = self._grams.of(row)
            sums[keys] += np.float32(self._idf[row] * factors[term]) * values
        # a long name has more chances to be like anything
        return (sums / (1 + 0.012 * np.minimum(self._lengths, 60))).astype(np.float32)

    def _close(self, reading: "Reading[Target]", held: NDArray[np.int64]) -> "_Close":
        worth = dict.fromkeys(reading.atoms, self.rarest)
        worth |= {atom: float(self._idf[row]) for atom, row in self._grams.known(list(worth))}
        return _Close(reading, held, worth, self._name, self.rarest)


def _fields(item: Item) -> Iterable[tuple[str, float]]:
    yield item.name, 1.0
    yield item.name_en, ALIAS
    for alias in item.aliases:
        yield alias, ALIAS
    for text in item.more:
        yield text, MORE
    yield item.department, MORE


_WITHOUT = re.compile(r"非(..)")
"""A name that says 非公司 is not about 公司."""


@dataclass(frozen=True, slots=True)
class _Name:
    """An item as it is looked at closely: the atoms of its name, what each is worth, its pairs, all its text."""

    atoms: tuple[str, ...]
    worth: tuple[float, ...]
    whole: float
    befores: tuple[str, ...]
    pairs: frozenset[str]
    singles: frozenset[str]
    alias: frozenset[str]
    more: frozenset[str]
    actions: frozenset[Action]
    doing: tuple[bool, ...]


def _name(item: Item) -> _Name:
    atoms, generic, places, text = atoms_of(item.name)
    doing = bytearray(len(text))
    for words in IN_NAMES.values():
        for found in words.finditer(text):
            doing[found.start() : found.end()] = b"\1" * (found.end() - found.start())
    strong = list(terms(_WITHOUT.sub(r"非 \1 ", item.name)))
    alias = [term for part in (item.name_en, *item.aliases) for term in terms(part)]
    weak = [term for part in (*item.more, item.department) for term in terms(part)]
    worth = tuple(GENERIC if dull else 1.0 for dull in generic)
    return _Name(
        atoms,
        worth,
        sum(worth),
        ("", *(a + b for a, b in pairwise(atoms)), ""),
        frozenset(term for term in strong if len(term) > 1),
        frozenset(strong),
        frozenset(term for term in alias if len(term) > 1),
        frozenset(term for term in weak if len(term) > 1),
        of_name(text),
        tuple(bool(doing[at]) for at in places),
    )


class _Close:
    """The close look, for one question."""

    def __init__(
        self,
        reading: "Reading[Target]",
        held: NDArray[np.int64],
        worth: Mapping[str, float],
        name: Callable[[Item], _Name],
        rarest: float,
    ) -> None:
        self._reading = reading
        self._name = name
        self._sure = [span.target.of(held) for span in reading.spans]
        atoms, glued = reading.atoms, reading.glued
        self._before = [atoms[at - 1] + atom if at and glued[at] else "" for at, atom in enumerate(atoms)]
        self._after = [*self._before[1:], ""]
        self._pairs = frozenset(self._before) - {""}
        self._inside = [tuple(self._before[span.start + 1 : span.end]) for span in reading.spans]
        self._content = frozenset(a for a, fine in zip(atoms, reading.content, strict=True) if fine)
        spoken = {at for span in reading.spans for at in range(span.start, span.end)}
        # what is in no name at all weighs, but not so that one odd character sinks a good answer
        cap = 0.75 * rarest
        self._rest = [
            (at, min(worth[atom], cap) * (ASKS if reading.asks[at] else 1.0))
            for at, atom in enumerate(atoms)
            if reading.content[at] and at not in spoken
        ]
        self._weights = [s.target.weight * (1.0 if s.sure > INSIDE else INSIDE) for s in reading.spans]
        said = (w for w, s in zip(self._weights, reading.spans, strict=True) if s.end > s.start)
        self._whole = sum(said) + sum(weight for _, weight in self._rest)

    def look(self, number: int, item: Item) -> Ranked:
        """The item that is `number` among those held."""
        name = self._name(item)
        action = fit(self._reading.actions, name.actions)
        if action < SAID_SO and not self._reading.actions - {Action.NEW} and self._told(number):
            action = SAID_SO
        explained, because = self._explained(number, name, action)
        said = self._said(number, name, action)
        score = explained**POWER * (EXPLAINED + (1 - EXPLAINED) * said) * (1 - ACTION * (1 - action))
        return Ranked(item, round(score, 4), round(explained, 4), round(said, 4), action, because)

    def _told(self, number: int) -> bool:
        """Whether a saying leads straight to the item: then the saying itself said what is to be done."""
        return any(
            span.sure > INSIDE and span.sure * sure[number] >= DIRECT and len(span.said) > 2
            for span, sure in zip(self._reading.spans, self._sure, strict=True)
        )

    def _explained(self, number: int, name: _Name, action: float) -> tuple[float, tuple[str, ...]]:
        gained = nearly = 0.0
        because: list[str] = []
        for at, span in enumerate(self._reading.spans):
            sure = self._sure[at][number]
            found = max(span.sure * sure, self._literal(at, span, name)) if span.sure > INSIDE else sure
            if span.end > span.start:
                gained += self._weights[at] * found
            else:
                nearly += self._weights[at] * found
            if found > 0.4:
                because.append(span.said)
        for at, weight in self._rest:
            asked = 0.8 if self._reading.asks[at] and action >= 0.8 else 0.0
            gained += weight * max(self._held(at, name), asked)
        because += self._stretches(name)
        share = gained / self._whole if self._whole else 0.0
        share += (1 - share) * nearly / (self._whole + nearly) if nearly else 0.0
        return share, tuple(dict.fromkeys(because))

    def _literal(self, at: int, span: "Span[Target]", name: _Name) -> float:
        pairs = self._inside[at]
        if span.end == span.start:
            return 0.0
        if not pairs:
            return 0.6 if self._reading.atoms[span.start] in name.singles else 0.0
        held = sum(pair in name.pairs for pair in pairs) / len(pairs)
        return held if held == 1.0 else 0.6 * held

    def _held(self, at: int, name: _Name) -> float:
        atom = self._reading.atoms[at]
        if is_latin(atom):
            return 1.0 if atom in name.singles or atom in name.alias else 0.8 if atom in name.more else 0.0
        before, after = self._before[at], self._after[at]
        if before in name.pairs or after in name.pairs:
            return 1.0
        if before in name.alias or after in name.alias:
            return IN_ALIAS
        if before in name.more or after in name.more:
            return IN_MORE
        return SINGLE if atom in name.singles else 0.0

    def _stretches(self, name: _Name) -> list[str]:
        """The longest stretches of the question that the name has."""
        found: list[str] = []
        run = ""
        for at, pair in enumerate(self._before):
            if pair and pair in name.pairs:
                run = run + self._reading.atoms[at] if run else pair
            elif run:
                found.append(run)
                run = ""
        return [*found, run] if run else found

    def _said(self, number: int, name: _Name, action: float) -> float:
        """The share of the name that the question said, in its own words or through a saying."""
        for weight, sure in zip(self._weights, self._sure, strict=True):
            if sure[number] >= OWN and weight >= 0.7 * self._whole:
                return 1.0  # the question is an alias and little else: that is the name in other words
        meant = [s.target.pairs for at, s in enumerate(self._reading.spans) if self._sure[at][number] > 0.4]
        said = frozenset[str]().union(self._pairs, *meant)
        total = 0.0
        for at, atom in enumerate(name.atoms):
            if name.befores[at] in said or name.befores[at + 1] in said or (is_latin(atom) and atom in self._content):
                share = 1.0
            elif name.doing[at] and action > 0:
                share = 0.8
            else:
                share = SINGLE if atom in self._content else 0.0
            total += share * name.worth[at]
        return total / name.whole if name.whole else 0.0


def _kin(families: Sequence[str]) -> Mapping[str, tuple[int, ...]]:
    """The members of each family that has more than one."""
    found: dict[str, list[int]] = {}
    for key, family in enumerate(families):
        if len(family) > 1:
            found.setdefault(family, []).append(key)
    return {family: tuple(keys) for family, keys in found.items() if len(keys) > 1}
