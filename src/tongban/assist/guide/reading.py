"""Reading a question: what in it is the matter, what is manner of speaking, and what is to be done."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from tongban.assist.guide.actions import Action, of_question
from tongban.catalog.grams import is_latin, plain, runs

T = TypeVar("T")

LONGEST_QUESTION = 200
LONGEST_PHRASE = 32

_MEASURE = re.compile(
    r"(?<=[一二两三几那这开办领补换要有买租做搞弄考盖建养])(?:[一两几]?个(?![体人税月性])|一[家间张本份所片台辆头只条点些下栋套])|(?<=[开办])(?:家|间)(?!长|庭|属|里|人|政|电)"
)
"""Measure words between a verb and its thing: 开一家饭馆 and 开饭馆 are one saying."""

_MANNER = re.compile(
    r"请问|您好|你好|麻烦|谢谢|求助|急[!！]?|怎么(?:样|办理|申请|操作|办|弄|搞|整|才能|走)?|如何|咋个?(?:办|整|弄|搞)?"
    r"|[哪那](?:里|儿|个部门|个地方|个窗口|个单位|些|个)|(?:归|找|问)?(?:什么|啥子?|哪个|谁)(?:地方|部门|手续|材料|资料|条件|流程|时候|东西|证件|单位|程序)?"
    r"|需不需要|需要|要不要|带(?:什么|啥)|准备|手续|流程|材料|资料|条件|多久|多长时间|多少钱?|几天|费用|能不能|可不可以|可以|能否|是不是|有没有|行不行|还能|能"
    r"|想要|想|我们家?|我家里?|我|你们?|他们?|她|咱们?|自己|本人|的话|[的了吗呢吧啊呀嘛么哦哈哇]|是|那|这|在|去|到|给|把|和|跟|与|还|就|都|也|又|已经|之[前后]|以[前后]|后"
    r"|办理|申请|申报|办|要|弄|搞|做|得|咨询|打听|想问|问|知道|现在|今年|去年|最近|刚刚?|时候|政府|部门|窗口|地方|单位上|突然|不小心|准备|打算|听说|说|如果|假如|要是|因为|所以|一直|一下|一个|个|有|个人|没有|应该|该|必须|帮忙|帮我|帮"
    r"|how|what|where|when|which|who|do|does|can|could|should|need|want|would|like|my|me|the|an|to|for|in|of|at|on|is|are|am|it|please|have|has|get|apply|with|and|or|if|this|that|there|here|be|as|by|we|our|you|your|about"
)
"""What is said in every question and says nothing about the matter."""
_PARTICLES = frozenset("了的吗呢吧啊呀嘛么要想能会我你他她您们给把被去来个就都还也很已又刚")
"""Left out of sayings and, between the words of one, of questions."""
_VERBS = frozenset("开办领补换买卖租做考盖建养修转注销改")
"""A saying that begins with one of these may have a word or two after it: 开…饭馆."""
MOST_SKIPPED = 2
MOST_SPANS = 16
INSIDE = 0.15
GAP = 0.85
_LATIN_MANNER = frozenset({"i", "a", "m", "s", "t", "ve", "d"})


@dataclass(frozen=True, slots=True)
class Span(Generic[T]):
    """A saying of the lexicon in the question: atoms `start` to `end`. `sure` is less with words in between."""

    start: int
    end: int
    said: str
    target: T
    sure: float = 1.0


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """A question as it was understood.

    atoms    its Chinese characters and Latin words, in order
    glued    whether an atom follows the one before it without punctuation
    content  whether an atom may say what the matter is
    asks     whether an atom belongs to words that say what is to be done
    """

    atoms: tuple[str, ...]
    glued: tuple[bool, ...]
    content: tuple[bool, ...]
    asks: tuple[bool, ...]
    actions: frozenset[Action]
    spans: tuple[Span[T], ...]

    @property
    def empty(self) -> bool:
        return not any(self.content) and not self.spans


class Sayings(Generic[T]):
    """Sayings by their condensed text, and every beginning of one."""

    def __init__(self, whole: Mapping[str, T]) -> None:
        self.whole = whole
        self.beginnings = frozenset(said[:end] for said in whole for end in range(1, len(said) + 1))


def stem(word: str) -> str:
    """An English word without its plural."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def condensed(text: str) -> str:
    """A text as sayings are compared: no measure words, no particles, no punctuation."""
    atoms = _placed(_MEASURE.sub("", plain(text)))[0]
    kept = "".join(atom for atom in atoms if atom not in _PARTICLES)
    return kept if len(kept) > 1 else "".join(atoms)


