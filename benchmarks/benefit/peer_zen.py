"""The benefit rules for zen-engine (PyPI `zen-engine`), as a JDM graph. Run by another Python: TONGBAN_PEERS.

Reads persons as JSON lines from standard input, decides each one, and prints one line of JSON: microseconds of CPU
per person without and with trace, and the totals. In its favour: the age is given, and nobody has an unknown fact.
"""

from __future__ import annotations

import json
import sys
import time
from itertools import pairwise
from typing import Any

A, B, C = (
    ["11", "12", "31", "32", "33", "35", "37", "44"],
    ["13", "14", "21", "22", "34", "36", "41", "42", "43", "46", "50", "51", "61"],
    ["15", "23", "45", "52", "53", "54", "62", "63", "64", "65"],
)


def texts(values: list[str]) -> str:
    return ", ".join(f'"{value}"' for value in values)


def table(
    name: str, inputs: list[str], outputs: list[str], rows: list[list[str]], hit: str = "first"
) -> dict[str, Any]:
    columns = [f"{name}{i}" for i in range(len(inputs) + len(outputs))]
    heads = list(zip(columns, [*inputs, *outputs], strict=True))
    rules = [{"_id": f"{name}r{n}", **dict(zip(columns, row, strict=True))} for n, row in enumerate(rows)]
    content = {
        "hitPolicy": hit,
        "inputs": [{"id": c, "name": f, "field": f} for c, f in heads[: len(inputs)]],
        "outputs": [{"id": c, "name": f, "field": f} for c, f in heads[len(inputs) :]],
        "rules": rules,
        "passThrough": True,
        "executionMode": "single",
        **({"outputPath": name} if hit == "collect" else {}),
    }
    return {"id": name, "name": name, "type": "decisionTableNode", "content": content}


def formulas(name: str, pairs: list[tuple[str, str]]) -> dict[str, Any]:
    listed = [{"id": f"{name}{i}", "key": key, "value": value} for i, (key, value) in enumerate(pairs)]
    return {"id": name, "name": name, "type": "expressionNode", "content": {"expressions": listed, "passThrough": True}}


def tiered(band: str, condition: str, amounts: tuple[int, int, int]) -> list[list[str]]:
    return [[band, f'"{tier}"', condition, str(amount)] for tier, amount in zip("ABC", amounts, strict=True)]


def graph() -> dict[str, Any]:
    elderly = [
        ["< 60", "", "", "0"],
        *tiered("[60..70)", "true", (120, 100, 80)),
        ["[60..70)", "", "false", "0"],
        *tiered("[70..80)", "", (200, 150, 100)),
        *tiered("[80..90)", "", (350, 280, 220)),
        *tiered(">= 90", "", (800, 700, 600)),
    ]
    unemployed = [
        ["false", "", "", "0"],
        ["true", "< 12", "", "0"],
        ["true", ">= 120", "", "24"],
        ["true", ">= 60", "", "18"],
        ["true", ">= 36", "true", "15"],
        ["true", "", "", "12"],
    ]
    let = '"rent", "shared"'
    housing = [
        ["", "", '"own"', "0"],
        [">= 2500", "", let, "0"],
        ["< 800", '"A"', '"rent"', "90"],
        ["< 800", '"A"', '"shared"', "60"],
        ["< 800", '"B"', let, "80"],
        ["< 800", '"C"', let, "70"],
        *tiered("[800..1500)", let, (60, 50, 40)),
        *tiered("[1500..2500)", let, (30, 20, 10)),
    ]
    disability = [
        ["", "", "", "0"],
        ["1, 2", "", "true", "300"],
        ["1, 2", "true", "", "250"],
        ["3, 4", "true", "true", "100"],
    ]
    places = [
        [texts(A), '"A"', "1200", "2690", "30"],
        [texts(B), '"B"', "950", "2200", "22"],
        [texts(C), '"C"', "800", "1950", "16"],
    ]
    steps = [
        {"id": "in", "name": "in", "type": "inputNode"},
        table("place", ["region"], ["tier", "standard", "wage", "rent"], places),
        formulas("f1", [("income_per_head", "round(income / (12 * household_size) * 100) / 100")]),
        table("elderly_table", ["age", "tier", "low_income"], ["elderly"], elderly),
        table("months", ["unemployed", "months_paid", "low_income"], ["unemployment_months"], unemployed),
        table("rates", ["income_per_head", "tier", "ownership"], ["percent"], housing),
        table("disabled", ["disability_grade", "needs_care", "low_income"], ["amount"], disability, hit="collect"),
        formulas(
            "f2",
            [
                ("unemployment", "unemployment_months > 0 ? wage * 0.8 : 0"),
                ("housing", "round(percent * rent * min([floor_area, 15 * household_size])) / 100"),
                ("disability", "sum(map(disabled, #.amount))"),
                ("child", "300 * infants"),
                ("veteran", "service_years > 0 ? min([200 + 20 * service_years, 600]) : 0"),
                ("others", "$.unemployment + $.housing + $.disability + $.child + $.veteran + elderly"),
                ("short", "12 * standard * household_size - income - 12 * $.others"),
                ("top_up", "$.short > 0 ? round($.short / 12) : 0"),
                ("total", "$.others + $.top_up"),
            ],
        ),
        {"id": "out", "name": "out", "type": "outputNode"},
    ]
    pairs = pairwise(steps)
    edges = [
        {"id": f"e{i}", "sourceId": a["id"], "targetId": b["id"], "type": "edge"} for i, (a, b) in enumerate(pairs)
    ]
    return {"nodes": steps, "edges": edges}


def main() -> None:
    import zen

    decision = zen.ZenEngine().create_decision(json.dumps(graph()))
    people = [json.loads(line) for line in sys.stdin]
    found: dict[str, Any] = {}
    for name, options in (("plain", {}), ("traced", {"trace": True})):
        best = float("inf")
        for _ in range(3):
            start = time.process_time()
            for person in people:
                decision.evaluate(person, options)
            best = min(best, time.process_time() - start)
        found[name] = best / len(people) * 1e6
    found["totals"] = [decision.evaluate(person)["result"]["total"] for person in people]
    print(json.dumps(found))


if __name__ == "__main__":
    main()
