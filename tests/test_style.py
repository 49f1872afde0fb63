"""The rules of style, kept by the tools that know them."""

import os
import subprocess
import sys
from pathlib import Path
from shutil import which

import pytest

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("src", "tests", "benchmarks")


ROOMY = os.environ | {"NODE_OPTIONS": "--max-semi-space-size=128"}
"""Room for what pyright throws away at once: else its collector keeps half of the other core busy."""


def clean(*words: str) -> None:
    done = subprocess.run([sys.executable, "-m", *words], cwd=ROOT, env=ROOMY, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_ruff_finds_nothing_and_would_change_nothing() -> None:
    clean("ruff", "check", *PARTS)
    clean("ruff", "format", "--check", *PARTS)


def test_pyright_finds_no_error() -> None:
    if which("node") is None:
        # Without Node.js pyright fetches it from the network, which no test of ours may do.
        pytest.skip("not run: pyright needs Node.js, which is not installed here; types were NOT checked")
    clean("pyright", "--level", "error")
