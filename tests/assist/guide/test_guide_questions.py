"""The guide's questions are well formed: a wrong row would be counted as a wrong answer."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from tongban.catalog import load_service

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
CATALOGUE = ROOT.parent / "shared" / "data" / "items" / "district-catalogue.csv"


def rows() -> list[dict[str, str]]:
    with (HERE / "questions.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def items(row: dict[str, str]) -> list[str]:
    return [name for name in row["items"].split("|") if name]


def slugs(row: dict[str, str]) -> list[str]:
    return [name for name in items(row) if name.isascii()]


def situations_of_our_services() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in (ROOT / "services").glob("*.yaml"):
        service = load_service(path.read_text(encoding="utf-8"), path.name).require()
        found.setdefault(service.service, set()).update(situation.id for situation in service.situations)
    return found


def test_no_question_stands_twice_and_each_kind_is_well_represented() -> None:
    questions = [row["question"] for row in rows()]
    assert len(questions) == len(set(questions))
    assert all(question == question.strip() != "" for question in questions)
    kinds = Counter(row["kind"] for row in rows())
    assert set(kinds) == {"item", "clarify", "refuse"}
    assert kinds["item"] >= 290
    assert kinds["clarify"] >= 30
    assert kinds["refuse"] >= 45


def test_what_should_be_refused_names_no_item_and_everything_else_does() -> None:
    for row in rows():
        assert bool(items(row)) == (row["kind"] != "refuse"), row["question"]
        assert len(items(row)) == len(set(items(row))), row["question"]
        assert len(items(row)) > 1 or row["kind"] != "clarify", row["question"]


def test_our_own_services_and_situations_exist() -> None:
    ours = situations_of_our_services()
    for row in rows():
        assert set(slugs(row)) <= set(ours), row["question"]
        if row["situation"]:
            assert any(row["situation"] in ours[slug] for slug in slugs(row)), row["question"]


def test_two_in_five_are_for_building_and_the_rest_only_for_measuring() -> None:
    for kind in ("item", "clarify", "refuse"):
        halves = Counter(row["half"] for row in rows() if row["kind"] == kind)
        assert set(halves) == {"dev", "held"}
        assert 0.35 <= halves["dev"] / halves.total() <= 0.45
    assert {row["author"] for row in rows()} == {"a", "b"}


def test_every_name_is_in_the_catalogue_and_every_department_is_asked_about() -> None:
    if not CATALOGUE.exists():
        pytest.skip("not run: the district catalogue is not here")
    with CATALOGUE.open(encoding="utf-8-sig", newline="") as file:
        departments = {row["name"]: row["dept"] for row in csv.DictReader(file)}
    asked: set[str] = set()
    copied = 0
    for row in rows():
        named = [name for name in items(row) if not name.isascii()]
        assert set(named) <= set(departments), row["question"]
        asked.update(departments[name] for name in named)
        copied += any(name in row["question"] for name in named)
    assert asked == set(departments.values())
    assert copied <= len(rows()) / 10
