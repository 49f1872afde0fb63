"""Killed with -9 at any moment, nothing acknowledged is lost and nothing is there twice."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.newcomer import data_directory

pytestmark = pytest.mark.database

COUNT = 500
HERE = Path(__file__).parent


@pytest.fixture
def home() -> Iterator[Path]:
    with data_directory() as directory:
        yield directory


class Worker:
    """A running worker and what it has said."""

    def __init__(self, home: Path) -> None:
        self.acknowledged: dict[str, str] = {}
        self.server = 0
        self.end: tuple[int, ...] = ()
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "crash_worker.py"), str(home), str(COUNT)],
            stdout=subprocess.PIPE,
            text=True,
        )

    def hear(self, until: int | None = None) -> None:
        """Listen to the end, or until so many submissions are acknowledged."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            match line.split():
                case ["SERVER", pid]:
                    self.server = int(pid)
                case ["ACK", key, case]:
                    self.acknowledged[key] = case
                case ["END", *numbers]:
                    self.end = tuple(map(int, numbers))
                case _:
                    raise AssertionError(line)
            if until is not None and len(self.acknowledged) >= until:
                return


def test_killing_the_application_loses_and_duplicates_nothing(home: Path) -> None:
    first = Worker(home)
    first.hear(until=random.randint(1, COUNT - 50))
    first.process.kill()
    first.hear()
    first.process.wait()
    assert first.end == ()
    second = Worker(home)
    second.hear()
    assert second.process.wait() == 0
    assert len(second.acknowledged) == COUNT
    assert first.acknowledged.items() <= second.acknowledged.items()
    assert len(set(second.acknowledged.values())) == COUNT
    assert second.end == (COUNT, COUNT, COUNT, COUNT)


def test_killing_the_database_loses_and_duplicates_nothing(home: Path) -> None:
    worker = Worker(home)
    worker.hear(until=random.randint(1, COUNT - 50))
    os.kill(worker.server, signal.SIGKILL)
    worker.hear()
    assert worker.process.wait() == 0
    assert len(worker.acknowledged) == COUNT
    assert len(set(worker.acknowledged.values())) == COUNT
    assert worker.end == (COUNT, COUNT, COUNT, COUNT)
