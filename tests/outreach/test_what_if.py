"""Trying out a change: the same answer as case by case, refused where it breaks the rules, and nobody given away."""

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.base.errors import Refused
from tongban.catalog import assess
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.model import Service
from tongban.catalog.policy import Policy
from tongban.outreach import demo_people
from tongban.outreach.levers import LeverKind, levers
from tongban.outreach.one_by_one import value_of
from tongban.outreach.plan import make_plan, open_people
from tongban.outreach.turn import changed
from tongban.outreach.what_if import Shown, Tally, by_groups, compare, tally

Pairs = list[tuple[Policy, Service]]
DAY = date(2026, 11, 25)
FEW = 1_500
TURNED = {
    "advanced-age-allowance": {"eligible.rows.0.1": "78", "amounts.amount.rows.1.1": "250"},
    "subsistence-allowance": {"facts.below_standard.derive": "980.5"},
    "childcare-subsidy": {"eligible.rows.0.1": "30", "amounts.amount.rows.0.1": "3600.55"},
    "flexible-employment-subsidy": {"eligible.rows.0.3": "24", "amounts.amount.rows.0.0": "650"},
    "rent-subsidy": {"facts.income_fits.derive": "3000", "tables.rate.rows.1.1": "12"},
    "disability-two-subsidies": {"amounts.care-amount.rows.1.2": "130"},
}


def pair(pairs: Pairs, slug: str) -> tuple[Policy, Service]:
    return next(one for one in pairs if one[0].policy == slug)


def turned(service: Service, **values: str) -> Service:
    return changed(service, {name.replace("__", "."): Decimal(value) for name, value in values.items()})


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("few") / "people.parquet"
    demo_people.write(path, FEW)
    return path


# --- levers ------------------------------------------------------------------------------------------------------


def test_a_threshold_in_several_cells_is_one_lever(pairs: Pairs) -> None:
    _, age = pair(pairs, "advanced-age-allowance")
    cuts = {lever.value: lever for lever in levers(age) if lever.kind is LeverKind.CUT}
    assert set(cuts) == {80, 90, 100}
    assert [spot.path for spot in cuts[Decimal(80)].spots] == [
        ("eligible", "rows", 0, 1),
        ("eligible", "rows", 1, 1),
        ("situations", 0, "when"),
    ]
    _, child = pair(pairs, "childcare-subsidy")
    (line,) = (lever for lever in levers(child) if lever.kind is LeverKind.CUT)
    assert {spot.path[0] for spot in line.spots} >= {"eligible", "amounts"}


def test_a_standard_is_one_lever_in_the_means_test_and_in_the_amount(pairs: Pairs) -> None:
    _, service = pair(pairs, "subsistence-allowance")
    (standard,) = levers(service)
    assert standard.value == 1050
    assert [spot.path for spot in standard.spots] == [
        ("facts", "below_standard", "derive"),
        ("amounts", "difference", "rows", 0, 1),
    ]


def test_a_cap_moves_with_the_line_where_it_begins(pairs: Pairs) -> None:
    _, service = pair(pairs, "flexible-employment-subsidy")
    new = turned(service, amounts__amount__rows__0__0="650")
    assert [row[:2] for row in new.amounts["amount"].rows] == [("<= 650", "two_thirds"), ("> 650", 650)]


def test_what_only_turns_units_or_says_nothing_is_no_lever(pairs: Pairs) -> None:
    for _, service in pairs:
        assert all(lever.value != 0 for lever in levers(service))
    _, child = pair(pairs, "childcare-subsidy")
    assert not [lever for lever in levers(child) if "derive" in lever.id]


def test_every_lever_has_words_in_both_languages_and_an_address_of_its_own(pairs: Pairs) -> None:
    for _, service in pairs:
        found = levers(service)
        assert found
        assert len({lever.id for lever in found}) == len(found)
        for lever in found:
            assert lever.name.zh and lever.name.en and lever.detail.zh and lever.detail.en
            assert lever.low <= lever.value <= lever.high


def test_turning_nothing_changes_nothing(pairs: Pairs) -> None:
    for _, service in pairs:
        same = changed(service, {lever.id: lever.value for lever in levers(service)})
        assert msgspec.structs.replace(same, service=service.service) == service


def test_every_lever_moves_the_number_everywhere_it_stands(pairs: Pairs) -> None:
    for _, service in pairs:
        for lever in levers(service):
            new = changed(service, {lever.id: lever.value + 1})
            moved = [one for one in levers(new) if one.id == lever.id]
            assert [one.value for one in moved] == [lever.value + 1]
            assert moved[0].spots[0].path == lever.spots[0].path


