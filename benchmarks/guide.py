"""How long the guide takes over a hundred thousand items, against the ranking over dictionaries that search was before.

Names are made of invented parts in the proportions of a real catalogue: things, doings, families, districts. One
core: numpy's threads play no part, for nothing here multiplies matrices.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence

from benchmarks.plain_search import Index as PlainIndex

from tongban.assist.guide.engine import Engine, Item
from tongban.assist.guide.words import Lexicon, read_words
from tongban.catalog.search import Index
from tongban.catalog.shipped import shipped

ITEMS = 100_000
QUESTIONS = 1_000
PLAIN_QUESTIONS = 60
SEED = 20261125
_DOINGS = ("核发", "变更", "延续", "补办", "注销", "申领", "查询", "备案", "转移登记", "设立登记")
_KINDS = ("经营许可证", "备案", "登记", "补贴", "资格认定", "审批", "给付", "证明")


def _items(lexicon: Lexicon, count: int) -> list[Item]:
    """Names of statutory words, each in many families and places, and a tail of rare ones."""
    chance = random.Random(SEED)
    things = sorted({word for entry in lexicon.entries for word in entry.means})
    signs = [chr(code) for code in range(0x4E00, 0x4E00 + 3000)]
    made: list[Item] = []
    for number in range(count):
        rare = "".join(chance.choices(signs, k=chance.randint(2, 5)))
        thing = chance.choice(things) if chance.random() < 0.3 else rare
        name = f"{thing}{chance.choice(_KINDS)}{chance.choice(_DOINGS)}"
        place = "".join(chance.choices(signs[:200], k=2))
        name += f"（{place}区）" if chance.random() < 0.3 else ""
        aliases = (f"{rare}证", f"办{rare}") if number % 10 == 0 else ()
        made.append(Item(f"i{number}", name, department=f"{place}局", aliases=aliases))
    return made


def _questions(lexicon: Lexicon, items: Sequence[Item], count: int) -> list[str]:
    """Sayings with manner of speaking around them, names, and things that no item has; 6 to 60 characters."""
    chance = random.Random(SEED + 1)
    sayings = [said for entry in lexicon.entries for said in entry.say]
    before = ("我想问一下", "请问", "我家", "", "我妈妈在老家，", "去年冬天从外省回来，")
    after = ("怎么办", "要带什么材料", "去哪里办", "多久能办好", "可以吗", "，听说有补贴，是真的吗")
    made: list[str] = []
    for _ in range(count):
        said = "，".join(chance.choices(sayings, k=chance.randint(1, 3)))
        middle = said if chance.random() < 0.7 else chance.choice(items).name
        made.append(f"{chance.choice(before)}{middle}{chance.choice(after)}")
    return made


def _times(ask: Callable[[str], object], questions: Sequence[str]) -> list[float]:
    """Milliseconds of this process's core for each, in order of size: what else the machine does is not counted."""
    for question in questions[:20]:
        ask(question)
    taken: list[float] = []
    for question in questions:
        started = time.process_time()
        ask(question)
        taken.append((time.process_time() - started) * 1e3)
    return sorted(taken)


def run() -> dict[str, object]:
    """Figures in milliseconds; each ratio says how many times quicker than the ranking over dictionaries."""
    lexicon = read_words([shipped("words")])
    items = _items(lexicon, ITEMS)
    questions = _questions(lexicon, items, QUESTIONS)
    started = time.process_time()
    engine = Engine(items, lexicon)
    built = time.process_time() - started
    documents = [[(item.name, 3.0), (item.department, 0.5), *((a, 2.0) for a in item.aliases)] for item in items]
    phrases = [(item.name, *item.aliases) for item in items]
    index = Index(documents, phrases)
    plain = PlainIndex(documents, phrases)
    guide = _times(lambda q: engine.rank(q, 10), questions)
    search = _times(lambda q: index.search(q, 10), questions)
    before = _times(lambda q: plain.search(q, 10), questions[:PLAIN_QUESTIONS])
    return {
        "name": f"the guide over {ITEMS:,} items, {QUESTIONS:,} questions, one core",
        "figures": {
            "guide p50, ms": round(guide[len(guide) // 2], 2),
            "guide p99, ms": round(guide[int(len(guide) * 0.99)], 2),
            "catalogue search p50, ms": round(search[len(search) // 2], 2),
            "catalogue search p99, ms": round(search[int(len(search) * 0.99)], 2),
            "search over dictionaries p50, ms": round(before[len(before) // 2], 2),
            "search over dictionaries p99, ms": round(before[-1], 2),
            "sayings": lexicon.size,
            "building the guide, s": round(built, 1),
        },
        "baseline": "BM25 over Python dictionaries, the catalogue's search before",
        "ratio": {
            "guide, p50": round(before[len(before) // 2] / guide[len(guide) // 2], 1),
            "guide, p99": round(before[-1] / guide[int(len(guide) * 0.99)], 1),
            "catalogue search, p50": round(before[len(before) // 2] / search[len(search) // 2], 1),
        },
        "target": "guide p99 under 30 ms",
    }


if __name__ == "__main__":
    print(run())
