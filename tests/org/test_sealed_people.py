"""Who somebody is lies sealed in the database; rows of before there were keys are read, then sealed."""

from datetime import date, timedelta

import pytest

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.base.sealing import seal_old
from tongban.org import Person, demo, store

PERSON = Person(
    id="p-old", name="老赵顺", id_number="990101195001010019", phone="13900000001", birth_date=date(1950, 1, 1),
    level=2, sex="male", home_region="990101",
)  # fmt: skip


async def whole(db: Database) -> str:
    rows = [
        *await db.fetch("SELECT p::text AS row FROM person p"),
        *await db.fetch("SELECT m::text AS row FROM mandate m"),
    ]
    return "\n".join(row["row"] for row in rows)


async def test_nothing_that_names_a_person_is_in_the_rows(db: Database):
    await demo.seed(db)
    raw = await whole(db)
    people = demo.citizens()
    assert people
    for person in people:
        for secret in (person.name, person.id_number, person.phone, str(person.birth_date or "")):
            assert not secret or secret not in raw
        assert await store.person(db, person.id) == person
        assert person.id_number == "" or await store.person_with_number(db, person.id_number) == person


async def test_rows_of_before_are_read_and_then_sealed(db: Database, clock: SettableClock):
    await db.execute(
        "INSERT INTO person (id, name, id_number, phone, birth_date, sex, home_region, level,"
        " email) VALUES ('p-old', '老赵顺', '990101195001010019', '13900000001', '1950-01-01', 'male', '990101', 2,"
        " 'lao@example.org')"
    )
    await db.execute(
        "INSERT INTO mandate SELECT 'm-1', 'o-1', '老赵顺', 'p-old', '{}', '{}', $1, $2, NULL, 'consent'",
        clock(),
        clock() + timedelta(days=1),
    )
    for changed in (2, 0):
        assert await store.person(db, "p-old") == PERSON
        assert await store.person_with_number(db, PERSON.id_number) == PERSON
        assert await store.names(db, ["p-old"]) == {"p-old": "老赵顺"}
        assert await store.email(db, "p-old") == "lao@example.org"
        assert await store.bands(db, ["p-old"], date(2026, 1, 1)) == {"p-old": ("60-79", "male", "zh")}
        assert [one.from_name for one in await store.mandates_to(db, "p-old", clock())] == ["老赵顺"]
        assert await seal_old(db, store.SEALED, step=1) == changed
    raw = await whole(db)
    assert not any(
        secret in raw for secret in ("老赵顺", PERSON.id_number, PERSON.phone, "1950", "lao@", "male", "990101")
    )


async def test_two_people_cannot_have_one_number(db: Database):
    async with db.transaction() as connection:
        await store.save_people(connection, [PERSON])
    with pytest.raises(Exception, match="person_number_blind"):
        async with db.transaction() as connection:
            await store.save_people(connection, [Person(id="p-two", name="另一人", id_number=PERSON.id_number)])


async def test_an_erased_person_is_said_to_be_erased_and_is_no_error_among_others(db: Database, clock: SettableClock):
    async with db.transaction() as connection:
        await store.save_people(connection, [PERSON, Person(id="p-new", name="新人")])
        assert await store.erase(connection, "p-old", clock(), "asked for by the person")
    with pytest.raises(Refused) as refused:
        await store.person(db, "p-old")
    assert (refused.value.code, refused.value.status) == ("erased", 410)
    assert await store.person_with_number(db, PERSON.id_number) is None
    assert await store.names(db, ["p-old", "p-new"]) == {"p-old": "（已删除） (erased)", "p-new": "新人"}
    assert await store.bands(db, ["p-old"], date(2026, 1, 1)) == {"p-old": ("", "", "zh")}


async def test_a_sealed_name_moved_to_another_person_does_not_open(db: Database):
    async with db.transaction() as connection:
        await store.save_people(connection, [PERSON, Person(id="p-new", name="新人", phone="13900000002")])
    for column in ("name", "phone"):
        await db.execute(
            f"UPDATE person SET {column} = (SELECT {column} FROM person WHERE id = 'p-old') WHERE id <> 'p-old'"
        )
        with pytest.raises(Refused) as refused:
            await store.person(db, "p-new")
        assert refused.value.code == "seal-broken"
