"""The receipt of a decision: everything it was made of, and the same decision again from it alone."""

import argparse
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from case_world import NAMES, NOTHING, Story
from test_redecide import granted

from tongban.base.clock import SettableClock
from tongban.base.errors import Refused
from tongban.base.keylist import published
from tongban.base.keys import KeyRing, Use
from tongban.base.statements import Statement, stated
from tongban.cases.deciding_again import decide_again, read_receipt
from tongban.cases.decision_receipt import KIND, DecisionReceipt, decision_receipt
from tongban.catalog.model import Service
from tongban.cli import redecide as command
from tongban.cli import verify


def receipt(story: Story) -> DecisionReceipt:
    return decision_receipt(story.definition, story.events, story.state, NOTHING, NAMES, demo=True)


def said(story: Story) -> dict[str, Any]:
    return json.loads(msgspec.json.encode(receipt(story)))


def test_it_names_what_was_read_the_row_the_law_who_decided_and_the_dates_of_remedies(story: Story):
    done = granted(story)
    made = receipt(done)
    decided = next(event for event in done.events if event.decides)
    assert made.rules == decided.judged and made.kept
    assert {one.name for one in made.inputs} == set(made.rules["inputs"])
    assert made.decided.official == decided.by.name and made.decided.authority == decided.authority
    assert made.decided.outcome == "favourable" and made.decided.at == decided.at
    assert made.tables and all(one.rows for one in made.tables)
    assert made.law and made.message.zh
    assert made.remedies is not None
    day = done.definition.local(decided.at)
    assert made.remedies.reconsideration_by == day + timedelta(days=60)  # 行政复议法 20
    assert f"{made.remedies.sue_by.month}月" in made.remedies.words.zh
    assert made.machine == NOTHING


def test_decided_again_from_the_receipt_alone_outcome_and_digest_are_the_same(story: Story, service: Service):
    again = decide_again(read_receipt(said(granted(story))), [service])
    assert again.same, again.differences
    assert again.digest == receipt(granted(story)).rules["digest"]
    assert "一致" in again.followed.zh


Change = Callable[[dict[str, Any]], None]
CHANGES: dict[str, tuple[Change, str]] = {
    "another outcome": (lambda r: r["rules"].update(outcome="ineligible"), "outcome"),
    "another digest": (lambda r: r["rules"].update(digest="sha256:" + "0" * 64), "digest"),
    "other rows": (lambda r: r["rules"]["rows"].update({next(iter(r["rules"]["rows"])): [99]}), "rows"),
    "another message": (lambda r: r["message"].update(zh="不行"), "message"),
    "an input shown otherwise": (lambda r: r["inputs"][0].update(value="别的"), "inputs"),
    "an input left out": (lambda r: r["inputs"].pop(), "inputs"),
    "another law": (lambda r: r["law"].clear(), "law"),
    "another day shown": (lambda r: r.update(day="2020-01-01"), "day"),
    "an output that was not": (lambda r: r["outputs"].update(amount=9), "outputs"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_was_changed_is_named(name: str, story: Story, service: Service):
    changed = said(granted(story))
    change, part = CHANGES[name]
    change(changed)
    again = decide_again(read_receipt(changed), [service])
    assert not again.same
    assert part in {one.part for one in again.differences}


def test_a_text_changed_since_is_not_the_one_it_names(story: Story, service: Service):
    other = msgspec.structs.replace(service, owner="改过")
    with pytest.raises(Refused) as refused:
        decide_again(read_receipt(said(granted(story))), [other])
    assert refused.value.code == "version-not-here"


@pytest.mark.parametrize("broken", [{}, {"rules": 1}, {"case": "x"}])
def test_what_is_no_receipt_is_refused(broken: dict[str, Any]):
    with pytest.raises(Refused) as refused:
        read_receipt(broken)
    assert refused.value.code == "not-a-receipt"


def test_an_undecided_case_has_none(story: Story):
    with pytest.raises(Refused) as refused:
        receipt(story.open())
    assert refused.value.code == "not-decided"


def test_an_unknown_field_is_a_fault_for_it_would_be_signed_and_not_shown(story: Story):
    with pytest.raises(Refused):
        read_receipt(said(granted(story)) | {"more": 1})


# --- the command -----------------------------------------------------------------------------------------------------


def run(*words: str | Path) -> int:
    parser = argparse.ArgumentParser()
    command.configure(parser)
    return command.run(parser.parse_args(list(map(str, words))))


@pytest.fixture
def files(story: Story, tmp_path: Path, clock: SettableClock) -> tuple[Path, Path, Statement]:
    ring = KeyRing.open(tmp_path / "keys", clock())
    signed = stated(ring, Use.DECISION, KIND, receipt(granted(story)), clock())
    (tmp_path / "receipt.json").write_bytes(signed.as_file())
    (tmp_path / "list.json").write_bytes(published(ring, clock()).as_file())
    return tmp_path / "receipt.json", tmp_path / "list.json", signed


SERVICES = Path(__file__).parent / "files"


def test_the_command_says_the_same_and_ends_well(
    files: tuple[Path, Path, Statement], capsys: pytest.CaptureFixture[str]
):
    path, keys, signed = files
    assert run(path, "--services", SERVICES, "--keys", keys) == 0
    out = capsys.readouterr().out
    assert "签名：成立" in out and "完全一样" in out and signed.said["rules"]["digest"] in out
    assert run(path, "--services", SERVICES, "--data", path.parent / "nowhere", "--lang", "en") == 0
    assert "not checked" in capsys.readouterr().out


def test_a_receipt_that_differs_or_was_altered_ends_with_1_and_says_what(
    files: tuple[Path, Path, Statement], capsys: pytest.CaptureFixture[str]
):
    path, keys, signed = files
    changed = json.loads(signed.as_file())
    changed["said"]["rules"]["outcome"] = "ineligible"
    path.write_text(json.dumps(changed), encoding="utf-8")
    assert run(path, "--services", SERVICES, "--keys", keys) == 1
    assert "签名是假的" in capsys.readouterr().err
    assert run(path, "--services", SERVICES, "--data", path.parent / "nowhere") == 1
    assert "不一样：outcome" in capsys.readouterr().out


def test_verify_knows_a_receipt_and_refuses_one_with_a_signature_taken_off(
    files: tuple[Path, Path, Statement], capsys: pytest.CaptureFixture[str]
):
    path, keys, signed = files
    parser = argparse.ArgumentParser()
    verify.configure(parser)
    words = [str(path), "--keys", str(keys)]
    assert verify.run(parser.parse_args(words)) == 0  # its service is not shipped: signatures only, and it says so
    assert "签名都成立" in capsys.readouterr().out
    path.write_bytes(msgspec.structs.replace(signed, signatures=()).as_file())
    assert verify.run(parser.parse_args(words)) == 1
    assert "没有签名" in capsys.readouterr().out


def test_what_cannot_be_decided_again_ends_with_2(files: tuple[Path, Path, Statement], tmp_path: Path):
    path, keys, _ = files
    assert run(path, "--services", tmp_path, "--keys", keys) == 2
    (tmp_path / "noise").write_bytes(b"\x00\xff")
    assert run(tmp_path / "noise", "--keys", keys) == 2
    assert run(tmp_path / "missing", "--keys", keys) == 2


def test_a_day_is_the_day_of_application(story: Story):
    assert receipt(granted(story)).day == date(2026, 11, 3)
