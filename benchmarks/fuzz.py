"""Texts and files nobody would send in good faith, for as long as one likes: no crash, no hang, no growth of memory.

Seeds are the models of the test kit where it lies beside the checkout, and else the shipped services exported as
models. Each input is a seed with bytes changed, or a FEEL text made of pieces of others, or both. Whatever is not a
value or one of our own errors counts as a crash and is printed with the input that made it.
"""

from __future__ import annotations

import contextlib
import random
import re
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tongban.catalog import load_service
from tongban.catalog.export import decision_model
from tongban.catalog.shipped import shipped
from tongban.rules import RuleSyntaxError, compile_cell, compile_expression
from tongban.rules.dmn.errors import ModelErrors
from tongban.rules.dmn.execute import Model
from tongban.rules.feel.dialect import STANDARD

KIT = Path(__file__).resolve().parents[2] / "shared" / "tck"
TEXT = re.compile(rb"(<(?:\w+:)?text>)(.*?)(</(?:\w+:)?text>)", re.DOTALL)
PIECE = re.compile(r'"[^"]*"|[\w.]+|\S')
HANG_SECONDS = 20
SHOWN = 5


class Hang(BaseException):
    """Raised by the alarm in whatever runs too long; not an Exception, so that nothing swallows it."""


def seeds() -> list[bytes]:
    if KIT.is_dir():
        return [path.read_bytes() for path in sorted(KIT.rglob("*.dmn"))]
    files = sorted(shipped("services").glob("*.yaml"))
    return [decision_model(load_service(path.read_text(encoding="utf-8")).require()) for path in files]


class Fuzzer:
    """Makes inputs from seeds, the same ones for the same number."""

    def __init__(self, number: int) -> None:
        self._random = random.Random(number)
        self._seeds = seeds()
        texts = [text.decode("utf-8", "replace") for seed in self._seeds for _, text, _ in TEXT.findall(seed)]
        plain = (text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") for text in texts)
        self._texts = [text for text in plain if len(text) < 400] or ["1"]

    def text(self) -> str:
        """Pieces of real texts, cut and joined anywhere."""
        chosen = self._random.choices(self._texts, k=self._random.randint(1, 3))
        pieces = [piece for text in chosen for piece in PIECE.findall(text)]
        for _ in range(self._random.randint(0, 4)):
            at = self._random.randrange(len(pieces) + 1)
            match self._random.randrange(5):
                case 0:
                    del pieces[at : at + self._random.randint(1, 4)]
                case 1:
                    pieces[at:at] = pieces[at : at + 3] * self._random.randint(1, 20)
                case 2:
                    pieces.insert(at, chr(self._random.choice([0, 9, 34, 92, 160, 0x3000, 0xFFFF, 0x1F40E, 0xD800])))
                case 3:
                    pieces.insert(at, self._random.choice(["(", "[", "{", "not(", "-", "..", "**", "9" * 50, "1e6144"]))
                case _:
                    self._random.shuffle(pieces)
        return " ".join(pieces)[:12_000]

    def model(self) -> bytes:
        """A seed with bytes changed, and now and then with other texts."""
        data = bytearray(self._random.choice(self._seeds))
        for _ in range(self._random.randint(0, 4)):
            start = self._random.randrange(len(data) + 1)
            end = start + self._random.randint(0, 200)
            piece = bytes(data[start:end])
            other = self._random.choice(self._seeds)
            at = self._random.randrange(len(other))
            choice = self._random.randrange(4)
            data[start:end] = (
                b"",
                piece * self._random.randint(2, 30),
                other[at : at + 200],
                self._random.randbytes(3),
            )[choice]
        if self._random.random() < 0.5:
            return TEXT.sub(self._other_text, bytes(data))
        return bytes(data)

    def _other_text(self, found: re.Match[bytes]) -> bytes:
        if self._random.random() < 0.8:
            return found[0]
        text = self.text().replace("&", "&amp;").replace("<", "&lt;").encode("utf-8", "replace")
        return found[1] + text + found[3]

    def value(self) -> Any:
        return self._random.choice([None, 0, 1, -3, "", "a", True, [], [1, 2, 3], {"a": 1}, "2026-01-31"])

    def inputs(self) -> Iterator[tuple[str, Any]]:
        while True:
            yield "model", self.model()
            for _ in range(20):
                yield self._random.choice(["expression", "cell"]), self.text()


def attempt(kind: str, data: Any, fuzzer: Fuzzer) -> str:
    """Runs one input; says what came of it."""
    names = ("x", "a", "b", "item")
    try:
        if kind == "expression":
            compile_expression(data, names, STANDARD).explain({"x": fuzzer.value(), "a": fuzzer.value()})
        elif kind == "cell":
            compile_cell(data, names, STANDARD).test(fuzzer.value(), {"x": fuzzer.value()})
        else:
            model = Model.load(data)
            known = {name: fuzzer.value() for name in model.all_inputs}
            model.evaluate(model.decisions, known).as_json()
            for service in model.services:
                model.evaluate_service(service, known)
    except (RuleSyntaxError, ModelErrors):
        return "refused"
    return "evaluated"


def run(minutes: float = 0.5, number: int = 1) -> dict[str, object]:
    """Fuzzes for `minutes`; the same `number` makes the same inputs."""

    def alarm(*_: object) -> None:
        raise Hang

    signal.signal(signal.SIGALRM, alarm)
    fuzzer, ends, slowest = Fuzzer(number), Counter[str](), 0.0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    finish = time.monotonic() + 60 * minutes
    for kind, data in fuzzer.inputs():
        if time.monotonic() > finish:
            break
        started = time.process_time()
        signal.alarm(HANG_SECONDS)
        try:
            end = attempt(kind, data, fuzzer)
        except Hang:
            end = "hangs"
        except Exception as error:  # a crash is whatever is not ours: that is what is looked for
            end = "crashes"
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
        finally:
            signal.alarm(0)
        ends[end] += 1
        slowest = max(slowest, time.process_time() - started)
        if end in ("hangs", "crashes") and ends[end] <= SHOWN:
            with contextlib.suppress(UnicodeError):
                print(f"{end} {kind}: {data!r}"[:4_000], file=sys.stderr)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    total = sum(ends.values())
    return {
        "name": f"fuzzing the reader of models, the parser and both evaluators, {minutes:g} minutes",
        "figures": {
            "inputs": total,
            "inputs_refused": ends["refused"],
            "inputs_evaluated": ends["evaluated"],
            "crashes": ends["crashes"],
            "hangs": ends["hangs"],
            "slowest_cpu_ms": 1000 * slowest,
            "memory_growth_mb": grown / 1024,
        },
        "baseline": "every input ends in a value or in one of our own errors",
        "ratio": (ends["refused"] + ends["evaluated"]) / max(total, 1),
        "target": "1.00; no crash, no hang, no growth",
    }
