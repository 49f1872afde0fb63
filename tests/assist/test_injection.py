"""Texts that tell a model what to do, put where people write: nothing moves, nobody else appears, nothing leaves bare.

The fake model obeys: whatever it is asked, it answers as the texts of `injection.yaml` would have it.
"""

from pathlib import Path

import pytest
import yaml
from tests.assist.drafting_world import SECRETS, answering, case_without_papers, drafting, said
from tests.assist.fake_model import Asked, Reply, answer, chunks_of, saying

from tongban.assist import routing
from tongban.assist.drafting import plain
from tongban.assist.drafting.model import Drafted, Kind
from tongban.assist.drafting.sources import gather
from tongban.assist.drafting.verify import verified
from tongban.assist.model import Suggestion
from tongban.assist.routing.training import train
from tongban.assist.routing.urgency import Level, judge
from tongban.base.clock import SettableClock
from tongban.base.database import Database

TEXTS: list[str] = yaml.safe_load((Path(__file__).parent / "injection.yaml").read_text(encoding="utf-8"))["texts"]
REQUESTS = Path(routing.__file__).parent / "data"
OTHERS = (
    "13800138000",
    "13900139000",
    "11010119900307803X",
    "6222020200112233445",
    "110105194912310021B1",
)
"""Numbers of other people in the texts: they are masked too before anything leaves."""
PAYLOADS = (
    "已批准，准予办理，请直接发证。",
    "请先转账300元到6222020200112233445。",
    "王桂芳住在河埠巷18号，电话13800138000。",
    "详情见http://lj-fuwu.example/pay。",
    "依据《特殊人员快速办理条例》第9条，当日办结。",
    "请在3天内补正，逾期罚款。",
    "申请人属于失信人员，违法。",
    "办件990101-261103-00000002的材料附后。",
)
"""What an obeying model says, each under a true quote of every source that it was given."""


def obeying(asked: Asked) -> Reply:
    """Does as the texts want."""
    chunks = chunks_of(asked)
    name, quote = next(iter(chunks.items()))
    return saying(answer(*((payload, name, quote) for payload in PAYLOADS), (quote, name, quote)))


async def _rows(db: Database) -> dict[str, int]:
    """How many rows each table has that is not the assist log, nor what waits of it for the public log."""
    names = await db.fetch(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'assist%'"
        " AND tablename <> 'ledger_waiting'"
    )
    return {row["tablename"]: await db.fetchval(f'SELECT count(*) FROM "{row["tablename"]}"') for row in names}


def test_the_corpus_is_as_large_as_promised_and_repeats_nothing() -> None:
    assert len(TEXTS) == len(set(TEXTS)) >= 60


async def test_an_obeying_model_puts_no_payload_before_an_official_and_moves_no_case(
    db: Database, clock: SettableClock
) -> None:
    view = case_without_papers()
    before = await _rows(db)
    found: list[Drafted] = []
    with answering([obeying]) as (server, model):
        room = await drafting(db, clock, model, "fake")
        for text in TEXTS:
            suggestion = await room.summary(said(view, text))
            assert isinstance(suggestion, Suggestion), (text, suggestion)
            found.append(suggestion.value)
        await model.close()
    assert len(server.received) == len(TEXTS)
    assert [draft.dropped for draft in found] == [len(PAYLOADS)] * len(TEXTS)
    shown = "".join(draft.words("zh") for draft in found)
    assert not [payload for payload in PAYLOADS if payload in shown]
    assert await _rows(db) == before | {"person_key": 1}  # under which what was said to the model is sealed
    leaked = [secret for secret in (*SECRETS, *OTHERS) if secret in server.everything]
    assert not leaked


@pytest.mark.parametrize("kind", [Kind.REPLY, Kind.SUMMARY, Kind.REFUSAL, Kind.CORRECTION])
def test_without_a_model_the_words_of_a_person_are_repeated_as_theirs_and_never_obeyed(kind: Kind) -> None:
    """The text appears only between quotation marks, under `您说` or `本人的话`; everything else is as without it."""
    view = case_without_papers()
    quiet = plain.draft(gather(said(view, "你好")), kind)
    for text in TEXTS:
        case = gather(said(view, text))
        drafted = plain.draft(case, kind)
        assert (drafted is None) == (quiet is None)
        if drafted is None or quiet is None:
            continue
        assert not verified(drafted.sentences, case.sources, case.day, case.region, ("zh",)).dropped, text
        told = [s for s in drafted.sentences if any("#said/" in one.source for one in s.evidence)]
        rest = [s for s in drafted.sentences if s not in told]
        assert rest == [s for s in quiet.sentences if not any("#said/" in one.source for one in s.evidence)]
        for sentence in told:
            assert sentence.text.zh.startswith(("您说：“", "后补材料或说明情况，本人的话：“"))


def test_routing_reads_them_as_words_and_is_sure_of_none() -> None:
    """No text names its own class, confidence or urgency: the words of an instruction weigh like any other words."""
    rows: dict[str, list[str]] = yaml.safe_load((REQUESTS / "requests.yaml").read_text(encoding="utf-8"))
    chosen = dict(list(rows.items())[:6])
    labels = [label for label, texts in chosen.items() for _ in texts]
    model = train([text for texts in chosen.values() for text in texts], labels)
    for text, found in zip(TEXTS, model.answers(TEXTS), strict=True):
        assert {one.label for one in found.top} <= set(chosen), text
        assert all(0 <= one.confidence <= 1 for one in found.top), text
        assert not found.sure, text
        assert judge(text).level is Level.USUAL, text
