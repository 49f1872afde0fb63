"""Handing cases over between two installations while the line drops messages and each process is killed twice.

Two processes with a database, keys and files of their own, one message in ten lost on its way or its answer after it
was done. Each process and its database are killed (SIGKILL) twice in the middle of the work and started again. At the
end both say what they have said and heard; the two statements are compared, receipt by receipt. The yardstick is the
same number of cases over a line that loses nothing, with nobody killed.
"""

from __future__ import annotations

import os
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from benchmarks.world import ROOT

from tongban.base.clock import system_clock
from tongban.cases.handover import receipts
from tongban.cases.handover.agreeing import Findings, Statement, compare
from tongban.cases.handover.model import Receipt
from tongban.org.demo.provinces import Province
from tongban.sharing.channel.neighbours import Neighbours

CASES = 1_000
DROPS = 0.1
KILLS = (0.2, 0.4, 0.6, 0.8)
"""When a process is killed: at this share of the cases taken over, in turn one and the other."""
_PATIENCE = 900.0


@dataclass
class Running:
    """One installation as a process. `figures` are the last it said: cases, said, waiting, heard."""

    province: Province
    folder: Path
    port: int
    cases: int
    drops: float
    process: subprocess.Popen[str] | None = None
    figures: tuple[int, ...] = (0, 0, 0, 0)
    said: queue.Queue[str] = field(default_factory=queue.Queue[str])

    def start(self) -> None:
        words = (str(self.folder), str(self.port), str(self.cases), str(self.drops))
        self.process = subprocess.Popen(
            (sys.executable, "-m", "benchmarks.handover_place", self.province.value, *words),
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT)))},
            start_new_session=True,
        )
        threading.Thread(target=self._listen, args=(self.process,), daemon=True).start()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            word, *rest = line.split()
            if word == "FIGURES":
                self.figures = tuple(map(int, rest))
            else:
                self.said.put(word)

    def kill(self) -> None:
        """As the machine would: nothing is told, nothing is written; its database server goes with it."""
        process = self.process
        if process is not None and process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def statement(self, until: float) -> Statement:
        (self.folder / "state-it").touch()
        while (self.folder / "state-it").exists():
            _still(until)
        return msgspec.json.decode((self.folder / "statement.json").read_bytes(), type=Statement)


@dataclass(frozen=True)
class Outcome:
    """What came of one run."""

    cases: int
    there: int
    """Cases opened in the other place: as many as were handed over, or something was lost or doubled."""
    findings: Findings
    kills: int
    seconds: float
    messages: int


def hand_over(home: Path, cases: int, *, drops: float, kills: tuple[float, ...]) -> Outcome:
    """Hand `cases` over, killing one and the other in turn."""
    ports = _ports(2)
    lan = Running(Province.LAN, home / "lan", ports[0], cases, drops)
    yun = Running(Province.YUN, home / "yun", ports[1], cases, drops)
    begun, until, killed = time.monotonic(), time.monotonic() + _PATIENCE, 0
    with ExitStack() as stack:
        for one in (yun, lan):
            stack.callback(one.kill)
            one.start()
        while not _done(lan, yun, cases):
            _still(until)
            if any(one.process is None or one.process.poll() is not None for one in (lan, yun)):
                raise RuntimeError("an installation has ended by itself")
            if killed < len(kills) and yun.figures[0] >= cases * kills[killed]:
                victim = (yun, lan)[killed % 2]
                victim.kill()
                victim.start()
                killed += 1
        seconds = time.monotonic() - begun
        ours, theirs = lan.statement(until), yun.statement(until)
    known = Neighbours(lan.folder, system_clock())

    def read(signer: str, token: str) -> Receipt:
        return receipts.read(known, signer, token)

    found = compare(ours, theirs, read)
    return Outcome(cases, yun.figures[0], found, killed, seconds, len(ours.said) + len(theirs.said))


def _done(lan: Running, yun: Running, cases: int) -> bool:
    """All are there and no message waits for an answer on either side."""
    return yun.figures[0] >= cases and lan.figures[0] >= cases and not lan.figures[2] and not yun.figures[2]


def _still(until: float) -> None:
    if time.monotonic() > until:
        raise TimeoutError("the hand-overs did not come to an end")
    time.sleep(0.05)


def _ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def run(cases: int = CASES) -> dict[str, Any]:
    """`tongban bench handover`."""
    with tempfile.TemporaryDirectory(prefix="tongban-bench-") as folder:
        quiet = hand_over(Path(folder) / "quiet", max(cases // 10, 20), drops=0.0, kills=())
        rough = hand_over(Path(folder) / "rough", cases, drops=DROPS, kills=KILLS)
    each = (rough.seconds / rough.cases) / (quiet.seconds / quiet.cases)
    return {
        "name": "cases handed over between two installations",
        "figures": {
            "cases_handed_over": rough.cases,
            "cases_opened_there": rough.there,
            "lost": rough.cases - rough.findings.cases,
            "doubled": rough.there - rough.findings.cases,
            "processes_killed": rough.kills,
            "messages_of_both": rough.messages,
            "messages_on_which_both_agree": rough.findings.agree,
            "messages_on_which_they_differ": len(rough.findings.differ),
            "seconds": round(rough.seconds, 1),
        },
        "baseline": "seconds a case over a line that loses nothing, with nobody killed",
        "ratio": round(each, 2),
        "target": "none lost, none doubled, both logs agree",
    }


if __name__ == "__main__":
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(run())).decode() + "\n")
