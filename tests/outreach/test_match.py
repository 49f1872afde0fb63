"""Matching: the lists are what the rules say of each person, and nothing leaves the holder but what may be told."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest
from match_world import DAY, PEOPLE

from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.catalog import assess
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.model import Service
from tongban.catalog.policy import Answer, Policy
from tongban.outreach import demo_people
from tongban.outreach.match import Result, match
from tongban.outreach.offers import read_hits
from tongban.outreach.one_by_one import value_of
from tongban.outreach.report import Standing

Pairs = list[tuple[Policy, Service]]
SAMPLE = 1_500


def rows(path: Path, where: str = "TRUE") -> list[dict[str, Any]]:
    found = duckdb.execute(f"SELECT * FROM read_parquet('{path}') WHERE {where}")
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def facts_of(policy: Policy, service: Service, person: Mapping[str, Any]) -> dict[str, Any]:
    """What the file says of a person, as a case would have it."""
    answers = policy.population.answers()
    return {name: value_of(service.facts[name], a, person.get(a.column)) for name, a in answers.items()}


def by_person(result: Result, policy: Policy, name: str) -> dict[int, dict[str, Any]]:
    return {row["person"]: row for row in rows(result.folder / policy.policy / f"{name}.parquet")}


def test_the_demonstration_province_has_at_least_six_policies(pairs: Pairs) -> None:
    assert len(pairs) >= 6


def test_every_list_says_of_a_person_what_the_case_would(matched: Result, pairs: Pairs, people: Path) -> None:
    sample = rows(people, f"person % {PEOPLE // SAMPLE} = 0 OR disability_grade <> '0' OR job_category <> '0'")
    for policy, service in pairs:
        entitled, missing, without = (by_person(matched, policy, name) for name in ("entitled", "missing", "not"))
        for person in sample:
            if person[policy.population.already]:
                assert person["person"] not in entitled | missing | without
                continue
            found = assess(service, facts_of(policy, service, person), DAY)
            key = person["person"]
            if found.outcome == "eligible" and found.fully_determined:
                row = entitled[key]
                for name in policy.tell.outputs:
                    assert row[name] == found.outputs[name]
                assert row["row_eligible"] == next(d.matched[0] for d in found.trace if d.table.name == "eligible")
            elif len(found.unknown) == 1:
                assert missing[key]["fact"] == found.unknown[0]
            elif not found.unknown and found.outcome in ("no", "not-yet", "not-needed"):
                assert key in without
            else:
                assert key not in entitled | missing | without


def test_only_what_the_policy_tells_leaves_the_holder(matched: Result, pairs: Pairs) -> None:
    for policy, _ in pairs:
        path = matched.folder / "offers" / f"{policy.policy}.parquet"
        columns = [name for name, *_ in duckdb.execute(f"DESCRIBE SELECT * FROM read_parquet('{path}')").fetchall()]
        assert columns == ["person", "standing", "fact", *policy.tell.outputs]
        assert {row["standing"] for row in rows(path)} <= {"entitled", "missing"}


def test_an_installation_reads_what_left_the_holder_as_it_was_written(matched: Result, pairs: Pairs) -> None:
    for policy, _ in pairs:
        hits = {hit.person: hit for hit in read_hits(policy, matched.folder)}
        entitled, missing = (by_person(matched, policy, name) for name in ("entitled", "missing"))
        assert hits.keys() == {str(person) for person in entitled | missing}
        for person, row in entitled.items():
            told = {name: str(row[name]) for name in policy.tell.outputs}
            assert (hits[str(person)].standing, hits[str(person)].outputs) == (Standing.ENTITLED, told)
        assert all(hits[str(person)].fact == row["fact"] for person, row in missing.items())


def test_who_is_not_entitled_is_listed_only_when_asked_for(pairs: Pairs, people: Path, tmp_path: Path) -> None:
    match(pairs[:1], people, DAY, tmp_path / "out")
    assert sorted(p.name for p in (tmp_path / "out" / pairs[0][0].policy).iterdir()) == [
        "entitled.parquet",
        "missing.parquet",
    ]


def test_everybody_is_counted_once(matched: Result, pairs: Pairs) -> None:
    for report in matched.reports:
        assert sum(count or 0 for count in report.standings.values()) == PEOPLE
        assert report.standings[Standing.ENTITLED] == len(by_person(matched, _policy(pairs, report.policy), "entitled"))


def _policy(pairs: Pairs, slug: str) -> Policy:
    return next(policy for policy, _ in pairs if policy.policy == slug)


def test_no_report_shows_a_small_group_or_lets_it_be_worked_out(matched: Result, pairs: Pairs) -> None:
    for report in matched.reports:
        smallest = _policy(pairs, report.policy).smallest_group
        for groups in (report.regions, report.bands):
            assert all(group.people is None or group.people == 0 or group.people >= smallest for group in groups)
            hidden = [group for group in groups if group.people is None]
            assert len(hidden) != 1
            assert all(group.amount is None for group in hidden)
        assert all(count is None or count == 0 or count >= smallest for count in report.missing.values())


def test_a_person_whose_birthday_comes_is_new_next_month_and_only_changes_are_told(
    pairs: Pairs, people: Path, tmp_path: Path
) -> None:
    age = [pair for pair in pairs if pair[0].policy == "advanced-age-allowance"]
    first = match(age, people, DAY, tmp_path / "out")
    before = set(by_person(first, age[0][0], "entitled"))
    later = date(2027, 3, 25)
    second = match(age, people, later, tmp_path / "out")
    after = set(by_person(second, age[0][0], "entitled"))
    changes = rows(second.folder / age[0][0].policy / "changes.parquet")
    assert {row["person"] for row in changes if row["change"] == "new"} == after - before
    assert after - before
    assert Counter(row["change"] for row in changes)["gone"] == len(before - after)
    births = {row["person"]: row["birth_date"] for row in rows(people)}
    turned = date(later.year - 80, later.month, later.day)
    assert all(date(1946, 11, 25) < births[person] <= turned for person in after - before)


def test_running_again_on_the_same_day_changes_nothing(pairs: Pairs, people: Path, tmp_path: Path) -> None:
    match(pairs[:2], people, DAY, tmp_path / "out")
    again = match(pairs[:2], people, DAY, tmp_path / "out")
    for report in again.reports:
        assert report.changes is not None
        assert set(report.changes.values()) == {0}


def test_the_run_says_by_which_rules_over_which_file(matched: Result, pairs: Pairs) -> None:
    record = json.loads((matched.folder / "run.json").read_text("utf-8"))
    assert record["asOf"] == DAY.isoformat()
    assert len(record["file"]["sha256"]) == 64
    assert [one["policy"] for one in record["policies"]] == [policy.policy for policy, _ in pairs]
    assert all(len(one["service"]["digest"]) == 64 for one in record["policies"])


def test_a_service_without_columns_is_decided_one_by_one_with_the_same_result(pairs: Pairs, tmp_path: Path) -> None:
    policy, service = next(pair for pair in pairs if pair[0].policy == "childcare-subsidy")
    path = tmp_path / "few.parquet"
    demo_people.write(path, 400)
    whole = match([(policy, service)], path, DAY, tmp_path / "columns", keep_not=True)
    slow = msgspec.structs.replace(
        service.facts["child_months"], derive=f"count([child_birth_date]) - 1 + {service.facts['child_months'].derive}"
    )
    slowly = msgspec.structs.replace(service, facts={**service.facts, "child_months": slow})
    alone = match([(policy, slowly)], path, DAY, tmp_path / "alone", keep_not=True)
    assert not alone.reports[0].columnar
    assert alone.reports[0].one_by_one == 400
    for name in ("entitled", "missing", "not"):
        found, other = by_person(whole, policy, name), by_person(alone, policy, name)
        assert found.keys() == other.keys()
        assert {key: row["fact"] for key, row in found.items()} == {key: row["fact"] for key, row in other.items()}


def test_a_value_that_no_column_can_hold_is_decided_alone(pairs: Pairs, people: Path, tmp_path: Path) -> None:
    pair = next(pair for pair in pairs if pair[0].policy == "subsistence-allowance")
    path = tmp_path / "rich.parquet"
    duckdb.execute(
        f"COPY (SELECT * REPLACE (CAST(CASE WHEN person % 2 = 0 THEN 100000000000 ELSE household_income END AS BIGINT)"
        f" AS household_income) FROM read_parquet('{people}') LIMIT 200) TO '{path}' (FORMAT parquet)"
    )
    found = match([pair], path, DAY, tmp_path / "out", keep_not=True)
    assert found.reports[0].one_by_one > 0
    assert sum(count or 0 for count in found.reports[0].standings.values()) == 200


def test_consent_given_by_nobody_means_nobody_is_looked_at(pairs: Pairs, people: Path, tmp_path: Path) -> None:
    policy, service = pairs[0]
    asked = msgspec.structs.replace(policy, basis="consent", consent="draws_rent")
    found = match([(asked, service)], people, DAY, tmp_path / "out")
    agreed = {row["person"] for row in rows(people, "draws_rent")}
    assert set(by_person(found, asked, "entitled")) <= agreed


BAD: list[tuple[str, Any]] = [
    ("people-column-missing", Answer(column="no_such_column")),
    ("people-column-type", Answer(column="person")),
]


@pytest.mark.parametrize(("code", "answer"), BAD)
def test_a_column_that_does_not_fit_is_named(
    code: str, answer: Answer, pairs: Pairs, people: Path, tmp_path: Path
) -> None:
    policy, service = next(pair for pair in pairs if pair[0].policy == "advanced-age-allowance")
    facts = {**policy.population.facts, "birth_date": answer}
    broken = msgspec.structs.replace(policy, population=msgspec.structs.replace(policy.population, facts=facts))
    with pytest.raises(Refused) as refused:
        match([(broken, service)], people, DAY, tmp_path / "out")
    assert refused.value.code == code
    assert answer.column in refused.value.problems[0].place
    assert not (tmp_path / "out").exists()


def test_binary_fractions_are_refused_because_they_lose_cents(pairs: Pairs, people: Path, tmp_path: Path) -> None:
    path = tmp_path / "floats.parquet"
    duckdb.execute(
        "COPY (SELECT * REPLACE (household_income / 1.0 AS household_income)"
        f" FROM read_parquet('{people}')) TO '{path}'"
    )
    pair = next(pair for pair in pairs if pair[0].policy == "rent-subsidy")
    with pytest.raises(Refused) as refused:
        match([pair], path, DAY, tmp_path / "out")
    assert refused.value.code == "people-column-type"


@pytest.mark.parametrize("content", [None, b"", b"not parquet at all"])
def test_a_file_that_is_no_parquet_is_refused_in_words(content: bytes | None, pairs: Pairs, tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Refused) as refused:
        match(pairs, path, DAY, tmp_path / "out")
    assert refused.value.code == "people-unreadable"


def test_a_folder_with_something_else_in_it_is_left_alone(pairs: Pairs, people: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(Refused) as refused:
        match(pairs[:1], people, DAY, tmp_path)
    assert refused.value.code == "out-in-the-way"
    assert (tmp_path / "mine.txt").read_text() == "keep"


def test_the_invented_people_are_the_same_each_time_and_nobody_real(people: Path, tmp_path: Path) -> None:
    demo_people.write(tmp_path / "again.parquet", PEOPLE)
    assert rows(people) == rows(tmp_path / "again.parquet")
    assert all(row["region"].startswith("99") and str(row["person"]).startswith("99") for row in rows(people))


def test_money_is_exact(matched: Result, pairs: Pairs) -> None:
    policy = _policy(pairs, "flexible-employment-subsidy")
    amounts = [row["monthly_amount"] for row in by_person(matched, policy, "entitled").values()]
    assert amounts
    assert all(isinstance(amount, Decimal) and amount.as_tuple().exponent == -2 for amount in amounts)
    report = next(report for report in matched.reports if report.policy == policy.policy)
    assert report.amount == sum(amounts)
    assert isinstance(policy.name, Text)


def test_an_amount_that_no_law_fixes_on_that_day_is_for_an_official(
    catalogue: Catalogue, people: Path, tmp_path: Path
) -> None:
    policy, service = catalogue.policy("advanced-age-allowance"), catalogue.service("advanced-age-allowance", "2")
    lawful = match([(policy, service)], people, DAY, tmp_path / "lawful")
    ended = {
        name: msgspec.structs.replace(parameter, periods=(msgspec.structs.replace(parameter.periods[0], to=DAY),))
        for name, parameter in service.parameters.items()
    }
    found = match([(policy, msgspec.structs.replace(service, parameters=ended))], people, DAY, tmp_path / "lawless")
    assert lawful.reports[0].standings[Standing.ENTITLED]
    assert found.reports[0].standings[Standing.ENTITLED] == 0
    assert found.reports[0].standings[Standing.OFFICIAL] == lawful.reports[0].standings[Standing.ENTITLED]
