"""Consultations: one person one vote, nobody can read who voted how, people moderate with reasons, the body answers."""

import asyncio
import hashlib
from datetime import timedelta

import pytest
from tests.voice.consulting import SAID, World, at_work

from tongban.base.errors import Refused
from tongban.org.model import Role
from tongban.voice.participation import secrecy, store
from tongban.voice.participation.consultations import Draft
from tongban.voice.participation.model import Answered, Ground, Outcome, Vote
from tongban.voice.participation.refusals import owed_answers

pytestmark = pytest.mark.database


async def refused(code: str, waiting: object) -> Refused:
    with pytest.raises(Refused) as error:
        await waiting  # type: ignore[misc]
    assert error.value.code == code
    return error.value


async def dump(world: World, like: str = "consultation%") -> str:
    """Everything that the owner of the database can read in these tables, row by row."""
    tables = await world.db.fetch(
        "SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        " AND relname LIKE $1", like,
    )  # fmt: skip
    texts = [await world.db.fetchval(f"SELECT string_agg(t::text, E'\\n') FROM {row['name']} t") for row in tables]
    assert tables
    return "\n".join(text or "" for text in texts)


# --- the secret ballot -----------------------------------------------------------------------------------------------


async def test_nobody_who_reads_the_database_learns_who_voted_or_how(world: World) -> None:
    await world.rooms.voting.vote(world.person(1), world.one.id, 1, Vote.AGREE)
    await world.rooms.voting.vote(world.person(2), world.one.id, 1, Vote.AGREE)
    await world.rooms.voting.say(world.person(3), world.one.id, "办证大厅周末也要开")
    seen = await dump(world)
    for n in (1, 2, 3):
        person = world.person(n)
        tried = [person.id, person.number, person.name]
        # Whoever knows all persons cannot try them out either: a plain digest of a name is nowhere.
        tried += [
            hashlib.new(how, text.encode()).hexdigest() for text in tried[:2] for how in ("sha256", "sha1", "md5")
        ]
        assert not [text for text in tried if text in seen]
    rows = await store.ballots(world.db, world.one)
    assert len(rows) == 2
    assert all(text.startswith("sealed.1.") for _, text in rows)
    assert rows[0][1] != rows[1][1]  # the same vote twice does not look the same
    columns = await world.db.fetch(
        "SELECT data_type FROM information_schema.columns WHERE table_name = 'consultation_ballot'"
    )
    assert {row["data_type"] for row in columns} == {"text", "bytea", "boolean"}  # no time to join a session by


async def test_a_ballot_of_many_votes_is_as_long_as_one_of_few(world: World) -> None:
    await world.rooms.voting.vote(world.person(1), world.one.id, 1, Vote.AGREE)
    for number in range(1, 6):
        await world.rooms.voting.vote(world.person(2), world.one.id, number, Vote.DISAGREE)
    assert len({len(text) for _, text in await store.ballots(world.db, world.one)}) == 1


async def test_one_person_has_another_name_in_each_consultation(world: World) -> None:
    again = await world.rooms.consultations.begin(
        world.head,
        Draft(world.one.title, world.one.question, "policy", "rent-subsidy", "1", world.one.closes_at.date(), SAID),
    )
    for one in (world.one, again):
        await world.rooms.voting.vote(world.person(1), one.id, 1, Vote.AGREE)
    (first, _), (second, _) = [(await store.ballots(world.db, one))[0] for one in (world.one, again)]
    assert first != second


async def test_a_ballot_that_is_moved_to_another_voter_does_not_open(world: World) -> None:
    for n in (1, 2):
        await world.rooms.voting.vote(world.person(n), world.one.id, 1, Vote.AGREE)
    (one, votes), (other, _) = await store.ballots(world.db, world.one)
    key = await secrecy.key_of(world.db.sealer, world.db, world.one)
    assert secrecy.opened(key, world.one, one, votes) == {1: 1}
    with pytest.raises(Refused):
        secrecy.opened(key, world.one, other, votes)


async def test_after_closing_no_key_no_ballot_and_no_author_is_left(world: World) -> None:
    await world.everybody(12)
    await world.rooms.voting.say(world.person(3), world.one.id, "办证大厅周末也要开")
    key = await secrecy.key_of(world.db.sealer, world.db, world.one)
    names = [secrecy.named(key, world.person(n).id).hex() for n in range(12)]
    before = await dump(world)
    assert [name for name in names if name in before] == names
    closed = await world.close()
    assert closed.closed_at is not None and closed.results is not None and closed.results.voters == 12
    assert await store.ballots(world.db, world.one) == []
    after = await dump(world)
    assert not [name for name in names if name in after]
    world.db.sealer.forget()
    owner = secrecy.owner(world.one.id)
    assert await world.db.fetchval("SELECT count(*) FROM person_key WHERE person = $1", owner) == 0
    # The shredding itself can be checked: a signed record says when and why.
    why = await world.db.fetchval("SELECT why FROM person_key_erased WHERE person = $1", owner)
    assert "nobody can read the ballots" in why
    await refused("closed", world.rooms.voting.vote(world.person(1), world.one.id, 1, Vote.PASS))
    mine = await world.rooms.voting.mine(world.person(3), world.one.id)
    assert mine.votes == {} and mine.own == ()
    assert await world.db.fetchval("SELECT count(*) FROM person_key WHERE person = $1", owner) == 0


