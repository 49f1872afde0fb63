"""Runs the benefit rules with OpenFisca-core, by another Python: TONGBAN_PEERS.

Arguments: how they are written (`documented`, `by_index` or `lean`), a Parquet file of people, and a Parquet file to
write everybody's total to, in yuan. Prints one line of JSON: CPU seconds of one run (the median of five, a single one
for `by_index`) and how many people. Reading the people and giving them to a simulation is not counted.
"""

from __future__ import annotations

import json
import sys
import time
from statistics import median
from typing import Any

from openfisca_facts import PERIOD, columns

ROUNDS = {"documented": 5, "by_index": 1, "lean": 5}


def system(style: str) -> Any:
    if style == "lean":
        import openfisca_lean

        return openfisca_lean.system()
    import openfisca_rules

    openfisca_rules.BY_INDEX = style == "by_index"
    return openfisca_rules.system()


def simulation(rules: Any, people: dict[str, Any]) -> Any:
    """A simulation that has been given all facts: a household for each person."""
    from openfisca_core.simulations import SimulationBuilder

    made = SimulationBuilder().build_default_simulation(rules, len(people["region"]))
    for name, column in people.items():
        variable = rules.get_variable(name)
        period = {"year": PERIOD[:4], "eternity": "ETERNITY"}.get(str(variable.definition_period), PERIOD)
        made.set_input(name, period, column)
    return made


def main() -> None:
    import duckdb
    import numpy as np

    style, path, out = sys.argv[1:]
    rules, people = system(style), columns(path)
    if style == "lean":
        days = people.pop("birth_date")
        months = days.astype("datetime64[M]")
        people["born_months"] = months.astype(int) % 12 * 32 + (days - months).astype(int) + 33
        people["born_months"] += (days.astype("datetime64[Y]").astype(int) + 1970) * 384
    times: list[float] = []
    found: Any = None
    for _ in range(ROUNDS[style]):
        given = simulation(rules, people)
        start = time.process_time()
        found = given.calculate("total", PERIOD)
        times.append(time.process_time() - start)
    totals = {"id": np.arange(1, len(found) + 1), "total": found.astype("float64")}
    duckdb.sql("SET enable_progress_bar = false")
    duckdb.sql(f"COPY (SELECT id, total FROM totals) TO '{out}' (FORMAT parquet)")
    assert len(totals["id"]) == len(people["region"])
    print(json.dumps({"seconds": median(times), "people": len(found)}))


if __name__ == "__main__":
    main()
