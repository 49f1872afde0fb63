"""By program too a person is told first, sees what was found, and what they say is wrong is not used."""

from typing import Any

import pytest
from api_world import XIAOMAN, LogIn, Program, problems

from tongban.base.clock import SettableClock
from tongban.org import demo
from tongban.sharing import put_record
from tongban.web.site import Site

pytestmark = pytest.mark.database

GIVEN = {"lives_region": "990101", "lives_since": "2026-3-1", "lives_at": "柳巷3号", "basis": "dwelling"}
ASKING = {"service": "residence-permit", "region": "990101", "told": True}


async def looks(who: Program) -> set[str]:
    return {one["resource"] for one in (await who.get("/accesses")).json()["items"]}


async def agreed_to(who: Program) -> list[str]:
    items = (await who.get("/services/residence-permit/look-ups")).json()["items"]
    return [one["place"] for one in items if one["basis"] == "agreement"]


async def test_what_would_be_asked_of_whom_and_why_is_told_before_anything_is(
    xiaoman: Program, nobody: Program
) -> None:
    items = (await nobody.get("/services/residence-permit/look-ups")).json()["items"]
    population = next(one for one in items if one["place"] == "police.population/person")
    assert population["holder"]["zh"] and population["labels"] and population["laws"]
    assert {one["basis"] for one in items} <= {"duty", "agreement"}
    assert await looks(xiaoman) == set()


async def test_nobody_is_looked_up_who_was_not_told(xiaoman: Program) -> None:
    answer = await xiaoman.send("/look-ups", ASKING | {"told": False})
    assert (answer.status_code, *problems(answer)) == (422, ("not-told", "told"))
    assert await looks(xiaoman) == set()


async def test_what_is_not_agreed_to_is_not_looked_up(xiaoman: Program) -> None:
    answer = await xiaoman.send("/look-ups", ASKING | {"facts": GIVEN, "agreed": []})
    assert answer.status_code == 200, answer.text
    asked = {(one["place"], one["basis"]) for one in answer.json()["asked"]}
    assert all(basis == "duty" for _, basis in asked)
    assert not set(await agreed_to(xiaoman)) & {place for place, _ in asked}
    strange = await xiaoman.send("/look-ups", ASKING | {"agreed": ["tax.income/person"]})
    assert dict(problems(strange)) == {"nothing-to-agree": "agreed"}


async def test_a_preview_writes_no_case_and_an_application_uses_exactly_what_it_showed(xiaoman: Program) -> None:
    shown = (await xiaoman.send("/look-ups", ASKING | {"facts": GIVEN, "agreed": await agreed_to(xiaoman)})).json()
    names = {one["name"] for one in shown["found"]}
    assert {"full_name", "home_region"} <= names
    assert (await xiaoman.get("/cases")).json()["items"] == []
    body = {"service": "residence-permit", "region": "990101", "facts": GIVEN, "preview": shown["preview"]}
    done = await xiaoman.send("/cases", body, key="once-000001")
    assert done.status_code == 201, done.text
    again = await xiaoman.send("/cases", body, key="once-000001")
    assert again.json()["case"] == done.json()["case"], "sending it again is harmless"
    case = (await xiaoman.get(f"/cases/{done.json()['case']}")).json()
    assert {one["fact"] for one in case["facts"] if one["record"]} == names & {one["fact"] for one in case["facts"]}


async def test_what_is_wrong_is_not_used_and_its_source_is_asked_to_correct_it(xiaoman: Program) -> None:
    shown = (await xiaoman.send("/look-ups", ASKING | {"facts": GIVEN, "agreed": await agreed_to(xiaoman)})).json()
    body = {
        "service": "residence-permit",
        "region": "990101",
        "facts": GIVEN | {"home_region": "990102"},
        "preview": shown["preview"],
        "wrong": ["home_region"],
    }
    done = await xiaoman.send("/cases", body)
    assert done.status_code == 201, done.text
    case = (await xiaoman.get(f"/cases/{done.json()['case']}")).json()
    fact = next(one for one in case["facts"] if one["fact"] == "home_region")
    assert (fact["value"], fact["agrees"]) == ("990102", False)
    correction = (await xiaoman.get(f"/cases/{fact['dispute']['case']}")).json()
    told = {one["fact"]: one["value"] for one in correction["facts"]}
    assert (told["resource"], told["field"], told["should_be"]) == ("police.population", "home_region", "990102")
    other = await xiaoman.send("/cases", body | {"wrong": ["lives_at"]})
    assert dict(problems(other)) == {"not-in-preview": "wrong.lives_at"}


async def test_a_preview_is_for_one_person_one_service_one_region_and_one_day(
    xiaoman: Program, zhiyuan: Program, log_in: LogIn, clock: SettableClock
) -> None:
    shown = (await xiaoman.send("/look-ups", ASKING | {"facts": GIVEN})).json()["preview"]
    body: dict[str, Any] = {"service": "residence-permit", "region": "990101", "facts": GIVEN, "preview": shown}
    told, _, mark = shown.partition(".")
    for who, changed in (
        (zhiyuan, {}),
        (xiaoman, {"region": "990102"}),
        (xiaoman, {"service": "rent-subsidy"}),
        (xiaoman, {"preview": told[:-4] + "AAAA." + mark}),
        (xiaoman, {"preview": "nonsense"}),
    ):
        answer = await who.send("/cases", body | changed)
        assert (answer.status_code, *problems(answer)) == (422, ("preview-not-valid", "preview")), changed
    clock.advance(days=1)
    next_day = await log_in(XIAOMAN)
    assert [code for code, _ in problems(await next_day.send("/cases", body))] == ["preview-over"]


async def test_both_in_one_call_takes_an_explicit_yes(xiaoman: Program) -> None:
    body = {"service": "residence-permit", "region": "990101", "facts": GIVEN, "look_up": True}
    answer = await xiaoman.send("/cases", body)
    assert (answer.status_code, *problems(answer)) == (422, ("look-up-not-agreed", "agreed"))
    assert await looks(xiaoman) == set(), "and nothing was looked up"
    assert (await xiaoman.send("/cases", body | {"agreed": True})).status_code == 201


async def test_a_value_that_changed_since_it_was_shown_is_the_one_that_was_shown(
    xiaoman: Program, site: Site, clock: SettableClock
) -> None:
    shown = (await xiaoman.send("/look-ups", ASKING | {"facts": GIVEN, "agreed": await agreed_to(xiaoman)})).json()
    person = next(one for one in demo.citizens() if one.id == "p-wangxiaoman")
    changed = {"full_name": "别的名字", "id_number": person.id_number, "home_region": "990202"}
    await put_record(site.db, person.id, "police.population", "person", changed, clock())
    body = {"service": "residence-permit", "region": "990101", "facts": GIVEN, "preview": shown["preview"]}
    case = (await xiaoman.send("/cases", body)).json()["case"]
    facts = {one["fact"]: one for one in (await xiaoman.get(f"/cases/{case}")).json()["facts"]}
    before = next(one["record"]["value"] for one in shown["found"] if one["name"] == "home_region")
    assert facts["home_region"]["value"] == before