# --- voting ----------------------------------------------------------------------------------------------------------


async def test_voting_again_changes_the_one_vote(world: World) -> None:
    person = world.person(1)
    for vote in (Vote.AGREE, Vote.DISAGREE):
        await world.rooms.voting.vote(person, world.one.id, 2, vote)
    mine = await world.rooms.voting.mine(person, world.one.id)
    assert mine.votes == {2: Vote.DISAGREE} and mine.left == len(SAID) - 1
    assert await world.rooms.consultations.voters(world.one) == 1


async def test_statements_come_in_another_order_for_each_person(world: World) -> None:
    firsts = [(await world.rooms.voting.mine(world.person(n), world.one.id)).next for n in range(12)]
    assert len({one.number for one in firsts if one}) > 1


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("too-young", {"number": "990101201301010012"}),
        ("name-not-checked", {"number": ""}),
        ("name-not-checked", {"level": 1}),
        ("for-yourself-only", {"on_behalf_of": "p-other"}),
        ("for-yourself-only", {"kind": "official"}),
    ],
)
async def test_who_may_not_vote_is_told_why(code: str, change: dict[str, object], world: World) -> None:
    import msgspec

    person = msgspec.structs.replace(world.person(1), **change)
    error = await refused(code, world.rooms.voting.vote(person, world.one.id, 1, Vote.AGREE))
    assert error.status == 403


async def test_a_child_may_vote_from_its_fourteenth_birthday(world: World) -> None:
    born = "20121103"  # the test's day is 3 November 2026
    await world.rooms.voting.vote(world.person(1, born), world.one.id, 1, Vote.AGREE)
    error = await refused(
        "too-young", world.rooms.voting.vote(world.person(2, "20121104"), world.one.id, 1, Vote.AGREE)
    )
    assert "31" in error.problems[0].law


async def test_a_statement_stands_at_once_and_each_may_write_five(world: World) -> None:
    for n in range(5):
        number = await world.rooms.voting.say(world.person(1), world.one.id, f"第{n}条建议：周末也开")
        await world.rooms.voting.vote(world.person(2), world.one.id, number, Vote.AGREE)
    await refused("enough-said", world.rooms.voting.say(world.person(1), world.one.id, "还有一条"))
    at_once = (world.rooms.voting.say(world.person(3), world.one.id, f"第{n}条：一起提") for n in range(8))
    said = await asyncio.gather(*at_once, return_exceptions=True)
    assert [getattr(one, "code", "") for one in said if not isinstance(one, int)] == ["enough-said"] * 3
    await refused("said-already", world.rooms.voting.say(world.person(2), world.one.id, SAID[0]))
    await refused("too-long", world.rooms.voting.say(world.person(2), world.one.id, "长" * 141))
    await refused("unknown-statement", world.rooms.voting.vote(world.person(2), world.one.id, 99, Vote.AGREE))


# --- results ---------------------------------------------------------------------------------------------------------


async def test_results_show_groups_and_what_they_share_and_nothing_of_a_voter(world: World) -> None:
    await world.everybody(60)
    results = (await world.close()).results
    assert results is not None and results.clear
    assert [camp.size for camp in results.camps] == [30, 30]
    assert [one.statement for one in results.agreement] == ["3"]
    assert {(one.agree, one.disagree) for one in results.tallies} == {(30, 30), (60, 0)}
    assert {one.groups for one in results.tallies if one.number == 1} <= {
        ((1.0, 0.0), (0.0, 1.0)),
        ((0.0, 1.0), (1.0, 0.0)),
    }
    assert "p-secret" not in str(results) and not hasattr(results, "participants")


async def test_no_two_publications_differ_by_fewer_than_ten_ballots_nor_does_the_last(world: World) -> None:
    await world.everybody(19)
    await world.rooms.closing.turn()
    assert (await world.rooms.consultations.one(world.one.id)).results is None
    await world.rooms.voting.vote(world.person(19), world.one.id, 1, Vote.AGREE)
    await world.rooms.closing.turn()
    results = (await world.rooms.consultations.one(world.one.id)).results
    assert results is not None and results.voters == 10
    # Under fifty nothing is told of how anybody voted.
    assert not results.clear and {one.agree for one in results.tallies} == {None}
    assert await store.uncounted(world.db, world.one) == 10
    last = (await world.close()).results
    assert last is not None and last.voters == 20


