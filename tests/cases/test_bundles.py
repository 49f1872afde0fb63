"""一件事: one form, several bodies; what fails holds nothing else back, and what one person says nobody else reads."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.shipped_files import catalogue

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.base.ids import id_number_check
from tongban.base.keys import KeyRing
from tongban.cases.service import Cases
from tongban.cases.views import CaseView
from tongban.catalog.answers import parse_fact
from tongban.catalog.bundle_count import Given, counted
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.composing import compose
from tongban.catalog.shipped import shipped
from tongban.catalog.tables import both
from tongban.org import Actor, Directory, Person, demo, store
from tongban.org.model import Register
from tongban.sharing import Shared
from tongban.terms import Calendar

REGION = "990101"
PEOPLE = {person.id: person for person in demo.citizens()}
MOTHER, FATHER, STRANGER = (PEOPLE[name] for name in ("p-wangxiaoman", "p-sunhao", "p-linyue"))

OLD = "99010119380101001" + id_number_check("99010119380101001")

BIRTH = {
    "full_name": "王小满",
    "id_number": MOTHER.id_number,
    "phone": "15400000001",
    "newborn_name": "王一诺",
    "child_sex": "female",
    "hospital": "清源区妇幼保健院",
    "births": "1",
    "register_with": "mother",
    "register_region": REGION,
    "married": "false",
    "works": "false",
    "two_parents": "false",
}
WITH_FATHER = BIRTH | {
    "two_parents": "true",
    "other_parent_name": "孙浩",
    "other_parent_number": FATHER.id_number,
}
DEATH = {
    "full_name": "王小满",
    "id_number": MOTHER.id_number,
    "phone": "15400000001",
    "deceased_name": "王大山",
    "deceased_number": OLD,
    "died_on": "2026-10-30",
    "relation": "child",
    "death_home": REGION,
    "death_insured": REGION,
    "fund_region": REGION,
    "bank_account": "6222020200112233445",
    "had_pension": "true",
    "has_fund": "true",
    "had_home": "true",
    "had_card": "true",
}


@pytest.fixture(scope="module")
def law() -> Catalogue:
    return catalogue()


def three_provinces() -> Register:
    """The demonstration province, and the same bodies again in two others."""
    register = demo.register()
    encoded = msgspec.json.encode(register)
    others = [
        msgspec.json.decode(encoded.replace(b'"99', stem).replace(b".99", b"." + stem[1:]), type=Register)
        for stem in (b'"98', b'"97')
    ]
    fields = {name: getattr(register, name) for name in Register.__struct_fields__}
    return Register(
        **{
            name: (*value, *(item for other in others for item in getattr(other, name)))
            if isinstance(value, tuple)
            else value
            for name, value in fields.items()
        }
    )


@pytest.fixture
def cases(db: Database, law: Catalogue, clock: SettableClock, tmp_path: Path) -> Cases:
    directory = Directory.build(three_provinces(), clock)
    ring = KeyRing.open(tmp_path / "keys", clock())
    return Cases(db, law, directory, Calendar.china(), ring, clock, data_dir=tmp_path)


def as_person(person: Person) -> Actor:
    return Actor.citizen(person)


async def apply(cases: Cases, bundle: str, facts: Mapping[str, Any], key: str = "key-00001") -> CaseView:
    born = datetime(2026, 11, 1, 9, tzinfo=UTC)
    known = {"child_birth_date": "2026-10-20", "child_sex": "female", "births": 1} if bundle == "newborn" else {}
    source = Text("出生医学证明库", "Certificates of birth")
    records = {name: Shared(value=value, source=source, as_of=born, at=born) for name, value in known.items()}
    return await cases.submit(as_person(MOTHER), bundle, facts, region=REGION, key=key, records=records)


def parts(view: CaseView) -> dict[str, str]:
    return {part.name: part.end for part in view.state.parts}


def official(cases: Cases, body: str, role: str) -> Actor:
    directory = cases.engine.directory
    for post in directory.posts_of(body):
        if role in post.roles:
            holder = directory.holders(post.id, cases.engine.clock().date())[0]
            return Actor(
                kind="official", id=holder, name=holder, post=post.id, body=body, region=REGION, roles=post.roles
            )
    raise LookupError(role)


async def grant(cases: Cases, case: str) -> None:
    """Officials accept and grant one part as they would any case."""
    view = await cases.engine.load(case)
    body = view.state.office.id
    if view.state.state == "received":
        region = body.partition(".")[0]
        clerk = official(cases, f"{region}.service-centre", "intake")
        await cases.act(clerk, case, "accept", version=None, key=f"accept-{case}")
    await cases.act(official(cases, body, "decide"), case, "grant", version=None, key=f"grant-{case}")


def number(view: CaseView, part: str) -> str:
    return next(one.case for one in view.state.parts if one.name == part)


# --- one form -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", [bundle.stem for bundle in sorted(shipped("bundles").glob("*.yaml"))])
def test_every_shipped_bundle_makes_up_one_form_that_asks_nothing_twice(law: Catalogue, slug: str) -> None:
    composed = law.composed(slug, "1")
    asked = [fact for fact in composed.service.facts.values() if not fact.derive]
    said = Counter(msgspec.json.encode(fact.ask) for fact in asked)
    read = Counter((fact.source.at, fact.source.test) for fact in asked if fact.source)
    assert not [one for one in (*said.items(), *read.items()) if one[1] > 1]
    assert composed.service.visits.max <= 1


_TYPED = ("", " ", "是", "no", "2026 10 1", "2999-1-1", "12", "１２", "-3", "99999999", "1200.50", "990101", "王  小满")


@pytest.mark.parametrize("slug", [bundle.stem for bundle in sorted(shipped("bundles").glob("*.yaml"))])
def test_what_the_one_form_has_read_is_what_each_part_reads(law: Catalogue, slug: str) -> None:
    composed, today = law.composed(slug, "1"), datetime(2026, 11, 26, tzinfo=UTC).date()
    typed = (*_TYPED, "男" * 90, MOTHER.id_number, "138 0013 8000", "6222020200112233445")
    shared = 0
    for name, fact in composed.service.facts.items():
        for raw in (*typed, *(both(one.name).zh for one in fact.choices)) if not fact.derive else ():
            try:
                read = {name: parse_fact(fact, raw, today=today)}
            except Refused:
                continue
            for part, service in composed.members.items():
                for own, value in composed.read_of(part, read).items():
                    shared += 1
                    assert parse_fact(service.facts[own], raw, today=today) == value, (part, own, raw)
    assert shared > 20


def test_a_birth_asks_once_and_opens_what_can_begin_in_one_go(law: Catalogue) -> None:
    composed = law.composed("newborn")
    assert composed.parts_of("newborn_name") == ("certificate", "household", "insurance", "card", "vaccination")
    assert composed.service.facts["newborn_name"].source is None, "no record has the name that is chosen now"
    assert composed.parts_of("child_sex") == ("certificate", "household", "card", "vaccination")
    assert composed.of_part("vaccination", BIRTH).keys() == {
        "full_name",
        "id_number",
        "phone",
        "newborn_name",
        "child_sex",
    }


# --- order, outputs, partial success --------------------------------------------------------------------------------


async def test_a_child_of_unmarried_parents_is_registered_like_any_other(cases: Cases) -> None:
    view = await apply(cases, "newborn", BIRTH)
    assert view.state.case.parts == ("certificate", "household", "insurance", "card", "vaccination")
    assert parts(view) == {"certificate": "favourable", "household": "", "vaccination": "favourable"}
    household = await cases.engine.load(number(view, "household"))
    assert household.state.facts["birth_number"] == number(view, "certificate")
    await grant(cases, number(view, "household"))
    done = await cases.view(as_person(MOTHER), view.case)
    assert parts(done) == dict.fromkeys(("certificate", "household", "vaccination", "card", "insurance"), "favourable")
    assert done.state.state == "done"
    card = await cases.engine.load(number(done, "card"))
    assert card.state.facts["child_number"] == number(view, "household")


async def test_the_person_has_one_letter_of_receipt_and_each_decision_its_own(cases: Cases) -> None:
    view = await apply(cases, "newborn", BIRTH)
    notices = (await cases.inbox(as_person(MOTHER))).items
    whole = [one for one in notices if one.case_id == view.case]
    assert len(whole) == 1
    assert "出生登记（落户）" in whole[0].body.zh
    assert "预防接种证办理" in whole[0].body.zh
    assert {one.title.zh for one in notices if one.case_id != view.case} == {"办好了"}


async def test_the_whole_keeps_no_answers(cases: Cases) -> None:
    view = await apply(cases, "newborn", BIRTH)
    assert not view.state.facts
    assert not view.state.records
    lead = official(cases, f"{REGION}.health", "decide")
    assert "王一诺" not in msgspec.json.encode(await cases.export(lead, view.case)).decode()


async def test_what_needs_a_part_that_fails_is_told_and_everything_else_goes_on(cases: Cases) -> None:
    view = await apply(cases, "after-death", DEATH)
    assert parts(view) == {"household": "", "funeral": ""}
    await cases.act(as_person(MOTHER), number(view, "household"), "withdraw", version=None, key="withdraw-1")
    after = await cases.view(as_person(MOTHER), view.case)
    lost = {"survivors", "medical", "fund", "homes", "card"}
    assert parts(after) == {"household": "neutral", "funeral": "", **dict.fromkeys(lost, "neutral")}
    letters = [one.title.zh for one in (await cases.inbox(as_person(MOTHER))).items]
    assert any("先不办了" in title for title in letters)
    assert after.state.state == "open"
    await grant(cases, number(view, "funeral"))
    assert (await cases.view(as_person(MOTHER), view.case)).state.state == "partly"


async def test_withdrawing_the_whole_takes_the_open_parts_with_it_and_leaves_what_is_decided(cases: Cases) -> None:
    view = await apply(cases, "newborn", BIRTH)
    await cases.act(as_person(MOTHER), view.case, "withdraw", version=None, key="withdraw-all")
    household = await cases.engine.load(number(view, "household"))
    certificate = await cases.engine.load(number(view, "certificate"))
    assert household.state.state == "withdrawn"
    assert certificate.state.state == "issued"
    assert not await cases.engine.db.fetch("SELECT part FROM prepared_part")


async def test_a_repeat_with_the_same_key_opens_nothing_twice(cases: Cases) -> None:
    first = await apply(cases, "newborn", BIRTH)
    again = await apply(cases, "newborn", BIRTH)
    assert again.case == first.case
    counts = await cases.engine.db.fetch("SELECT count(*) AS n FROM case_row")
    assert counts[0]["n"] == 4


async def test_one_part_that_cannot_be_opened_keeps_the_whole_from_being_written(cases: Cases) -> None:
    with pytest.raises(Refused) as refused:
        await apply(cases, "newborn", BIRTH | {"child_sex": "unknown"})
    assert "child_sex" in {problem.place for problem in refused.value.problems}
    assert not await cases.engine.db.fetch("SELECT case_id FROM case_row")


async def test_a_part_that_ended_by_itself_is_found_and_told(cases: Cases, clock: SettableClock) -> None:
    view = await apply(cases, "newborn", BIRTH)
    case = number(view, "household")
    clock.set(clock() + timedelta(hours=1))
    await cases.engine.act(as_person(MOTHER), case, "withdraw", {}, version=None, key="untold-01")
    assert parts(await cases.view(as_person(MOTHER), view.case))["household"] == ""
    await cases.bundles.catch_up()
    assert parts(await cases.view(as_person(MOTHER), view.case))["household"] == "neutral"
    assert await cases.bundles.catch_up() == 0


# --- three places, seven bodies -------------------------------------------------------------------------------------


async def test_seven_services_of_seven_bodies_in_three_provinces_are_one_form_and_no_visit(cases: Cases) -> None:
    elsewhere = DEATH | {"death_home": "980201", "death_insured": "970121", "fund_region": "970121"}
    view = await apply(cases, "after-death", elsewhere)
    await grant(cases, number(view, "household"))
    done = await cases.view(as_person(MOTHER), view.case)
    composed = cases.bundles.composed(view.loaded)
    assert composed is not None
    opened = {part.name: await cases.engine.load(part.case) for part in done.state.parts}
    assert len(opened) == 7
    assert len({one.state.office.id.partition(".")[2] for one in opened.values()}) == 7
    assert {one.state.case.region[:2] for one in opened.values()} == {"99", "98", "97"}
    given = {
        name: Given(
            [fact for fact in one.state.facts if fact not in composed.bundle.parts[name].takes], one.state.documents
        )
        for name, one in opened.items()
    }
    found = counted(composed, given, composed.bundle.asks)
    assert found.together.forms == 1
    assert found.repeated == 0
    assert found.together.visits <= 1
    assert found.alone.forms == 7
    assert found.alone.questions > 3 * found.together.questions


# --- several people -------------------------------------------------------------------------------------------------


async def invited(cases: Cases, view: CaseView) -> str:
    (waiting,) = [one for one in await cases.bundles.to_come(as_person(MOTHER), view.loaded) if one.invited]
    assert waiting.invited is not None
    return waiting.invited.code


async def test_each_parent_says_their_part_and_neither_reads_the_others(cases: Cases) -> None:
    view = await apply(cases, "newborn", WITH_FATHER)
    assert "household" not in parts(view)
    asked = await cases.bundles.accept(as_person(FATHER), await invited(cases, view))
    secret = "我和她已经分开住了"
    said = {"full_name": "孙浩", "id_number": FATHER.id_number, "phone": "15400000006", "agrees": "true"}
    own = await cases.submit(
        as_person(FATHER), asked.invitation.service, said | {"private_note": secret}, region=REGION, key="father-01"
    )
    after = await cases.view(as_person(MOTHER), view.case)
    assert parts(after)["other-parent"] == "favourable"
    assert "household" in parts(after)
    for reading, case in ((MOTHER, own.case), (FATHER, view.case), (FATHER, number(after, "household"))):
        for read in (cases.view, cases.export):
            with pytest.raises(Refused) as refused:
                await read(as_person(reading), case)
            assert refused.value.status == 404
    everything = [
        await cases.export(as_person(MOTHER), one.case_id) for one in (await cases.mine(as_person(MOTHER))).items
    ]
    assert secret not in msgspec.json.encode(everything).decode()
    assert (
        secret not in msgspec.json.encode([one.body for one in (await cases.inbox(as_person(MOTHER))).items]).decode()
    )
    assert "王一诺" not in msgspec.json.encode(await cases.export(as_person(FATHER), own.case)).decode()


async def test_the_invited_person_reads_for_whom_and_for_what_and_no_other_answer(cases: Cases) -> None:
    view = await apply(cases, "newborn", WITH_FATHER)
    asked = await cases.bundles.invitation(as_person(FATHER), await invited(cases, view))
    told = {both(fact.name).zh: value for fact, value in asked.tells}
    assert BIRTH["newborn_name"] in told.values() and len(told) == 3
    assert not {BIRTH["phone"], BIRTH["hospital"]} & {str(one) for one in told.values()}
    kept = await cases.engine.db.fetchval("SELECT content::text FROM invitation")
    assert BIRTH["newborn_name"] not in kept, "what is told is sealed with who invites"
    (waiting,) = [one for one in await cases.bundles.to_come(as_person(MOTHER), view.loaded) if one.invited]
    assert waiting.sees is not None and "、" in waiting.sees.zh, "who invites knows what the other one sees"


async def test_a_bundle_tells_an_invited_person_only_what_its_form_asks(law: Catalogue) -> None:
    composed = law.composed("newborn")
    roles = {
        name: msgspec.structs.replace(role, tells=("no_such_fact",)) for name, role in composed.bundle.roles.items()
    }
    changed = msgspec.structs.replace(composed.bundle, roles=roles)
    found, faults = compose(changed, lambda slug: law.service(slug))
    assert found is None and [(one.code, one.path[-2:]) for one in faults] == [("bundle-role", ("tells", 0))]


async def test_an_invitation_opens_only_for_the_person_of_its_number(cases: Cases) -> None:
    view = await apply(cases, "newborn", WITH_FATHER)
    code = await invited(cases, view)
    for person in (STRANGER, MOTHER):
        with pytest.raises(Refused) as refused:
            await cases.bundles.accept(as_person(person), code)
        assert refused.value.code == "unknown-invitation"
    with pytest.raises(Refused) as wrong:
        await cases.bundles.invitation(as_person(FATHER), code + "x")
    assert wrong.value.code == "unknown-invitation"
    unsure = msgspec.structs.replace(as_person(FATHER), level=2)
    with pytest.raises(Refused) as weak:
        await cases.bundles.accept(unsure, code)
    assert weak.value.code == "real-name-level"
    assert [one.invitation.part for one in await cases.bundles.waiting(as_person(FATHER))] == ["other-parent"]
    assert not await cases.bundles.waiting(as_person(STRANGER))
    assert not [one for one in await cases.bundles.to_come(as_person(STRANGER), view.loaded) if one.invited]


async def test_an_invitation_that_runs_out_is_told_and_the_rest_goes_on(cases: Cases, clock: SettableClock) -> None:
    view = await apply(cases, "newborn", WITH_FATHER)
    code = await invited(cases, view)
    clock.set(clock() + timedelta(days=17))
    await cases.bundles.catch_up()
    after = await cases.view(as_person(MOTHER), view.case)
    assert parts(after)["other-parent"] == "neutral"
    assert parts(after)["household"] == "neutral"
    assert parts(after)["certificate"] == "favourable"
    with pytest.raises(Refused) as over:
        await cases.bundles.accept(as_person(FATHER), code)
    assert over.value.code == "invitation-over"


async def test_a_reminder_to_the_number_of_somebody_else_is_told_to_nobody(cases: Cases) -> None:
    async with cases.engine.db.transaction() as connection:
        await store.save_people(connection, [msgspec.structs.replace(FATHER, name="另一个人")])
    view = await apply(cases, "newborn", WITH_FATHER)
    await cases.bundles.remind(as_person(MOTHER), view.case, "other-parent")
    assert not (await cases.inbox(as_person(FATHER))).items


async def test_a_reminder_makes_no_account_of_a_name_that_another_person_wrote(cases: Cases) -> None:
    view = await apply(cases, "newborn", WITH_FATHER)
    await cases.bundles.remind(as_person(MOTHER), view.case, "other-parent")
    assert await store.person_with_number(cases.engine.db, FATHER.id_number) is None
    assert await cases.bundles.waiting(as_person(FATHER)), "the invitation itself is found at the first log-in"


async def test_an_invitation_can_be_reminded_once_a_day_declined_and_taken_back(
    cases: Cases, clock: SettableClock
) -> None:
    async with cases.engine.db.transaction() as connection:
        await store.save_people(connection, [FATHER])
    first = await apply(cases, "newborn", WITH_FATHER)
    await cases.bundles.remind(as_person(MOTHER), first.case, "other-parent")
    (letter,) = (await cases.inbox(as_person(FATHER))).items
    assert "请您完成" in letter.body.zh and await invited(cases, first) not in letter.body.zh
    assert await cases.engine.db.fetchval("SELECT count(*) FROM outbox WHERE case_id = $1", letter.case_id) == 1
    with pytest.raises(Refused) as again:
        await cases.bundles.remind(as_person(MOTHER), first.case, "other-parent")
    assert again.value.code == "reminded"
    with pytest.raises(Refused):
        await cases.bundles.take_back(as_person(STRANGER), first.case, "other-parent")
    await cases.bundles.take_back(as_person(MOTHER), first.case, "other-parent")
    assert parts(await cases.view(as_person(MOTHER), first.case))["other-parent"] == "neutral"
    second = await apply(cases, "newborn", WITH_FATHER, "key-00002")
    await cases.bundles.decline(as_person(FATHER), await invited(cases, second))
    assert parts(await cases.view(as_person(MOTHER), second.case))["other-parent"] == "neutral"
