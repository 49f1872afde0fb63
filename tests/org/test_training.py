"""培训上岗 and 代班: nobody does what they have not learned, nothing waits unseen while somebody is away."""

from datetime import date, datetime

import msgspec
import pytest

from tongban.base.clock import ZONE
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.org import Actor, Directory, Grant, Matter, Purpose, Refusal, demo, house, may, second_person, store
from tongban.org.model import Absence, Class, Course, Register, Role

NOW = datetime(2026, 11, 3, 10, tzinfo=ZONE)
BODY, POST = "990101.market", "990101.market.approver"
SECOND = "990101.market.approver-2"
CASE = Matter(region="990101", body=BODY, service="food-licence", applicant="p-zhoujiahe")
COURSE = Course(
    id="hearing-chair",
    name=Text("听证主持", "Chairing a hearing"),
    hours=8,
    months=36,
    how=Text("报名每月一期的班", "join the monthly class"),
    law="公务员法 67",
    acts=frozenset({"end-hearing"}),
    roles=frozenset({Role.DECIDE}),
)


def directory(
    *classes: Class, absences: tuple[Absence, ...] = (), courses: tuple[Course, ...] = (COURSE,)
) -> Directory:
    plain: Register = demo.register()
    made = msgspec.structs.replace(plain, courses=courses, classes=classes, absences=absences)
    return Directory.build(made, lambda: NOW)


def passed(on: date, *posts: str) -> Class:
    return Class(id=f"c-{on}", course="hearing-chair", passed_on=on, persons=tuple(f"o-{post}" for post in posts))


def official(known: Directory, post: str, person: str = "") -> Actor:
    people = {one.id: one for one in demo.officials()}
    found = known.post(post)
    return Actor.official(people[person or f"o-{post}"], found, known.body(found.body))


def code(answer: Grant | Refusal) -> str:
    return answer.code if isinstance(answer, Refusal) else "granted"


def test_a_power_needs_the_course_and_the_refusal_says_what_to_do_first() -> None:
    nobody = directory()
    answer = may(nobody, official(nobody, POST), "end-hearing", CASE)
    assert isinstance(answer, Refusal) and answer.code == "training-missing"
    said = answer.problem.text
    assert "听证主持" in said.zh and "报名每月一期的班" in said.zh and "8课时" in said.zh and "monthly" in said.en
    assert code(may(nobody, official(nobody, POST), "grant", CASE)) == "granted"


def test_it_holds_for_its_months_and_not_a_day_longer() -> None:
    for on, said in ((date(2023, 11, 4), "granted"), (date(2023, 11, 3), "training-expired")):
        known = directory(passed(on, POST))
        assert code(may(known, official(known, POST), "end-hearing", CASE)) == said


def test_it_is_the_person_who_learned_it_and_not_the_post() -> None:
    known = directory(passed(date(2026, 3, 1), SECOND), absences=(_leave(POST, cover=SECOND),))
    stand_in = official(known, POST, f"o-{SECOND}")
    assert code(may(known, stand_in, "end-hearing", CASE)) == "granted"


def test_reading_needs_no_course_and_nobody_is_kept_from_their_own_work_by_another_service() -> None:
    known = directory(courses=(msgspec.structs.replace(COURSE, services=frozenset({"energy-saving-review"})),))
    assert code(may(known, official(known, POST), "end-hearing", CASE)) == "granted"
    known = directory()
    assert code(may(known, official(known, POST), "end-hearing", CASE, Purpose.VIEW)) == "granted"


def test_a_class_of_a_course_that_is_not_there_is_found_when_the_register_is_read() -> None:
    with pytest.raises(Refused, match="register has no"):
        directory(passed(date(2026, 3, 1), POST), courses=())


def _leave(post: str, cover: str = "") -> Absence:
    return Absence(
        id=f"a-{post}",
        person=f"o-{post}",
        since=date(2026, 11, 1),
        until=date(2026, 11, 10),
        cover=f"o-{cover}" if cover else "",
    )


def test_whoever_covers_uses_the_post_while_its_holder_is_away_and_not_after() -> None:
    known = directory(absences=(_leave(POST, cover=SECOND),))
    stand_in = official(known, POST, f"o-{SECOND}")
    assert POST in {post.id for post in known.posts_held(f"o-{SECOND}")}
    assert code(may(known, stand_in, "grant", CASE)) == "granted"
    assert code(may(known, official(known, POST), "grant", CASE)) == "on-leave"
    after = datetime(2026, 11, 10, 9, tzinfo=ZONE)
    assert code(may(known, stand_in, "grant", CASE, now=after)) == "post-not-held"
    assert code(may(known, official(known, POST), "grant", CASE, now=after)) == "granted"


def test_covering_never_makes_two_people_of_one() -> None:
    known = directory(absences=(_leave(POST, cover=SECOND),))
    as_cover = official(known, POST, f"o-{SECOND}")
    assert second_person(as_cover, [official(known, SECOND).id]) is not None


def test_work_that_nobody_would_see_is_named() -> None:
    body = "990101.housing"
    examiner, decider = f"{body}.examiner", f"{body}.approver"
    known = directory(absences=(_leave(examiner), _leave(decider)))
    assert [post.id for post in known.unattended(body)] == [examiner]  # the second approver sees what waits for decider
    covered = directory(absences=(_leave(examiner, cover=decider),))
    assert covered.unattended(body) == []
    both_away = directory(absences=(_leave(examiner, cover=decider), _leave(decider)))
    assert examiner in {post.id for post in both_away.unattended(body)}  # a cover who is away covers nothing


async def test_what_officials_changed_in_the_demonstration_survives_its_next_start(db: Database) -> None:
    await demo.seed(db)
    known = await store.load(db, lambda: NOW)
    course = known.training.courses[next(iter(known.training.courses))]
    supervisor = next(post for post in demo.register().posts if Role.SUPERVISE in post.roles)
    changed = msgspec.structs.replace(course, hours=course.hours + 4)
    await house.save_course(db, known, official(known, supervisor.id), changed)
    ended = msgspec.structs.replace(demo.register().delegations[0], until=NOW.date())
    async with db.transaction() as connection:
        await store.save(connection, Register(delegations=(ended,)))
    await demo.seed(db)
    again = await store.register(db)
    assert changed in again.courses
    assert ended in again.delegations
