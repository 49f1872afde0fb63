"""However rules are run they say the same: case by case, interpreted, as generated code, as SQL, by hand.

Here 300 people at random for each service besides all those at the edges; `tongban rules certify` takes 100,000.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from benchmarks.benefit import model, population
from benchmarks.benefit.reference import Benefits, benefits

from tongban.catalog import load_service
from tongban.catalog.certificate import FOLDER, certificate_findings, read_certificate
from tongban.catalog.certify import Comparison, Differs, certify
from tongban.catalog.columns import columnar
from tongban.catalog.compile import compile_service
from tongban.catalog.load import Loaded
from tongban.catalog.model import Service
from tongban.catalog.shipped import shipped
from tongban.cli import main
from tongban.rules.columns.bind import bind
from tongban.rules.columns.edges import edges
from tongban.rules.columns.python import generate
from tongban.rules.columns.source import Fixed, Source, Stored
from tongban.rules.columns.sql import Member, population_sql
from tongban.rules.dmn.execute import Model

PATHS = sorted(shipped("services").glob("*.yaml"))
DAY = date(2026, 11, 3)


def read(path: Path) -> Loaded[Service]:
    return load_service(path.read_text("utf-8"), str(path))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_back_end_says_the_same_of_everybody(path: Path) -> None:
    service = read(path).require()
    certificate = certify(service, DAY, count=300, seed=7, tool="test")
    if columnar(compile_service(service)).program is None:
        assert certificate.back_ends == ("assess",)
        assert certificate.refusals
    else:
        assert certificate.edges > 0
        assert certificate.random == 300


def test_a_birthday_is_tried_on_the_day_itself_and_on_both_sides() -> None:
    found = edges(bind(model.program(), {"as_of": population.AS_OF.toordinal()}))["birth_date"]
    eighty = date(1946, 7, 1).toordinal()
    assert {eighty - 1, eighty, eighty + 1, None} <= set(found)


def test_one_month_in_one_cell_is_found() -> None:
    path = next(path for path in PATHS if path.stem == "unemployment-benefit")
    service = read(path).require()
    text = (
        path.read_text("utf-8")
        .replace('["[60..120)", 18', '["[60..121)", 18')
        .replace('[">= 120", 24', '[">= 121", 24')
    )
    changed = columnar(compile_service(load_service(text, str(path)).require())).program
    assert changed is not None
    people = {
        field.name: value for field, value in zip(changed.inputs, [None] * 9, strict=False) if field.bit is not None
    }
    place = {field.name: field.type for field in changed.inputs}
    someone: dict[str, Any] = people | {
        "stop_ground": place["stop_ground"].values.index("none"),
        "left_reason": place["left_reason"].values.index("dismissed"),
        "registered_on": date(2026, 11, 1).toordinal(),
        "wants_work": True,
        "remaining_months": 0,
    }
    comparison = Comparison(service, changed, DAY)
    comparison.compare([someone | {"months_paid": 119}])
    with pytest.raises(Differs, match="assess"):
        comparison.compare([someone | {"months_paid": 120}])


# --- the benefit rules -----------------------------------------------------------------------------------


def money(amounts: Benefits) -> tuple[Decimal | None, ...]:
    return tuple(amounts)


def people() -> list[dict[str, Any]]:
    """3,000 at random, and some at every age that the rules name."""
    found = population.people(3_000)
    return found + [one | {"birth_date": day} for one in found[:40] for day in population.edges()]


def scales() -> list[int]:
    typed = {output.name: output.type for step in model.program().steps for output in getattr(step, "outputs", ())}
    typed |= {step.name: step.type for step in model.program().steps if hasattr(step, "type")}
    return [typed[name].scale for name in model.AMOUNTS]


def yuan(values: tuple[Any, ...]) -> tuple[Decimal | None, ...]:
    pairs = zip(values, scales(), strict=True)
    return tuple(None if value is None else Decimal(value).scaleb(-scale) for value, scale in pairs)


def test_the_benefit_rules_pay_everybody_what_the_rules_by_hand_pay() -> None:
    case = generate(model.program()).case
    for one in people():
        paid, by_hand = yuan(case(one)[1][5]), money(benefits(one))
        if None in (one["income"], one["low_income"]):
            assert paid[-1] is None and by_hand[-1] is None
        else:
            assert paid == by_hand, one


def test_the_benefit_model_executed_pays_the_same() -> None:
    executed = Model.load(model.FILE.read_bytes()).check()
    known = [one for one in people() if None not in (one["income"], one["low_income"])]
    for one in known[-150:]:
        assert tuple(executed.evaluate(model.AMOUNTS, one).values.values()) == money(benefits(one)), one


def test_the_benefit_rules_as_sql_pay_the_same_and_name_the_same_missing_facts() -> None:
    program = model.program()
    columns: dict[str, Stored | Fixed] = {name: Stored(name) for name in population.COLUMNS}
    columns["as_of"] = Fixed(population.AS_OF.toordinal())
    text = population_sql([Member(program, columns)], Source("people", "id"), population.AS_OF)
    with population.connect() as database:
        database.execute(
            f"CREATE TABLE people AS SELECT row_number() OVER () AS id, * FROM ({population.query(3_000)})"
        )
        found = database.sql(text).order("id")
        wanted = [found.columns.index(f"benefit__{name}") for name in (*model.AMOUNTS, "missing", "determined")]
        rows = found.fetchall()
        facts = database.table("people").order("id").fetchall()
    case = generate(program).case
    for row, one in zip(rows, facts, strict=True):
        person = {"as_of": population.AS_OF} | dict(zip(population.COLUMNS, one[1:], strict=True))
        _, missing, determined, _, _, outputs = case(person)[1]
        assert tuple(row[place] for place in wanted) == (*outputs, missing, determined), person


# --- the certificate -------------------------------------------------------------------------------------


def beside(tmp_path: Path) -> Path:
    """A service file in a folder that keeps certificates."""
    source = next(path for path in PATHS if path.stem == "advanced-age-allowance")
    path = tmp_path / "services" / source.name
    path.parent.mkdir()
    path.write_text(source.read_text("utf-8"), "utf-8")
    (path.parent / FOLDER).mkdir()
    return path


def codes(path: Path) -> list[str]:
    loaded = read(path)
    return [finding.code for finding in certificate_findings(path, loaded.require(), loaded.source)]


def test_the_checker_asks_for_a_certificate_and_for_a_new_one_after_a_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = beside(tmp_path)
    assert codes(path) == ["certificate-missing"]
    with pytest.raises(SystemExit) as ended:
        main(["rules", "certify", str(path), "--as-of", "2026-11-03", "--people", "50"])
    assert ended.value.code == 0
    assert "people" in capsys.readouterr().out
    assert codes(path) == []
    certificate = read_certificate(path.parent / FOLDER, read(path).require())
    assert certificate is not None
    assert (certificate.day, certificate.random, certificate.back_ends[-1]) == (DAY, 50, "duckdb")
    path.write_text(path.read_text("utf-8").replace("高龄", "高寿"), "utf-8")
    assert codes(path) == ["certificate-stale"]


def test_a_certificate_says_the_same_whenever_it_is_made(tmp_path: Path) -> None:
    service = read(beside(tmp_path)).require()
    first, second = (certify(service, DAY, count=20, seed=3, tool="test").text() for _ in range(2))
    assert first == second
