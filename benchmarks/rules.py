"""How fast one person is judged by a whole set of rules: 5 tables with 39 rows and 9 formulas, 13 facts.

The generated function answers with its compact trace (what came in, the row of each table); the function written by
hand keeps none. Times are CPU time, the median of interleaved rounds; both take the same facts (decimals, days, texts)
and must give the same amounts. zen-engine is asked the same where TONGBAN_PEERS names a Python that has it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

from tongban.rules.columns.bind import bind
from tongban.rules.columns.python import generate
from tongban.rules.dmn.execute import Model

from . import peers
from .benefit import model, population
from .benefit.reference import benefits

PEOPLE, ROUNDS = 2_000, 15
ZEN = Path(__file__).parent / "benefit" / "peer_zen.py"
Facts = dict[str, Any]


def people() -> list[Facts]:
    """Persons of whom everything is known: what all four can answer."""
    return [one for one in population.people(PEOPLE) if one["income"] is not None and one["low_income"] is not None]


def microseconds(works: dict[str, Callable[[Facts], object]], facts: list[Facts]) -> dict[str, float]:
    """CPU time for one person, by name: all take turns, and the median round counts."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            start = time.process_time()
            for one in facts:
                work(one)
            times[name].append(time.process_time() - start)
    return {name: median(found) / len(facts) * 1e6 for name, found in times.items()}


def run() -> dict[str, object]:
    """Measures; raises `AssertionError` if any two of them differ by a cent."""
    start = time.process_time()
    program = model.program()
    loaded = time.process_time()
    generated = generate(program)
    made = time.process_time()
    bound = generate(bind(program, {"as_of": population.AS_OF.toordinal()}))
    executed = Model.load(model.FILE.read_bytes()).check()
    facts = people()
    scales = [output.type.scale for output in outputs(program)]
    for one in facts:
        cents = generated.case(one)[1][5]
        amounts = tuple(Decimal(value).scaleb(-scale) for value, scale in zip(cents, scales, strict=True))
        assert amounts == tuple(benefits(one)), one
        assert bound.case(one)[1][5] == cents, one
    for one in facts[:300]:
        assert tuple(executed.evaluate(model.AMOUNTS, one).values.values()) == tuple(benefits(one)), one
    found = microseconds({"generated": generated.case, "bound": bound.case, "hand": benefits}, facts)
    slow = microseconds({"executor": lambda one: executed.evaluate(("total",), one)}, facts[:50])
    zen = peers.ask(ZEN, given="\n".join(map(_plain, facts)))
    figures: dict[str, object] = {
        "generated function with trace, µs": round(found["generated"], 2),
        "the same for one day (ages as birthdays), µs": round(found["bound"], 2),
        "hand-written Python with Decimal, no trace, µs": round(found["hand"], 2),
        "executing the DMN model with full trace, µs": round(slow["executor"], 0),
        "generating the function, ms": round((made - loaded) * 1e3, 1),
        "reading and typing the model, ms": round((loaded - start) * 1e3, 1),
    }
    ratios = {"generated / hand-written": round(found["generated"] / found["hand"], 2)}
    if zen is not None:
        differ = sum(
            abs(float(a) - float(benefits(b).total or 0)) > 1e-6 for a, b in zip(zen["totals"], facts, strict=True)
        )
        figures |= {
            "zen-engine, µs": round(zen["plain"], 1),
            "zen-engine with trace, µs": round(zen["traced"], 1),
            "persons whom zen-engine pays another amount": differ,
        }
        ratios |= {
            "zen-engine / generated": round(zen["plain"] / found["generated"], 1),
            "zen-engine with trace / generated": round(zen["traced"] / found["generated"], 1),
        }
    return {
        "name": "one person through 5 tables and 9 formulas, with the compact trace; CPU time, median of 15 rounds",
        "figures": figures,
        "ratio": ratios,
        "baseline": "hand-written Decimal function" + ("; zen-engine" if zen else f"; zen-engine {peers.NOT_RUN}"),
        "target": "within 1.3 of the hand-written function; at least 40 times zen-engine",
    }


def outputs(program: Any) -> list[Any]:
    """The program's outputs with their types."""
    typed = {step.name: step for step in program.steps if hasattr(step, "type")}
    typed |= {output.name: output for step in program.steps for output in getattr(step, "outputs", ())}
    return [typed[name] for name in program.outputs]


def _plain(facts: Facts) -> str:
    """A person as JSON for a peer: floats, and the age worked out."""
    born, today = facts["birth_date"], facts["as_of"]
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    rest = {name: value for name, value in facts.items() if name not in ("birth_date", "as_of")}
    return json.dumps({"age": age} | {k: float(v) if isinstance(v, Decimal) else v for k, v in rest.items()})


if __name__ == "__main__":
    print(json.dumps(run(), ensure_ascii=False, indent=2))
