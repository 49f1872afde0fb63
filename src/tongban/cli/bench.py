"""Measure one thing against its yardstick in the same run and print the ratio. 同一次运行内与基准对比。"""

import argparse
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import assert_never

import msgspec

BENCHES: dict[str, str] = {
    "submit": "submit_http",
    "engine": "submit",
    "read": "read",
    "decide": "decide",
    "rules": "rules",
    "match": "match",
    "due": "due",
    "check": "check",
    "analyse": "analyse",
    "start": "start",
    "precheck": "precheck",
    "guide": "guide",
    "fuzz": "fuzz",
    "route": "route",
    "exchange": "exchange",
    "sealed": "sealed",
    "bundle": "bundle",
    "handover": "handover",
    "ledger": "ledger",
    "certs": "certs",
    "indicators": "indicators",
    "console": "console",
}
"""What can be measured, and its module in `benchmarks/`. `engine` is `submit` without HTTP."""


class Measured(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a benchmark's `run()` gives, as a dictionary."""

    name: str
    figures: dict[str, int | float | list[float]]
    """By name; the unit is in the name."""
    baseline: str
    """What the ratio compares with, in the same run."""
    ratio: float | dict[str, float]
    target: str


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban bench`."""
    parser.add_argument("what", choices=BENCHES)
    parser.add_argument("--minutes", type=float, help="fuzz: how long to run · 运行多少分钟")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON · 以 JSON 输出")


def run(options: argparse.Namespace) -> int:
    """Run the benchmark of the checkout; 2 where there is none (an installed package has none)."""
    root = Path(__file__).resolve().parents[3]
    if not (root / "benchmarks" / f"{BENCHES[options.what]}.py").is_file():
        print("Benchmarks come with a checkout. 性能测试随源码提供。", file=sys.stderr)
        return 2
    sys.path.insert(0, str(root))
    if options.minutes is not None and options.what != "fuzz":
        print("--minutes is for fuzz · --minutes 只用于 fuzz", file=sys.stderr)
        return 2
    given = {} if options.minutes is None else {"minutes": options.minutes}
    measured = importlib.import_module(f"benchmarks.{BENCHES[options.what]}").run(**given)
    said = msgspec.json.format(msgspec.json.encode(measured), indent=2).decode()
    print(said if options.json else "\n".join(_lines(msgspec.convert(measured, Measured))))
    return 0


def _lines(measured: Measured) -> Iterator[str]:
    yield measured.name
    ratios = measured.ratio if isinstance(measured.ratio, dict) else {"ratio": measured.ratio}
    figures = measured.figures | ratios
    width = max(map(len, figures))
    yield from (f"  {name:<{width}}  {_said(figure):>12}" for name, figure in figures.items())
    yield f"  compared with · 基准: {measured.baseline}"
    yield f"  target · 目标: {measured.target}"


def _said(figure: float | list[float]) -> str:
    match figure:
        case list():
            return ", ".join(map(_said, figure))
        case int():
            return f"{figure:,}"
        case float():
            return f"{figure:,.0f}" if abs(figure) >= 1000 else f"{figure:,.2f}"
        case _:
            assert_never(figure)
