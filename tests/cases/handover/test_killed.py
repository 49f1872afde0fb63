"""Two processes, a line that drops, and each of them killed in the middle: nothing lost, nothing doubled."""

from benchmarks.handover import hand_over
from tests.newcomer import data_directory


def test_cases_survive_a_line_that_drops_and_processes_that_are_killed():
    with data_directory() as home:
        done = hand_over(home, 30, drops=0.2, kills=(0.2, 0.4, 0.6, 0.8))
    assert (done.there, done.kills) == (30, 4)
    assert (done.findings.cases, done.findings.waiting, done.findings.differ) == (30, 0, ())
