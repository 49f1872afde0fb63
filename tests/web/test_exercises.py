"""Exercises are invented, marked as practice, answered once, measured, and never anybody's case."""

import pytest
from tests.web.desk_people import Official

from tongban.base.errors import Refused
from tongban.org import Actor
from tongban.org import store as people
from tongban.web.site import Site

pytestmark = pytest.mark.database


async def test_an_official_practises_and_is_told_what_was_wrong(site: Site) -> None:
    who = await Official(site).sit("market.examiner")
    await who.get("/desk/exercises")
    assert "练习，不是真的办件" in who.text
    first = site.assist.watch.drills[0]
    assert first.matter.zh in who.text
    assert first.why.zh not in who.text
    await who.post(f"/desk/exercises/{first.id}", {"outcome": "accepted"})
    assert "这条建议是错的，您采纳了" in who.text
    assert first.why.zh in who.text
    assert await site.db.fetchval("SELECT count(*) FROM case_row") == 0
    kept = await site.db.fetch("SELECT person, sound, accepted FROM assist_exercise")
    assert [tuple(row) for row in kept] == [("o-990101.market.examiner", False, True)]


async def test_the_first_answer_stays_and_the_end_says_how_many_were_right(site: Site) -> None:
    who = await Official(site).sit("market.examiner")
    await who.get("/desk/exercises")
    for drill in site.assist.watch.drills:
        await who.post(f"/desk/exercises/{drill.id}", {"outcome": "accepted" if drill.sound else "declined"})
        await who.post(f"/desk/exercises/{drill.id}", {"outcome": "declined" if drill.sound else "accepted"})
    await who.get("/desk/exercises")
    assert f"{len(site.assist.watch.drills)}题里判断对了{len(site.assist.watch.drills)}题" in who.text


async def test_without_an_answer_or_with_an_unknown_exercise_nothing_is_kept(site: Site) -> None:
    who = await Official(site).sit("market.examiner")
    await who.get("/desk/exercises")
    await who.post(f"/desk/exercises/{site.assist.watch.drills[0].id}", {})
    assert who.page.status_code == 422
    with pytest.raises(Refused):
        await site.assist.watch.drilled(await examiner(site), "no-such-exercise", accepted=True)
    assert await site.db.fetchval("SELECT count(*) FROM assist_exercise") == 0


async def examiner(site: Site) -> Actor:
    person = await people.person(site.db, "o-990101.market.examiner")
    post = site.directory.post("990101.market.examiner")
    assert person is not None
    return Actor.official(person, post, site.directory.body(post.body))


def test_half_of_the_shipped_exercises_are_right_so_that_declining_all_of_them_does_not_pay(site: Site) -> None:
    sound = [drill.sound for drill in site.assist.watch.drills]
    assert len(sound) >= 6
    assert sum(sound) * 2 == len(sound)
