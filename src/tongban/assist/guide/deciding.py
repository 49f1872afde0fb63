"""Answer, ask back, or hand over: by how likely the first item is right.

The likelihood is a logistic model of four figures of the ranking. Its five numbers were fitted on the `dev` half of
`tests/assist/guide/questions.csv` with those words left out that had been written with that half in view; the `held`
half was never used. It costs more to send somebody the wrong way than to ask once more: an answer is given only from
ANSWER on.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

from tongban.assist.guide.actions import NAMES, Action, of_name
from tongban.assist.guide.engine import Ranked, Ranking
from tongban.assist.guide.model import Ask, Decision, Found, Option
from tongban.assist.guide.naming import family_of
from tongban.base.i18n import Text, words
from tongban.catalog.grams import is_latin, plain, terms
from tongban.catalog.model import Service

BASE, SCORE, EXPLAINED, SAID, MARGIN = -2.29, 0.9, 1.2, 2.84, 8.18
ANSWER = 0.9
FAR = 0.2
"""A greater distance says only that the catalogue is small."""
LEAST, LEAST_EXPLAINED, LEAST_APART = 0.26, 0.3, 0.02
"""No answer is given on a lower score, on less of the question, or where the next item is as good."""
REFUSE = 0.14
"""A first item with a lower score is chance likeness."""
NEAR = 0.55
"""Items are worth asking about that have this share of the first one's score."""
MOST_ASKED = 4
SAID_SITUATION = 2
"""Pairs of characters (an English word counts as two) that only one situation has: one alone may be chance."""

HANDOVER = Text(
    "这件事没有在政务事项里找到。请打12345，接线员会听您说，并告诉您归谁管；也可以换一种说法再问。",
    "No government service was found for this. Call 12345: somebody will listen and tell you whose job it is. "
    "You can also ask in other words.",
)
_WHICH_ACTION = Text("您要办的是哪一种？", "Which of these do you need?")
_WHICH_ITEM = Text("您说的是下面哪一件事？", "Which of these do you mean?")
_WHICH_SITUATION = Text("您属于哪种情形？", "Which of these is your situation?")


def likelihood(items: Sequence[Ranked]) -> float:
    """How likely it is that the first item is right."""
    if not items:
        return 0.0
    first, second = items[0], items[1].score if len(items) > 1 else 0.0
    sum_ = BASE + SCORE * first.score + EXPLAINED * first.explained + SAID * first.said
    return round(1 / (1 + math.exp(-(sum_ + MARGIN * min(first.score - second, FAR)))), 4)


def _stands_out(items: Sequence[Ranked]) -> bool:
    apart = items[0].score - items[1].score if len(items) > 1 else 1.0
    return items[0].score >= LEAST and items[0].explained >= LEAST_EXPLAINED and apart >= LEAST_APART


def decide(ranking: Ranking, service: Service | None) -> Found:
    """The guide's answer. `service` is the first item's file, if it has one."""
    items = ranking.items
    sure = likelihood(items)
    certain = sure >= ANSWER and _stands_out(items)
    decision: Decision = "answer" if certain else "clarify"
    if not items or items[0].score < REFUSE:
        return Found("refuse", sure, items, handover=HANDOVER)
    if decision == "clarify":
        return Found(decision, sure, items, ask=_which(items), handover=HANDOVER)
    situation = situation_of(service, ranking.reading.atoms) if service is not None else ""
    ask = None if situation or service is None else which_situation(service)
    return Found(decision, sure, items, situation, ask)


def _which(items: Sequence[Ranked]) -> Ask:
    """Asks which of the near items: by what is done where they are one family, else by their names."""
    near = [one for one in items if one.score >= NEAR * items[0].score][:MOST_ASKED]
    if len(near) < 2:
        near = list(items[:3])
    kinds = [min(of_name(plain(one.item.name)), default=None) for one in near]
    one_family = len({family_of(one.item.name) for one in near}) == 1
    if one_family and None not in kinds and len(set(kinds)) == len(near) > 1:
        said = [_by_action(one, kind) for one, kind in zip(near, kinds, strict=True) if kind is not None]
        return Ask("action", _WHICH_ACTION, tuple(said))
    return Ask("item", _WHICH_ITEM, tuple(Option(one.item.key, one.item.title) for one in near))


def _by_action(one: Ranked, action: Action) -> Option:
    what = NAMES[action]
    title = one.item.title
    return Option(one.item.key, Text(f"{what.zh}：{title.zh}", f"{what.en}: {title.en}"))


def which_situation(service: Service) -> Ask | None:
    """Asks for the situation of a service that has several."""
    if len(service.situations) < 2:
        return None
    options = tuple(Option(s.id, Text(words(s.name, "zh"), words(s.name, "en"))) for s in service.situations)
    return Ask("situation", _WHICH_SITUATION, options)


def situation_of(service: Service, atoms: Sequence[str]) -> str:
    """The one situation that the question's words speak of; empty where none or several do."""
    asked = frozenset(a + b for a, b in pairwise(atoms)) | frozenset(a for a in atoms if is_latin(a))
    own = frozenset(term for text in _own(service) for term in terms(text))
    told = {one.id: _told(service, one.id) - own for one in service.situations}
    shared = frozenset[str].intersection(*told.values()) if told else frozenset[str]()
    scores = {name: sum(2 if is_latin(t) else 1 for t in asked & (said - shared)) for name, said in told.items()}
    best = max(scores.values(), default=0)
    leading = [name for name, score in scores.items() if score == best]
    return leading[0] if best >= SAID_SITUATION and len(leading) == 1 else ""


def _own(service: Service) -> list[str]:
    """What the service as a whole is called: it speaks for no situation."""
    return [words(service.name, "zh"), words(service.name, "en"), *service.aliases]


def _told(service: Service, situation: str) -> frozenset[str]:
    """The words of a situation: its name and note, and those of the answers that its condition names."""
    one = next(s for s in service.situations if s.id == situation)
    texts = [one.name, one.note]
    for fact in service.facts.values():
        texts += [text for c in fact.choices if f'"{c.value}"' in one.when for text in (c.name, c.hint)]
    said = (term for text in texts for lang in ("zh", "en") for term in terms(words(text, lang)))
    return frozenset(term for term in said if len(term) > 1)
