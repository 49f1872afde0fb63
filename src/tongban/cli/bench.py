"""Measure one thing against its yardstick in the same run and print the ratio. 同一次运行内与基准对比。"""

import argparse
import importlib
import json
import sys
from pathlib import Path

BENCHES = ("submit", "read", "decide", "due", "check")


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban bench`."""
    parser.add_argument("what", choices=BENCHES)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")


def run(options: argparse.Namespace) -> int:
    """Run `benchmarks/<what>.py` of the checkout; 2 where there is none."""
    root = Path(__file__).resolve().parents[3]
    if not (root / "benchmarks" / f"{options.what}.py").is_file():
        print("Benchmarks come with a checkout. 性能测试随源码提供。", file=sys.stderr)
        return 2
    sys.path.insert(0, str(root))
    figures = importlib.import_module(f"benchmarks.{options.what}").run()
    if options.json:
        print(json.dumps(figures, ensure_ascii=False, indent=2))
    else:
        for name, value in figures.items():
            print(f"{name:>32}  {value:,.3f}" if isinstance(value, float) else f"{name:>32}  {value}")
    return 0
