"""How fast one decision is: a table of 14 rows and 3 inputs, against the same rules written by hand in Python.

The table is the shape of an old-age allowance (age band, tier of the region, low income); its figures are invented.
The hand-written function compares the same decimals and answers the amount only: it keeps no trace, cannot be
read by an official, and says nothing about unknown facts. The ratio is what the explanation costs.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from decimal import Decimal
from itertools import product

from tongban.rules import Decision, HitPolicy, Input, Output, Row, Table, compile_expression, explain

BANDS = ("[60..70)", "[70..80)", "[80..90)", "[90..100)", ">= 100")
NAMES = ("age", "tier", "low income")
Facts = dict[str, object]


def build() -> Table:
    """14 rows: below 70 only those of low income, by tier; then each band by tier, and one more from 100 on."""
    rows = [Row([BANDS[0], f'"{tier}"', True], [str(100 + 10 * i)], "演示1") for i, tier in enumerate("ABC")]
    for step, band in enumerate(BANDS[1:4], 1):
        rows += [
            Row([band, f'"{tier}"', "-"], [str(100 * step + 10 * i + 100)], f"演示{step + 1}")
            for i, tier in enumerate("ABC")
        ]
    rows += [Row([BANDS[4], '"A","B"', "-"], ["900"], "演示9"), Row([BANDS[4], '"C"', "-"], ["950"], "演示9")]
    inputs = [
        Input("age", "年龄", "number"),
        Input("tier", "地区档", "string"),
        Input("low income", "低收入", "boolean"),
    ]
    return Table.build("old-age-allowance", inputs, [Output("amount", "number")], rows, HitPolicy.UNIQUE, NAMES)


def by_hand(facts: Facts) -> Decimal | None:
    """The same rules as a programmer would write them."""
    age, tier, low = facts["age"], facts["tier"], facts["low income"]
    assert isinstance(age, Decimal)
    if Decimal(60) <= age < Decimal(70):
        if low is True:
            if tier == "A":
                return Decimal(100)
            if tier == "B":
                return Decimal(110)
            if tier == "C":
                return Decimal(120)
        return None
    for step, (least, most) in enumerate(((70, 80), (80, 90), (90, 100)), 1):
        if Decimal(least) <= age < Decimal(most):
            if tier == "A":
                return Decimal(100 * step + 100)
            if tier == "B":
                return Decimal(100 * step + 110)
            if tier == "C":
                return Decimal(100 * step + 120)
    if age >= Decimal(100):
        if tier in ("A", "B"):
            return Decimal(900)
        if tier == "C":
            return Decimal(950)
    return None


def people() -> list[Facts]:
    """A small population that reaches every row, the gaps among them."""
    ages = (Decimal(age) for age in (55, 63, 69, 70, 75, 84, 89, 92, 99, 100, 104))
    return [dict(zip(NAMES, facts, strict=True)) for facts in product(ages, "ABC", (True, False))]


def microseconds(work: Callable[[Facts], object], facts: list[Facts], rounds: int) -> float:
    """CPU time for one call, the best of five runs."""
    best = float("inf")
    for _ in range(5):
        start = time.process_time()
        for _ in range(rounds):
            for one in facts:
                work(one)
        best = min(best, time.process_time() - start)
    return best / rounds / len(facts) * 1e6


def run() -> dict[str, object]:
    """Measures; raises `AssertionError` if table and hand-written rules ever differ."""
    table = build()
    facts = people()
    for one in facts:
        assert table.decide(one).outcome == by_hand(one), one
    formula = compile_expression("if age >= 80 then age * 1.5 + 100 else 0", NAMES)

    def decide_and_explain(one: Facts) -> list[str]:
        decision: Decision = table.decide(one)
        return explain(decision)

    hand = microseconds(by_hand, facts, 200)
    decide = microseconds(table.decide, facts, 200)
    return {
        "name": "one decision with its compact trace: 14 rows, 3 inputs; CPU time, best of 5",
        "figures": {
            "table decision with trace, µs": round(decide, 2),
            "hand-written Python with Decimal, µs": round(hand, 2),
            "decision and full explanation, µs": round(microseconds(decide_and_explain, facts, 10), 1),
            "one formula, µs": round(microseconds(formula.evaluate, facts, 200), 2),
            "building the table, ms": round(microseconds(lambda _: build(), facts[:1], 5) / 1e3, 2),
        },
        "ratio": round(decide / hand, 2),
        "baseline": "hand-written Python with Decimal, without trace or explanation",
        "target": "table decision with trace under 50 µs",
    }


if __name__ == "__main__":
    print(json.dumps(run(), ensure_ascii=False, indent=2))
