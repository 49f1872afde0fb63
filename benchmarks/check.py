"""How fast `tongban check` is: 1,000 service files, against merely reading them as YAML.

The files are variants of the shipped ones, each with its own name and code, so that every rule has its usual work.
The ratio says what the checking costs on top of PyYAML's own C-backed reader. Target: under 10 s.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from pathlib import Path

import yaml

from tongban.catalog.check import check
from tongban.catalog.shipped import shipped

FILES = 1_000
LETTERS = "甲乙丙丁戊己庚辛壬癸"


def numeral(number: int) -> str:
    """A number in letters, so that a thousand names differ."""
    return "".join(LETTERS[int(digit)] for digit in f"{number:04d}")


def write_variants(folder: Path, files: int = FILES) -> list[Path]:
    """`files` service files made from the shipped ones, beside a copy of the shipped procedures."""
    services = folder / "services"
    services.mkdir(parents=True)
    shutil.copytree(shipped("procedures"), folder / "procedures")
    patterns = [path.read_text(encoding="utf-8") for path in sorted(shipped("services").glob("*.yaml"))]
    written: list[Path] = []
    for number in range(files):
        text = patterns[number % len(patterns)]
        slug = f"service-{number}"
        text = re.sub(r"(?m)^service: .*$", f"service: {slug}", text, count=1)
        text = re.sub(r'(?m)^basic_code: "(....).*"', rf'basic_code: "\g<1>{number:08d}"', text, count=1)
        text = re.sub(r"(?m)^name: \{zh: ([^,]*),", rf"name: {{zh: \g<1>{numeral(number)},", text, count=1)
        path = services / f"{slug}.yaml"
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def run() -> dict[str, object]:
    """Figures in seconds; ``ratio`` compares the processor time with that of merely reading the YAML."""
    with tempfile.TemporaryDirectory() as folder:
        written = write_variants(Path(folder))
        start = time.process_time()
        for path in written:
            yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        reading = time.process_time() - start
        start, wall = time.process_time(), time.perf_counter()
        findings = check([folder])
        checking, wall = time.process_time() - start, time.perf_counter() - wall
    return {
        "name": f"tongban check of {len(written):,} service files",
        "figures": {
            "findings": len(findings),
            "checking, s": wall,
            "checking, CPU s": checking,
            "only reading the YAML, CPU s": reading,
        },
        "baseline": "PyYAML's CSafeLoader reading the same files, nothing else",
        "ratio": checking / reading,
        "target": "checking under 10 s",
    }


if __name__ == "__main__":
    print(run())
