"""A language model may word a draft. Whatever it does, an official gets sentences that hold, or the draft without."""

import pytest
from tests.assist import fake_model
from tests.assist.drafting_world import ACT, FIELD, SECRETS, answering, case_without_papers, drafting
from tests.assist.fake_model import Asked, Reply, Step, answer, chunks_of, saying

from tongban.assist.drafting.model import Drafted
from tongban.assist.drafting.service import NOTICE
from tongban.assist.model import Abstain, Suggestion
from tongban.assist.records import OptOut
from tongban.assist.store import drafts, switches
from tongban.assist.store.drafts import SentDraft
from tongban.base.clock import SettableClock
from tongban.base.database import Database

HINT = "手画的也行，标出厨房、洗菜、放餐具的地方。"


async def drafted(
    db: Database,
    clock: SettableClock,
    *script: Step,
    registered: str = "fake",
    seconds: float = 5.0,
    allowed: bool = True,
) -> tuple[Drafted, fake_model.FakeServer]:
    """The draft of a correction, with a server that answers by the script."""
    with answering(script, seconds) as (server, model):
        room = await drafting(db, clock, model, registered)
        found = await room.offer(case_without_papers(model_allowed=allowed), ACT, FIELD)
        await model.close()
    assert isinstance(found, Suggestion), found
    return found.value, server


async def test_a_sound_answer_is_offered_as_the_models_words_with_its_quotes(
    db: Database, clock: SettableClock
) -> None:
    found, server = await drafted(db, clock, fake_model.honest)
    assert found.written_by == "model"
    assert HINT in found.words("zh")
    assert all(sentence.evidence for sentence in found.sentences)
    assert "周晓岚" in found.words("zh"), "the name is put back after the call"
    assert len(server.received) == 1


async def test_nothing_that_names_a_person_leaves_the_house(db: Database, clock: SettableClock) -> None:
    _, server = await drafted(db, clock, fake_model.honest)
    assert server.received
    assert not [secret for secret in SECRETS if secret in server.everything]


def garbled(asked: Asked) -> Reply:
    """Not JSON at all."""
    return saying("好的，以下是草稿：" + "".join(chunks_of(asked).values()))


def extra_field(_: Asked) -> Reply:
    """An answer with a command in it."""
    return saying('{"sentences": [], "act": "grant"}')


@pytest.mark.parametrize(
    "fault",
    [
        fake_model.too_many,
        fake_model.broken,
        fake_model.cut,
        fake_model.streaming,
        fake_model.wrong_chunk,
        fake_model.invented,
        fake_model.constant(""),
        fake_model.constant("null"),
        fake_model.constant('{"sentences": []}'),
        garbled,
        extra_field,
    ],
    ids=lambda step: getattr(step, "__name__", "constant"),
)
async def test_a_model_that_fails_costs_the_official_nothing(db: Database, clock: SettableClock, fault: Step) -> None:
    found, _ = await drafted(db, clock, fault)
    assert found.written_by == "rules"
    assert HINT in found.words("zh")


async def test_a_model_that_never_answers_is_not_waited_for(db: Database, clock: SettableClock) -> None:
    found, _ = await drafted(db, clock, fake_model.hanging, seconds=0.2)
    assert found.written_by == "rules"


async def test_a_malformed_answer_may_be_mended_once_and_only_once(db: Database, clock: SettableClock) -> None:
    found, server = await drafted(db, clock, fake_model.cut, fake_model.honest)
    assert found.written_by == "model"
    assert len(server.received) == 2
    found, server = await drafted(db, clock, fake_model.cut, fake_model.cut, fake_model.honest)
    assert found.written_by == "rules"
    assert len(server.received) == 2


async def test_an_older_server_without_schemas_is_asked_in_words(db: Database, clock: SettableClock) -> None:
    found, server = await drafted(db, clock, fake_model.no_schema(fake_model.honest))
    assert found.written_by == "model"
    assert [one["response_format"]["type"] for one in server.received] == ["json_schema", "json_object"]


async def test_a_quote_altered_by_one_digit_is_dropped_and_the_rest_kept(db: Database, clock: SettableClock) -> None:
    found, _ = await drafted(db, clock, fake_model.altered)
    assert found.written_by == "model"
    assert found.dropped > 0
    assert "第33条" not in found.words("zh")
    assert "2027年" not in found.words("zh")
    assert "3026年" not in found.words("zh")


async def test_one_invented_sentence_among_true_ones_is_dropped_alone(db: Database, clock: SettableClock) -> None:
    def mixed(asked: Asked) -> Reply:
        name, text = next((name, text) for name, text in chunks_of(asked).items() if HINT in text)
        return saying(answer((HINT, name, HINT), ("请另缴工本费300元。", name, text)))

    found, _ = await drafted(db, clock, mixed)
    assert (found.words("zh"), found.dropped, found.written_by) == (HINT, 1, "model")


async def test_a_model_that_the_register_does_not_name_is_never_called(db: Database, clock: SettableClock) -> None:
    for registered in ("", "another"):
        found, server = await drafted(db, clock, fake_model.honest, registered=registered)
        assert found.written_by == "rules"
        assert server.received == []


async def test_a_service_whose_file_does_not_allow_it_is_never_put_to_a_model(
    db: Database, clock: SettableClock
) -> None:
    found, server = await drafted(db, clock, fake_model.honest, allowed=False)
    assert found.written_by == "rules"
    assert server.received == []


async def test_who_wants_no_machine_gets_none(db: Database, clock: SettableClock) -> None:
    with answering([fake_model.honest]) as (server, model):
        room = await drafting(db, clock, model, "fake")
        view = case_without_papers()
        person = room.gate.hashed(view.opening.applicant.id)
        async with room.store.acting() as connection:
            choice = OptOut(region="990101", person=person, use=NOTICE, at=clock(), state="out")
            await switches.choose(connection, choice)
        found = await room.offer(view, ACT, FIELD)
        await model.close()
    assert isinstance(found, Abstain)
    assert found.code == "opted-out"
    assert server.received == []


async def test_drafts_of_a_body_are_read_page_by_page_and_no_other_bodys_are_among_them(
    db: Database, clock: SettableClock
) -> None:
    with answering([fake_model.honest]) as (_, model):
        room = await drafting(db, clock, model, "")
        await model.close()
    key = await room.store.owner("p-1")
    async with room.store.acting() as connection:
        for number, body in enumerate(("market", "market", "police", "market")):
            sent = SentDraft(
                region="990101", call=f"call-{number}", person="o-1", subject="990101-261103-00000001", body=body,
                post="post-1", name="李审核", act=ACT, field=FIELD, at=clock(), offered="甲", sent="乙", kept=0.0,
            )  # fmt: skip
            await drafts.add(connection, sent, key)
    seen: list[str] = []
    after: str | None = None
    while True:
        found = await room.of_bodies(["market"], after, limit=2)
        seen += [one.call for one in found.items]
        after = found.next
        if after is None:
            break
    assert seen == ["call-3", "call-1", "call-0"]
