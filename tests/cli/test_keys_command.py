"""`tongban keys`: signing keys are listed, rotated and asked for in two suites; a wrong order is a sentence."""

import argparse
from pathlib import Path

import pytest

from tongban.base.clock import system_clock
from tongban.base.crypto import Suite, libcrypto
from tongban.base.keys import KeyRing, Use
from tongban.cli import keys


@pytest.fixture
def data(tmp_path: Path) -> Path:
    KeyRing.open(tmp_path / "keys", system_clock()())
    return tmp_path


def run(data: Path, *words: str) -> int:
    parser = argparse.ArgumentParser()
    keys.configure(parser)
    return keys.run(parser.parse_args([*words, "--data", str(data)]))


def ring(data: Path) -> KeyRing:
    return KeyRing.open(data / "keys", system_clock()())


def test_a_class_gets_another_key_and_the_old_one_ends_in_a_week(data: Path, capsys: pytest.CaptureFixture[str]):
    before, now = ring(data), system_clock()()
    old = before.signer(Use.CERTIFICATE, now)
    assert run(data, "rotate", "certificate") == 0
    after = ring(data)
    new = after.signer(Use.CERTIFICATE, system_clock()())
    assert new.id != old.id and new.id in capsys.readouterr().out
    assert 6 <= (after.public[old.id].not_after - now).days <= 7
    assert after.signer(Use.LOG, now) == before.signer(Use.LOG, now), "no other class is touched"


def test_keys_that_others_may_have_are_believed_in_nothing(data: Path):
    now = system_clock()()
    old = ring(data).signer(Use.DECISION, now)
    assert run(data, "rotate", "decision", "--lost") == 0
    gone = ring(data).public[old.id]
    assert not gone.valid_at(now) and not gone.valid_at(gone.not_before)


@pytest.mark.skipif(not libcrypto.available(), reason="not run: libcrypto of this machine has no SM2")
def test_a_class_can_be_asked_for_in_both_suites_and_in_one_again(data: Path, capsys: pytest.CaptureFixture[str]):
    assert run(data, "require", "decision", "--suite", "gm") == 0
    assert ring(data).keys.suites(Use.DECISION) == (Suite.INTL, Suite.GM)
    assert ring(data).keys.suites(Use.CERTIFICATE) == (Suite.INTL,)
    capsys.readouterr()
    assert run(data, "list") == 0
    assert "decision: intl + gm" in capsys.readouterr().out
    assert run(data, "require", "decision", "--suite", "intl") == 0
    assert ring(data).keys.suites(Use.DECISION) == (Suite.INTL,)


@pytest.mark.parametrize(
    "words",
    [
        ("rotate", "certificates"),
        ("rotate", "--lost"),
        ("require", "decision"),
        ("require", "--suite", "gm"),
        ("require", "exchange", "--suite", "gm"),
        ("list", "decision"),
        ("erase", "p-nobody"),
        ("erase", "--why", "asked"),
    ],
)
def test_a_wrong_order_is_a_sentence_and_exit_status_2(
    words: tuple[str, ...], data: Path, capsys: pytest.CaptureFixture[str]
):
    before = ring(data).public
    assert run(data, *words) == 2
    assert capsys.readouterr().err.strip()
    assert ring(data).public == before


def test_where_nothing_was_started_no_key_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path / "none", "rotate", "log") == 1
    assert "no-installation" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
