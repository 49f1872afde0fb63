"""A hand-over moves the duty to answer and nothing else; who held a case how long is told and adds up."""

from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from case_world import Story
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.base.i18n import Text
from tongban.base.keys import KeyRing
from tongban.cases.clocks import running
from tongban.cases.custody import Receipt, papers_digest, read, shares, sign, worked
from tongban.cases.definition import Definition
from tongban.cases.evolve import evolve, fold
from tongban.cases.model import By, Custody, Event, Office, Own

OTHER = Office("other-market", Text("河西区市场监管局（演示）", "Hexi Market Regulator (demo)"))
THIRD = Office("city-market", Text("岚江市市场监管局（演示）", "City Market Regulator (demo)"))
MARKET = Office("market", Text("清源区市场监管局（演示）", "Qingyuan Market Regulator (demo)"))


@pytest.fixture(scope="module")
def opened(definition: Definition) -> Story:
    return Story(definition).open()


def _event(story: Story, kind: Own, at: datetime, **payload: object) -> Event:
    by = By("official", "o-clerk", "clerk", "clerk", "market")
    return Event(seq=story.state.seq + 1, type=kind, at=at, by=by, to="same", payload=payload)


def _told(story: Story, kind: Own, at: datetime, **payload: object) -> Story:
    return Story(story.definition, (*story.events, _event(story, kind, at, **payload)), at)


def _handed(story: Story, to: Office, at: datetime, start: Office = MARKET) -> Story:
    said = Custody(start, to, at, Text("住在河西区", "lives in Hexi"), "")
    payload = {k: v for k, v in msgspec.to_builtins(said).items() if k in ("from_office", "to_office", "reason")}
    return _told(story, Own.HANDED_ON, at, **payload, region="990102")


def test_who_handed_on_owes_the_answer_until_the_other_has_taken_over(opened: Story):
    handed = _handed(opened, OTHER, opened.now + timedelta(hours=1))
    assert handed.state.office.id == "market"
    assert handed.state.on_its_way
    taken = _told(handed, Own.TAKEN_OVER, handed.now, receipt="signed")
    assert (taken.state.office, taken.state.place, taken.state.on_its_way) == (OTHER, "990102", None)
    assert taken.state.custody[0].receipt == "signed"


def test_a_hand_over_changes_neither_number_nor_state_nor_papers_nor_any_clock(opened: Story):
    taken = _told(_handed(opened, OTHER, opened.now), Own.TAKEN_OVER, opened.now)
    before, after = opened.state, taken.state
    assert (after.case, after.state, after.facts, after.moves) == (
        before.case,
        before.state,
        before.facts,
        before.moves,
    )
    later = opened.now + timedelta(days=3)
    assert running(opened.definition, after, later) == running(opened.definition, before, later)
    assert papers_digest(after) == papers_digest(before)


def test_what_the_body_above_sends_back_stays_where_it_was(opened: Story):
    objected = _told(_handed(opened, OTHER, opened.now), Own.HAND_ON_REFUSED, opened.now, reasons="不归我们管")
    assert objected.state.on_its_way
    back = _told(objected, Own.HAND_ON_SETTLED, opened.now, to="sender")
    assert (back.state.office.id, back.state.on_its_way) == ("market", None)
    kept = _told(objected, Own.HAND_ON_SETTLED, opened.now, to="receiver", receipt="r")
    assert kept.state.office == OTHER


def test_nothing_is_taken_over_that_was_not_handed_on(opened: Story):
    with pytest.raises(ValueError, match="nothing was handed on"):
        evolve(opened.state, _event(opened, Own.TAKEN_OVER, opened.now))


def test_a_receipt_proves_what_was_handed_over_and_a_changed_one_proves_nothing(tmp_path: Path, opened: Story):
    ring = KeyRing.open(tmp_path, opened.now)
    receipt = Receipt(opened.state.case.case, 1, "market", "other-market", papers_digest(opened.state), opened.now)
    token = sign(ring, receipt)
    assert read(token, ring.public.get, opened.now) == receipt
    with pytest.raises(ValueError):
        read(token[:-4] + "AAAA", ring.public.get, opened.now)
    more = msgspec.structs.replace(opened.state, facts={**opened.state.facts, "metres": "4"})
    assert papers_digest(more) != papers_digest(opened.state)


def test_each_body_is_told_the_working_days_it_held(opened: Story):
    """Opened on Tuesday 3 November; in other hands from Thursday the 5th; looked at on Wednesday the 11th."""
    thursday = opened.at(11, 5).now
    taken = _told(_handed(opened, OTHER, thursday), Own.TAKEN_OVER, thursday)
    held = shares(opened.definition, taken.state, opened.at(11, 11).now)
    assert [(share.office.id, share.days) for share in held] == [("market", 2), ("other-market", 4)]


@given(
    hours=st.lists(st.integers(0, 900), min_size=1, max_size=6),
    pause=st.tuples(st.integers(0, 1200), st.integers(0, 300)),
)
@settings(max_examples=40, deadline=None)
def test_the_shares_add_up_to_the_whole_whoever_held_it_when(opened: Story, hours: list[int], pause: tuple[int, int]):
    story, holders = opened, [MARKET, OTHER, THIRD]
    for n, moment in enumerate(sorted(hours)):
        at = opened.now + timedelta(hours=moment)
        story = _handed(story, holders[(n + 1) % 3], at, holders[n % 3])
        story = _told(story, Own.TAKEN_OVER, at)
    begun = opened.now + timedelta(hours=pause[0])
    over = begun + timedelta(hours=pause[1])
    term = opened.state.moves[0].term
    moves = [
        msgspec.structs.replace(opened.state.moves[0], do=do, at=at) for do, at in (("pause", begun), ("resume", over))
    ]
    assert all(move.term == term for move in moves)
    state = msgspec.structs.replace(story.state, moves=(*opened.state.moves, *moves))
    now = opened.now + timedelta(hours=1600)
    whole = worked(opened.definition, opened.now, now, [(begun, over)])
    held = shares(opened.definition, state, now)
    assert sum(share.days for share in held) == whole
    assert all(share.days >= 0 for share in held)
    spans = sorted(span for share in held for span in share.held)
    assert spans[0][0] == opened.now
    assert spans[-1][1] == now
    assert all(one[1] == two[0] for one, two in pairwise(spans))


def test_histories_from_before_there_was_custody_read_as_they_did(opened: Story):
    kept = msgspec.json.encode(opened.events)
    assert b"received_by" not in kept
    assert b"installation" not in kept
    state = fold(msgspec.json.decode(kept, type=tuple[Event, ...]))
    assert (state.office, state.place) == (state.case.office, state.case.region)
