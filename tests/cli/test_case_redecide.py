"""`tongban case redecide`: both outcomes with their hashes and what differs, or a plain word why not."""

import argparse
from datetime import date, datetime
from pathlib import Path

import msgspec
import pytest

from tongban.base.clock import ZONE
from tongban.cases.redecide import Redecided, Side
from tongban.catalog import assess, load_service
from tongban.catalog.model import Service
from tongban.catalog.replay import differences
from tongban.catalog.shipped import shipped
from tongban.cli import case

CASE = "990101-261220-00000001"
DAY = date(2026, 12, 20)
OLD = {"birth_date": "1936-11-03", "home_region": "990101"}


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    case.configure(parser)
    return case.run(parser.parse_args(words))


def allowance() -> Service:
    path = shipped("services") / "advanced-age-allowance@2.yaml"
    return load_service(path.read_text(encoding="utf-8")).require()


def again(now: Service) -> Redecided:
    then, today = assess(allowance(), OLD, DAY), assess(now, OLD, DAY)
    known = datetime(2027, 3, 1, 9, tzinfo=ZONE)
    sides = Side.of(then), Side.of(today)
    return Redecided(CASE, DAY, known, known, True, *sides, differences(then, today))


def corrected() -> Service:
    old = allowance()
    parameter = old.parameters["monthly_by_age"]
    last = msgspec.structs.replace(parameter.periods[-1], values={"eighties": 80, "nineties": 260, "hundred": 800})
    parameter = msgspec.structs.replace(parameter, periods=(*parameter.periods[:-1], last))
    return msgspec.structs.replace(old, version="2.1", parameters={"monthly_by_age": parameter})


def test_both_outcomes_are_printed_with_their_hashes_and_what_differs() -> None:
    found = again(corrected())
    text = case.told(found)
    for part in (found.then.text, found.now.text, found.then.digest, found.now.digest):
        assert part in text
    assert "advanced-age-allowance@2 " in text and "advanced-age-allowance@2.1 " in text
    assert "outputs.monthly_amount: 240 → 260" in text
    assert "2027-03-01 09:00" in text


def test_no_difference_is_said_too() -> None:
    assert "没有不同 · no difference" in case.told(again(allowance()))


def test_programs_get_the_same_as_json() -> None:
    told = msgspec.json.decode(msgspec.json.encode(again(corrected()).as_json()))
    assert told["then"]["outputs"] == {"monthly_amount": 240}
    assert told["then"]["parameters"][0]["law"] == "DEMO-AGE-27"
    assert {"part": "outputs.monthly_amount", "then": 240, "now": 260} in told["differences"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((CASE,), "nothing was ever started there"),
        ((CASE, "--known-at", "soon"), "'soon' is no moment"),
        (("12",), "A case number looks like"),
    ],
)
def test_what_cannot_be_decided_again_is_told_in_a_sentence(
    words: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("redecide", *words, "--data", str(tmp_path / "none")) == 1
    assert said in capsys.readouterr().err