async def test_what_was_taken_out_since_the_last_count_is_not_in_the_published_results(world: World) -> None:
    await world.everybody(20)
    await world.rooms.closing.turn()
    await world.rooms.moderation.remove(world.clerk, world.one.id, 1, Ground.PERSONAL, "写了邻居的电话")
    one = await world.rooms.consultations.one(world.one.id)
    results = world.rooms.consultations.published(one, await world.rooms.consultations.statements(one))
    assert results is not None and SAID[0] not in str(results) and SAID[1] in str(results)


# --- moderation ------------------------------------------------------------------------------------------------------


async def test_what_is_taken_out_leaves_its_reason_and_its_author_can_object_to_another_person(world: World) -> None:
    author = world.person(1)
    number = await world.rooms.voting.say(author, world.one.id, "审批的人都是懒汉")
    moderation = world.rooms.moderation
    await moderation.remove(world.clerk, world.one.id, number, Ground.INSULT, "骂了人，请换个说法")
    await refused("unknown-statement", world.rooms.voting.vote(world.person(2), world.one.id, number, Vote.AGREE))
    await refused("unknown-statement", world.rooms.voting.object_to(world.person(2), world.one.id, number, "不服"))
    await world.rooms.voting.object_to(author, world.one.id, number, "说的是岗位，没有骂谁")
    await refused("same-person", moderation.review(world.clerk, world.one.id, number, restore=False, words="还是不行"))
    await moderation.review(world.head, world.one.id, number, restore=True, words="是批评，不是辱骂")
    await world.rooms.voting.vote(world.person(2), world.one.id, number, Vote.AGREE)
    (statement,) = [one for one in await world.rooms.consultations.statements(world.one) if one.number == number]
    assert [act.act for act in statement.history] == ["removed", "objected", "restored"]
    assert not statement.removed


async def test_only_the_body_moderates_and_two_at_once_do_not_both(world: World) -> None:
    stranger = at_work("o-x", Role.DECIDE, body="990101.tax")
    ask = (world.one.id, 1, Ground.DUPLICATE, "和第2条一样")
    await refused("not-your-body", world.rooms.moderation.remove(stranger, *ask))
    await refused("not-your-role", world.rooms.moderation.remove(at_work("o-y", Role.INTAKE), *ask))
    await refused("not-your-role", world.rooms.moderation.remove(world.person(1), *ask))
    await world.rooms.moderation.remove(world.clerk, *ask)
    await refused("moved-on", world.rooms.moderation.remove(world.head, *ask))


async def test_words_that_were_taken_out_are_gone_after_closing_and_the_reason_stays(world: World) -> None:
    await world.rooms.moderation.remove(world.clerk, world.one.id, 1, Ground.PERSONAL, "写了邻居的电话")
    await world.close()
    first = (await world.rooms.consultations.statements(world.one))[0]
    assert first.words == "" and first.history[0].words == "写了邻居的电话"


# --- opening and answering -------------------------------------------------------------------------------------------


async def test_a_consultation_is_about_a_file_that_is_there(world: World) -> None:
    assert (world.one.subject, world.one.version, world.one.replaces) == ("residence-permit", "2", "1")
    draft = Draft(world.one.title, world.one.question, "service", "no-such", "1", world.one.closes_at.date(), SAID)
    await refused("unknown-service", world.rooms.consultations.begin(world.head, draft))
    await refused("not-your-role", world.rooms.consultations.begin(world.clerk, draft))


async def test_the_report_answers_what_the_groups_said_and_names_the_file_that_came_of_it(world: World) -> None:
    await world.everybody(60)
    answer = world.rooms.consultations.answer
    await refused("still-open", answer(world.head, world.one.id, "谢谢", [], ""))
    closed = await world.close()
    owed = owed_answers(closed.results)
    assert 3 in owed and len(owed) > 1
    await refused("unanswered", answer(world.head, world.one.id, "谢谢", [], ""))
    answers = [Answered(number, Outcome.ADOPTED, "已写进新版本") for number in sorted(owed)]
    await refused("unknown-file", answer(world.head, world.one.id, "谢谢", answers, "residence-permit@77"))
    await refused("not-your-body", answer(at_work("x", Role.HEAD, body="990101.tax"), world.one.id, "谢", answers, ""))
    await answer(world.head, world.one.id, "谢谢大家", answers, "residence-permit@2")
    await refused("reported-already", answer(world.head, world.one.id, "再来", answers, ""))
    report = (await world.rooms.consultations.one(world.one.id)).report
    assert report is not None and report.resulted == "residence-permit@2"
    assert str(closed.report_by) == "2026-12-20"  # thirty days after the last day


async def test_the_list_goes_on_page_by_page(world: World) -> None:
    for n in range(4):
        draft = Draft(world.one.title, world.one.question, "policy", "rent-subsidy", "1",
                      world.one.closes_at.date() + timedelta(days=n), SAID)  # fmt: skip
        await world.rooms.consultations.begin(world.head, draft)
    seen: list[str] = []
    after = ""
    while True:
        page = await world.rooms.consultations.page(after=after, limit=2)
        seen += [one.id for one in page.items]
        if page.next is None:
            break
        after = page.next
    assert len(seen) == len(set(seen)) == 5
