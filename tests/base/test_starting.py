"""Who starts beside a start waits until it is prepared, is let in when whoever prepares is gone, and can be ended."""

import subprocess
import sys
from pathlib import Path

import pytest

from tongban.base.starting import preparing, wait_until_prepared

WAITS = """
import sys
from pathlib import Path
from tongban.base.starting import wait_until_prepared
print("asks", flush=True)
wait_until_prepared(Path(sys.argv[1]))
print(Path(sys.argv[1], "tables").read_text() if Path(sys.argv[1], "tables").exists() else "nothing", flush=True)
"""
PREPARES = """
import sys
from pathlib import Path
from tongban.base.starting import preparing
with preparing(Path(sys.argv[1])):
    print("holds", flush=True)
    sys.stdin.read()
"""


def start(script: str, data: Path) -> subprocess.Popen[str]:
    """One of the two, once it has said that it is at it."""
    words = [sys.executable, "-c", script, str(data)]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline().strip() in {"asks", "holds"}
    return process


def test_who_waits_finds_what_was_prepared(tmp_path: Path) -> None:
    with preparing(tmp_path):
        waiting = start(WAITS, tmp_path)
        (tmp_path / "tables").write_text("all of them")
    assert waiting.communicate(timeout=60)[0].strip() == "all of them"


def test_who_waits_is_let_in_when_whoever_prepares_is_killed(tmp_path: Path) -> None:
    preparer = start(PREPARES, tmp_path)
    waiting = start(WAITS, tmp_path)
    assert waiting.poll() is None
    preparer.kill()
    preparer.communicate()
    assert waiting.communicate(timeout=60)[0].strip() == "nothing"


def test_who_waits_ends_when_told_to(tmp_path: Path) -> None:
    with preparing(tmp_path):
        waiting = start(WAITS, tmp_path)
        waiting.terminate()
        waiting.communicate(timeout=60)
    assert waiting.returncode == -15


@pytest.mark.parametrize("before", [False, True], ids=["never prepared", "prepared before"])
def test_nobody_waits_where_nobody_prepares(tmp_path: Path, before: bool) -> None:
    if before:
        with preparing(tmp_path):
            pass
    wait_until_prepared(tmp_path)
