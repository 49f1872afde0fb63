"""Which projects do the same: by what they are for (BM25 over words), the data they use, the services they carry.

Everything is one-directional: how much of the first the second already has. A small new system that a large one wholly
contains is a duplicate, though little of the large one is in it (国令809号 38; for comparison 浙江公共数据条例 12:
重复建设的不予立项).
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher

from msgspec import structs

from tongban.base.i18n import Text
from tongban.catalog.grams import is_latin, plain, runs
from tongban.oversight.registers.projects.model import PARTS, STATUS, Overlap, Part, PartName, Project

LEAST = 0.5
"""From this score on two projects are named."""
WEIGHT: dict[PartName, float] = {"function": 0.4, "data": 0.3, "services": 0.3}
ALIKE = 0.75
"""Names of data or services are the same when this share of their pairs of characters is (Dice)."""
_K1, _B = 1.2, 0.75
_COMMON = 0.4
"""A word in more than this share of many projects says nothing of any of them."""
_MANY = 25
_LEADS = 40
"""For each project so many others are looked at closely, the likeliest by their words."""
_SHOWN = 6
_PHRASE = 3


def overlaps(
    projects: Sequence[Project], least: float = LEAST, progress: Callable[[float], None] = lambda _: None
) -> tuple[Overlap, ...]:
    """Every pair that overlaps by `least` (0 to 1) or more, greatest first. `progress` is told the share done."""
    bm25 = _Scores([_words(one.function) for one in projects])
    items = [(_named(one.data), _named(one.services)) for one in projects]
    everything = _Scores([_words(" ".join((one.function, *one.data, *one.services))) for one in projects])
    pairs = sorted(_pairs(projects, everything, items))
    found: list[Overlap] = []
    for at, (i, j) in enumerate(pairs):
        if at % 1000 == 0:
            progress(at / len(pairs))
        ways = [(a, b, _parts(projects, bm25, items, a, b)) for a, b in _ways(projects, i, j)]
        a, b, parts = max(ways, key=lambda way: _score(way[2]))
        score = round(_score(parts), 4)
        if score >= least:
            found.append(_told(projects[a], projects[b], score, parts))
    return tuple(sorted(found, key=lambda one: (-one.score, one.first, one.second)))


class _Scores:
    """BM25 of each project's words as a question to every other, over its answer to itself: 0 to 1."""

    def __init__(self, words: Sequence[Counter[str]]) -> None:
        self._words = words
        many = len(words)
        holders: dict[str, list[int]] = defaultdict(list)
        for at, one in enumerate(words):
            for word in one:
                holders[word].append(at)
        self._holders = holders
        common = many * _COMMON if many >= _MANY else many
        self._weight = {
            word: 0.0 if len(at) > common else math.log(1 + (many - len(at) + 0.5) / (len(at) + 0.5))
            for word, at in holders.items()
        }
        sizes = [one.total() for one in words]
        self._long = [size / (sum(sizes) / max(many, 1) or 1) for size in sizes]
        self._self = [self._raw(at, at) for at in range(many)]

    def share(self, first: int, second: int) -> float:
        """How much of what `first` is for `second` says too."""
        whole = self._self[first]
        return min(1.0, self._raw(first, second) / whole) if whole else 0.0

    def likeliest(self, first: int) -> list[int]:
        """Others that share telling words, best first."""
        seen: dict[int, float] = defaultdict(float)
        for word in self._words[first]:
            weight = self._weight[word]
            if weight:
                for at in self._holders[word]:
                    seen[at] += weight
        seen.pop(first, None)
        return sorted(seen, key=lambda at: (-seen[at], at))[:_LEADS]

    def _raw(self, first: int, second: int) -> float:
        there, long = self._words[second], _K1 * (1 - _B + _B * self._long[second])
        return sum(
            self._weight[word] * there[word] * (_K1 + 1) / (there[word] + long)
            for word in self._words[first]
            if word in there
        )


def _words(text: str) -> Counter[str]:
    """Pairs of neighbouring characters, and words of Latin letters."""
    counted: Counter[str] = Counter()
    for run in runs(text):
        counted.update([run] if is_latin(run) or len(run) == 1 else (run[i : i + 2] for i in range(len(run) - 1)))
    return counted


_Named = tuple[tuple[str, frozenset[str]], ...]


def _named(items: Iterable[str]) -> _Named:
    """Each name with its pairs of characters."""
    return tuple((one, _pairs_of(one)) for one in items)