def test_the_service_in_force_is_left_as_it_is(pairs: Pairs) -> None:
    _, service = pair(pairs, "advanced-age-allowance")
    before = msgspec.json.encode(service)
    new = turned(service, eligible__rows__0__1="75")
    assert msgspec.json.encode(service) == before
    assert new.service != service.service


# --- refusals ----------------------------------------------------------------------------------------------------


def refusal(service: Service, **values: str) -> Refused:
    with pytest.raises(Refused) as found:
        turned(service, **values)
    return found.value


def test_a_change_that_makes_rows_contradict_each_other_is_refused_at_its_number(pairs: Pairs) -> None:
    _, service = pair(pairs, "advanced-age-allowance")
    found = refusal(service, amounts__amount__rows__0__0="110")
    assert {(p.code, p.place) for p in found.problems} == {("lever-rules", "amounts.amount.rows.0.0")}
    assert "都管这种人" in found.problems[0].text.zh and "both cover" in found.problems[0].text.en


@pytest.mark.parametrize(
    ("value", "code"), [("80.5", "lever-form"), ("-1", "lever-range"), ("99999999999", "lever-range")]
)
def test_a_value_that_a_fact_cannot_have_is_refused(pairs: Pairs, value: str, code: str) -> None:
    _, service = pair(pairs, "advanced-age-allowance")
    found = refusal(service, eligible__rows__0__1=value)
    assert [(p.code, p.place) for p in found.problems] == [(code, "eligible.rows.0.1")]


def test_a_number_that_is_not_there_is_refused(pairs: Pairs) -> None:
    assert refusal(pairs[0][1], nowhere="1").problems[0].code == "lever-unknown"


# --- the same as case by case ------------------------------------------------------------------------------------


def by_hand(policy: Policy, service: Service, new: Service, people: Path, day: date = DAY) -> Tally:
    """The comparison, one case after the other."""
    found = duckdb.execute(f"SELECT * FROM read_parquet('{people}')")
    names = [column[0] for column in found.description or []]
    answers = policy.population.answers()
    whole = Tally()
    for row in found.fetchall():
        person = dict(zip(names, row, strict=True))
        amounts: list[Decimal | None] = []
        for one in (service, new):
            facts: dict[str, Any] = {
                name: value_of(one.facts[name], a, person.get(a.column)) for name, a in answers.items()
            }
            judged = assess(one, facts, day)
            entitled = judged.outcome == "eligible" and judged.fully_determined
            amounts.append(Decimal(judged.outputs[policy.tell.outputs[0]]) if entitled else None)
        old, now = amounts
        both = old is not None and now is not None
        whole += Tally(
            kept=both,
            gain=old is None and now is not None,
            lose=old is not None and now is None,
            up=old is not None and now is not None and now > old,
            down=old is not None and now is not None and now < old,
            cost_before=old or Decimal(0),
            cost_after=now or Decimal(0),
        )
    return whole


def exactly(policy: Policy, service: Service, new: Service, people: Path, day: date = DAY) -> Tally:
    whole = Tally()
    for one in tally(make_plan([(policy, service), (policy, new)], open_people(people), day)).values():
        whole += one
    return whole


@pytest.mark.parametrize("slug", TURNED)
def test_the_comparison_is_what_the_cases_would_be_one_by_one(pairs: Pairs, few: Path, slug: str) -> None:
    policy, service = pair(pairs, slug)
    new = changed(service, {name: Decimal(value) for name, value in TURNED[slug].items()})
    assert exactly(policy, service, new, few) == by_hand(policy, service, new, few)


@pytest.mark.parametrize("day", [date(2026, 12, 15), date(2027, 2, 1)])
def test_dated_figures_and_situations_move_with_the_rest(
    pairs: Pairs, catalogue: Catalogue, few: Path, day: date
) -> None:
    policy, _ = pair(pairs, "advanced-age-allowance")
    service = catalogue.service("advanced-age-allowance", "2")
    found = {lever.id: lever for lever in levers(service, on=day)}
    line = found["eligible.rows.0.1"]
    assert ("situations", 0, "when") in [spot.path for spot in line.spots]
    paid = [lever for lever in found.values() if lever.id.startswith("parameters.")]
    assert [lever.value for lever in paid] == ([60, 200, 600] if day.year == 2026 else [80, 240, 800])
    new = changed(service, {line.id: Decimal(75), paid[1].id: Decimal("222.5")})
    whole = exactly(policy, service, new, few, day)
    assert whole == by_hand(policy, service, new, few, day)
    assert whole.gain and whole.cost_after > whole.cost_before


