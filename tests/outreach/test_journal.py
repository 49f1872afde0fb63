"""A run over people leaves its record beside the data before anybody is compared, whatever comes of it."""

import argparse
from pathlib import Path

import pytest
from match_world import DAY

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.catalog.model import Service
from tongban.catalog.policy import Policy
from tongban.cli import match as command
from tongban.outreach import journal
from tongban.outreach.offers import run_of
from tongban.sharing.access import Run, runs
from tongban.sharing.model import Reader

Pairs = list[tuple[Policy, Service]]


def some(pairs: Pairs, clock: SettableClock) -> list[Run]:
    by = Reader(kind="operator", id="operator", title="operator")
    return [run_of(policy, service, DAY, clock(), by, people=20_000, found=0) for policy, service in pairs[:2]]


async def test_runs_are_entered_once_they_end_or_break_off_and_only_once(
    db: Database, tmp_path: Path, pairs: Pairs, clock: SettableClock
) -> None:
    wanted = some(pairs, clock)
    number = journal.begin(tmp_path, wanted, clock())
    assert await journal.take_in(db, tmp_path, clock()) == 0, "it is still running"
    journal.ended(tmp_path, number, {wanted[0].policy: 7}, clock())
    clock.advance(hours=1)
    journal.begin(tmp_path, some(pairs, clock), clock())
    for _ in range(2):
        await journal.take_in(db, tmp_path, clock())
    assert {(one.policy, one.people, one.found) for one in (await runs(db, None, 9)).items} == {
        (wanted[0].policy, 20_000, 7),
        (wanted[1].policy, 20_000, 0),
    }
    clock.advance(days=1, hours=1)
    await journal.take_in(db, tmp_path, clock())
    found = (await runs(db, None, 9)).items
    assert [one.found for one in found].count(None) == 2, "what broke off was begun all the same"


def test_a_line_that_was_changed_or_taken_out_is_noticed_and_nothing_runs_after_it(
    tmp_path: Path, pairs: Pairs, clock: SettableClock
) -> None:
    for _ in range(3):
        journal.begin(tmp_path, some(pairs, clock), clock())
    path = tmp_path / journal.FILE
    assert path.stat().st_mode & 0o077 == 0
    whole = path.read_bytes().splitlines(keepends=True)
    changed = [whole[0].replace(b"20000", b"20001"), *whole[1:]]
    for broken in (changed, [whole[0], whole[2]], whole[1:], [*whole, b"{}\n"]):
        path.write_bytes(b"".join(broken))
        with pytest.raises(Refused) as refused:
            journal.begin(tmp_path, some(pairs, clock), clock())
        assert refused.value.code == "journal-altered"
        assert path.read_bytes() == b"".join(broken)


def test_half_a_line_of_a_full_disk_stops_no_later_run(tmp_path: Path, pairs: Pairs, clock: SettableClock) -> None:
    journal.begin(tmp_path, some(pairs, clock), clock())
    path = tmp_path / journal.FILE
    path.write_bytes(path.read_bytes() + path.read_bytes()[:50])
    number = journal.begin(tmp_path, some(pairs, clock), clock())
    assert [one.id for one in journal.lines(path)][1:] == [number]
    assert path.read_bytes().count(b"\n") == 2


def test_what_cannot_be_written_down_is_not_run(
    tmp_path: Path, people: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / journal.FILE).mkdir()
    given = ["--people", str(people), "--out", str(tmp_path / "out"), "--data", str(tmp_path), "--as-of", str(DAY)]
    assert run(given) != 0
    assert not (tmp_path / "out").exists()
    assert "没有比对" in capsys.readouterr().err


def test_the_command_writes_what_it_compared_and_how_many_it_found(tmp_path: Path, people: Path) -> None:
    given = ["--people", str(people), "--out", str(tmp_path / "out"), "--data", str(tmp_path), "--as-of", str(DAY)]
    assert run(given) == 0
    begun, done = journal.lines(tmp_path / journal.FILE)
    assert begun.id == done.id and done.found is not None
    assert {one.policy for one in begun.runs} == done.found.keys()
    assert all(one.people == 20_000 and one.law.zh and one.resources for one in begun.runs)
    assert sum(done.found.values()) > 100


def run(given: list[str]) -> int:
    parser = argparse.ArgumentParser()
    command.configure(parser)
    return command.run(parser.parse_args(given))
