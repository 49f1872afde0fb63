"""Two processes, a line that drops, and each of them killed in the middle: nothing lost, nothing doubled."""

from pathlib import Path

from benchmarks.handover import hand_over


def test_cases_survive_a_line_that_drops_and_processes_that_are_killed(tmp_path: Path):
    done = hand_over(tmp_path, 30, drops=0.2, kills=(0.2, 0.4, 0.6, 0.8))
    assert (done.there, done.kills) == (30, 4)
    assert (done.findings.cases, done.findings.waiting, done.findings.differ) == (30, 0, ())