def test_people_whose_facts_no_column_holds_are_counted_too(pairs: Pairs, few: Path, tmp_path: Path) -> None:
    policy, service = pair(pairs, "advanced-age-allowance")
    path = tmp_path / "old.parquet"
    duckdb.execute(
        f"COPY (SELECT * REPLACE (CASE WHEN person % 5 = 0 THEN DATE '1840-05-01' ELSE birth_date END AS birth_date)"
        f" FROM read_parquet('{few}')) TO '{path}' (FORMAT parquet)"
    )
    new = turned(service, eligible__rows__0__1="75", amounts__amount__rows__2__1="700")
    assert exactly(policy, service, new, path) == by_hand(policy, service, new, path)
    assert exactly(policy, service, new, path).up >= FEW // 5 * 0.9


def test_who_draws_the_benefit_already_can_lose_it(pairs: Pairs, people: Path) -> None:
    policy, service = pair(pairs, "advanced-age-allowance")
    found = compare(policy, service, turned(service, eligible__rows__0__1="85"), people, DAY)
    assert found.total.gain == 0 and found.total.lose and found.total.after
    aged = duckdb.execute(
        f"SELECT count(*) FROM read_parquet('{people}') WHERE birth_date <= DATE '{DAY}' - INTERVAL 80 YEAR"
        " AND home_region LIKE '99%'"
    ).fetchone()
    assert aged is not None
    assert found.total.before is not None and abs(found.total.before - aged[0]) <= found.smallest


# --- nobody is given away ----------------------------------------------------------------------------------------


def test_the_parts_of_what_is_shown_are_large_or_nobody(pairs: Pairs, people: Path) -> None:
    for slug, values in TURNED.items():
        policy, service = pair(pairs, slug)
        found = compare(policy, service, changed(service, {n: Decimal(v) for n, v in values.items()}), people, DAY)
        for one in (found.total, *found.regions, *found.bands):
            for name in ("before", "after", "gain", "lose", "up", "down"):
                count = getattr(one, name)
                assert count is None or count == 0 or count >= policy.smallest_group
                assert count is None or count % policy.smallest_group == 0


def test_a_change_of_a_few_people_shows_only_what_is_true_today(pairs: Pairs, few: Path) -> None:
    policy, service = pair(pairs, "advanced-age-allowance")
    policy = msgspec.structs.replace(policy, smallest_group=20)
    whole = exactly(policy, service, turned(service, eligible__rows__0__1="81"), few)
    assert 0 < whole.lose < policy.smallest_group < whole.before
    found = compare(policy, service, turned(service, eligible__rows__0__1="81"), few, DAY)
    assert found.total.before and found.total.cost_before
    for one in (found.total, *found.regions, *found.bands):
        assert (one.after, one.gain, one.lose, one.up, one.down, one.cost_after) == (None,) * 6


COUNTS = st.one_of(st.just(0), st.integers(0, 25), st.integers(0, 2_000))


@given(st.lists(st.tuples(COUNTS, COUNTS, COUNTS), min_size=1, max_size=8))
def test_no_small_group_is_shown_or_can_be_worked_out_from_the_total(cells: list[tuple[int, int, int]]) -> None:
    found = {(str(n), "b"): Tally(*cell, cost_before=Decimal(100)) for n, cell in enumerate(cells)}
    smallest = 10
    rows = by_groups(found, 0, [str(n) for n in range(len(cells))], smallest)
    told = {row.name for row in rows if row.after is not None}
    for n, cell in enumerate(cells):
        if str(n) in told:
            assert all(part == 0 or part >= smallest for part in cell)
    # whoever adds up what is shown learns of the rest only together, and that is nobody or enough people
    hidden = [cell for n, cell in enumerate(cells) if str(n) not in told]
    if told and hidden:
        assert all(sum(part) == 0 or sum(part) >= smallest for part in zip(*hidden, strict=True))
        assert len(hidden) > 1 or len(hidden) == len(cells)
    silent = [cell for row, cell in zip(rows, cells, strict=True) if row.before is None]
    before = sum(kept + lose for kept, _, lose in silent)
    assert len(silent) == len(cells) or before == 0 or before >= smallest
    assert not any(isinstance(row, Shown) and 0 < (row.before or 0) < smallest for row in rows)


def test_two_trials_that_differ_by_one_person_may_look_alike(pairs: Pairs, few: Path) -> None:
    policy, service = pair(pairs, "advanced-age-allowance")
    seen = Counter(
        compare(policy, service, turned(service, amounts__amount__rows__2__1=value), few, DAY).total.cost_after
        for value in ("600", "601", "602")
    )
    assert len(seen) == 1


def test_a_policy_that_rests_on_consent_looks_at_nobody_without_it(pairs: Pairs, few: Path) -> None:
    policy, service = pair(pairs, "advanced-age-allowance")
    agreed = msgspec.structs.replace(policy, basis="consent", consent="needs_care")
    new = turned(service, eligible__rows__0__1="70")
    everybody, some = exactly(policy, service, new, few), exactly(agreed, service, new, few)
    assert 0 < some.after < everybody.after
