"""No forged receipt is accepted, and each is refused for its own reason (docs/proof.md counts them)."""

import argparse
from pathlib import Path

import pytest
from tests.ledger.forged_receipts import CASE, GOOD, TREE, Forged, forgeries
from tests.ledger.small_log import NOW, PLACE, SECOND, WITNESS, events, policy, receipt

from tongban.cli import verify as command
from tongban.ledger.faults import FAULTS, Fault
from tongban.ledger.receipts import POINTS, Point, verify

FORGED = list(forgeries())


def test_the_true_receipt_holds() -> None:
    found = verify(GOOD, policy(least=1), NOW)
    assert found.holds and found.fault is None
    assert [one.what.zh for one in found.statements] == ["提交申请", "受理", "补正", "准予", "发证"]
    assert {one.case for one in found.statements} == {CASE}
    assert [one.key.name for one in found.witnesses] == [WITNESS.name]
    both = receipt(TREE, events(), PLACE, TREE.note(WITNESS, SECOND))
    assert verify(both, policy(least=2), NOW).holds
    assert verify(both, policy(), NOW, earlier=receipt(TREE, events(count=3), 202)).holds


@pytest.mark.parametrize("forged", FORGED, ids=lambda one: one.name)
def test_a_forged_receipt_is_refused_for_its_own_reason(forged: Forged) -> None:
    found = verify(forged.file, forged.policy, NOW, earlier=forged.earlier)
    assert (found.holds, found.fault, found.statements) == (False, forged.fault, ())


@pytest.mark.parametrize("forged", [one for one in FORGED if one.earlier], ids=lambda one: one.name)
def test_what_an_earlier_receipt_shows_cannot_be_seen_without_it(forged: Forged) -> None:
    assert verify(forged.file, forged.policy, NOW).holds  # which is why a receipt comes with each notice


def test_there_are_as_many_as_the_document_says() -> None:
    assert len(FORGED) == len({one.name for one in FORGED})
    said = " ".join((Path(__file__).parents[2] / "docs" / "proof.md").read_text(encoding="utf-8").split())
    assert f"`tests/ledger/forged_receipts.py`: {len(FORGED)} of them" in said
    assert f"for {len({one.fault for one in FORGED})} different reasons" in said


def test_every_reason_and_every_point_has_its_words() -> None:
    assert set(FAULTS) == set(Fault)
    assert set(POINTS) == set(Point)


def test_the_command_says_what_holds_and_ends_with_1_for_anything_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, log = tmp_path / "mine.tlog-proof", tmp_path / "policy.json"
    log.write_bytes(bytes(policy()))

    def run(data: bytes, *more: str) -> int:
        file.write_bytes(data)
        parser = argparse.ArgumentParser()
        command.configure(parser)
        return command.run(parser.parse_args([str(file), "--log", str(log), "--lang", "en", *more]))

    assert run(GOOD) == 0
    said = capsys.readouterr().out
    assert "The receipt holds" in said and CASE in said and "Qingyuan Police" in said
    assert "does not prove that what was recorded is true" in said
    assert run(GOOD.replace(b"index 204", b"index 205")) == 1
    assert "This history is not in the log" in capsys.readouterr().out
    (tmp_path / "earlier").write_bytes(GOOD)
    older = next(one for one in FORGED if one.fault is Fault.HISTORY_SHORTENED)
    assert run(older.file) == 0
    assert run(older.file, "--earlier", str(tmp_path / "earlier")) == 1
    log.write_bytes(b"{}")
    assert run(GOOD) == 2