def read(question: str, sayings: "Sayings[T]") -> Reading[T]:
    """Reads a question, cut at 200 characters. `sayings` are keyed by their `condensed` text."""
    text = _MEASURE.sub("", plain(question[:LONGEST_QUESTION]))
    atoms, places, glued = _placed(text)
    manner, doing = bytearray(len(text)), bytearray(len(text))
    for found in _MANNER.finditer(text):
        if not is_latin(found.group()) or _whole(text, found.span()):
            manner[found.start() : found.end()] = b"\1" * (found.end() - found.start())
    actions = of_question(text)
    for places_of in actions.values():
        for start, end in places_of:
            doing[start:end] = b"\1" * (end - start)
    content = tuple(
        not manner[at] and not (is_latin(atom) and (atom in _LATIN_MANNER or _is_number(atom)))
        for atom, at in zip(atoms, places, strict=True)
    )
    return Reading(
        tuple(atoms),
        tuple(glued),
        content,
        tuple(bool(doing[at]) for at in places),
        frozenset(actions),
        _best(_on_whole(atoms, sayings)),
    )


def _is_number(atom: str) -> bool:
    """A telephone or identity number: somebody's, and so nothing of the matter."""
    return len(atom) > 4 and atom[:-1].isdigit()


def _whole(text: str, span: tuple[int, int]) -> bool:
    before, after = text[max(0, span[0] - 1) : span[0]], text[span[1] : span[1] + 1]
    return not (before.isascii() and before.isalnum()) and not (after.isascii() and after.isalnum())


def _placed(text: str) -> tuple[list[str], list[int], list[bool]]:
    atoms: list[str] = []
    places: list[int] = []
    glued: list[bool] = []
    at = 0
    for run in runs(text):
        at = text.index(run, at)
        pieces = (run,) if is_latin(run) else run
        for offset, piece in enumerate(pieces):
            atoms.append(stem(piece) if is_latin(piece) else piece)
            places.append(at + offset)
            glued.append(offset > 0)
        at += len(run)
    return atoms, places, glued


def _on_whole(atoms: Sequence[str], sayings: "Sayings[T]") -> tuple[Span[T], ...]:
    """Sayings among the atoms without particles, at their places among all atoms."""
    kept = [at for at, atom in enumerate(atoms) if atom not in _PARTICLES]
    inner = _sayings([atoms[at] for at in kept], sayings)
    return tuple(Span(kept[s.start], kept[s.end - 1] + 1, s.said, s.target, s.sure) for s in inner)


def _sayings(atoms: Sequence[str], sayings: "Sayings[T]") -> list[Span[T]]:
    """Every saying in the question, also with a word or two in between (开个小饭馆 says 开饭馆)."""
    found: list[Span[T]] = []
    for start in range(len(atoms)):
        open_ways = [(atoms[start], start + 1, 0)]
        while open_ways:
            said, end, skipped = open_ways.pop()
            if said not in sayings.beginnings:
                continue
            target = sayings.whole.get(said)
            if target is not None:
                found.append(Span(start, end, said, target, GAP**skipped))
            for skip in range(MOST_SKIPPED - skipped + 1):
                if end + skip < len(atoms) and (skip < 2 or len(said) > 1 or atoms[start] in _VERBS):
                    open_ways.append((said + atoms[end + skip], end + skip + 1, skipped + skip))
    return found


def _best(spans: Sequence[Span[T]]) -> tuple[Span[T], ...]:
    """The sayings that count: of several at the same place the surest, and little of one that lies inside a longer."""
    surest: dict[tuple[int, int], Span[T]] = {}
    for span in spans:
        place = (span.start, span.end)
        if place not in surest or (span.sure, len(span.said)) > (surest[place].sure, len(surest[place].said)):
            surest[place] = span
    ordered = sorted(surest.values(), key=lambda span: (-len(span.said) * span.sure, span.start))
    kept: list[Span[T]] = []
    for span in ordered:
        inside = any(other.start <= span.start and span.end <= other.end for other in kept)
        kept.append(replace(span, sure=span.sure * INSIDE) if inside else span)
    return tuple(sorted(kept[:MOST_SPANS], key=lambda span: span.start))
