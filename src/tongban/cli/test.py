"""Run all tests, in random order, on every core. Extra words go to pytest. 运行全部测试，其余参数交给 pytest。"""

import argparse
import os
import subprocess
import sys
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban test`."""
    parser.add_argument(
        "--require-browser", action="store_true", help="a missing Chromium is a failure, not a skip · 必须有浏览器"
    )
    parser.add_argument("--jobs", default="2", help="parallel workers (default 2) · 并行数")
    parser.add_argument("pytest", nargs=argparse.REMAINDER, help="words for pytest · 交给 pytest 的参数")


def run(options: argparse.Namespace) -> int:
    """The exit status of pytest; 2 where there are no tests to run (an installed package has none)."""
    root = Path(__file__).resolve().parents[3]
    if not (root / "tests").is_dir():
        print("No tests here: run this in a checkout. 这里没有测试，请在源码目录运行。", file=sys.stderr)
        return 2
    environment = os.environ | ({"TONGBAN_REQUIRE_BROWSER": "1"} if options.require_browser else {})
    # A hundred processes are started by the tests; without compiled files each would compile every module anew.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    words = options.pytest or ["tests"]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-n",
        options.jobs,
        "--dist",
        "loadfile",
        "--no-loadscope-reorder",
        "-rs",
        *words,
    ]
    return subprocess.run(command, cwd=root, env=environment, check=False).returncode  # noqa: S603 our own interpreter and arguments