def _pairs_of(name: str) -> frozenset[str]:
    tight = "".join(runs(name)) or plain(name)
    return frozenset(tight[i : i + 2] for i in range(len(tight) - 1)) or frozenset({tight})


def _pairs(projects: Sequence[Project], words: _Scores, items: Sequence[tuple[_Named, _Named]]) -> set[tuple[int, int]]:
    """Pairs worth a close look: those that share words, or a name of data or of a service."""
    holders: dict[frozenset[str], list[int]] = defaultdict(list)
    for at, both in enumerate(items):
        for names in both:
            for _, key in names:
                holders[key].append(at)
    found: set[tuple[int, int]] = set()
    for i in range(len(projects)):
        shared: Counter[int] = Counter()
        for names in items[i]:
            for _, key in names:
                shared.update(holders[key])
        del shared[i]
        near = {*words.likeliest(i), *(at for at, _ in shared.most_common(_LEADS))}
        found |= {(min(i, j), max(i, j)) for j in near}
    return found


def _ways(projects: Sequence[Project], i: int, j: int) -> tuple[tuple[int, int], ...]:
    """A planned one is held against one that exists; of two of a kind both ways are tried."""
    if projects[i].status == projects[j].status:
        return (i, j), (j, i)
    return ((i, j),) if projects[i].status == "planned" else ((j, i),)


def _parts(
    projects: Sequence[Project], bm25: _Scores, items: Sequence[tuple[_Named, _Named]], a: int, b: int
) -> list[Part]:
    parts: list[Part] = []
    if projects[a].function and projects[b].function:
        parts.append(Part("function", round(bm25.share(a, b), 4), (), ()))
    named: tuple[tuple[PartName, int], ...] = (("data", 0), ("services", 1))
    for part, at in named:
        if items[a][at] and items[b][at]:
            parts.append(_common(part, items[a][at], items[b][at]))
    return parts


def _score(parts: Sequence[Part]) -> float:
    weight = sum(WEIGHT[one.part] for one in parts)
    return sum(WEIGHT[one.part] * one.share for one in parts) / weight if weight else 0.0


def _common(part: PartName, first: _Named, second: _Named) -> Part:
    both = tuple(name for name, key in first if any(_dice(key, other) >= ALIKE for _, other in second))
    only = tuple(name for name, _ in first if name not in both)
    return Part(part, round(len(both) / len(first), 4), both, only)


def _dice(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other))


def _phrases(first: str, second: str) -> tuple[str, ...]:
    """The longest stretches that both descriptions have, whole words where they are of Latin letters."""
    cut = [[token for run in runs(text) for token in ([run] if is_latin(run) else run)] for text in (first, second)]
    blocks = SequenceMatcher(None, *cut, autojunk=False).get_matching_blocks()
    found: list[str] = []
    for block in blocks:
        tokens = cut[0][block.a : block.a + block.size]
        latin = any(is_latin(token) for token in tokens)
        if len(tokens) >= (1 if latin else _PHRASE) and len("".join(tokens)) >= _PHRASE:
            found.append(" ".join(tokens) if latin else "".join(tokens))
    return tuple(sorted(dict.fromkeys(found), key=len, reverse=True)[:_SHOWN])


def _told(first: Project, second: Project, score: float, parts: Sequence[Part]) -> Overlap:
    """The pair in words; what both descriptions say is looked for only here, for it costs more than all the rest."""
    zh = f"{STATUS[first.status].zh}的“{first.name}”有{score:.0%}与{STATUS[second.status].zh}的“{second.name}”重复"
    en = f"{score:.0%} of '{first.name}' ({STATUS[first.status].en}) is in '{second.name}' ({STATUS[second.status].en})"
    full: list[Part] = []
    for part in parts:
        one = part
        if part.part == "function":
            one = structs.replace(part, both=_phrases(first.function, second.function))
        full.append(one)
        name = PARTS[one.part]
        same_zh, same_en = ("、".join(one.both[:_SHOWN]), ", ".join(one.both[:_SHOWN]))
        zh += f"；{name.zh}{one.share:.0%}" + (f"：{same_zh}" if same_zh else "")
        en += f"; {name.en} {one.share:.0%}" + (f": {same_en}" if same_en else "")
        if one.only_first:
            zh += f"（只有前者有：{'、'.join(one.only_first[:_SHOWN])}）"
            en += f" (only the first: {', '.join(one.only_first[:_SHOWN])})"
    return Overlap(first.id, second.id, score, tuple(full), Text(f"{zh}。", f"{en}."))
