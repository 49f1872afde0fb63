"""告知承诺 in a service file: chosen freely, never beside the papers it stands for; and where one has to come."""

from pathlib import Path

import pytest
from catalog_samples import PROCEDURE, SERVICE, changed, found, line_of

ASKED = "  lives_here: {type: boolean"
BY = "  by_promise: {type: boolean, name: {zh: 用承诺, en: By promise}, ask: {zh: 要用承诺吗？, en: A promise?}%s}\n"
PAPER = 'when: "age < 14", law: LIB-34}\nconditions'


def promised(
    by: str = "by_promise", replaces: str = "guardian", when: str = "by_promise = false", extra: str = ""
) -> str:
    text = changed(SERVICE, ASKED, BY % extra + ASKED)
    text = changed(text, PAPER, f'when: "{when}", law: LIB-34}}\nconditions')
    said = "says: {zh: 我承诺。, en: I promise.}, breach: {zh: 不符要改。, en: It has to be put right.}"
    promise = f"promise: {{by: {by}, law: LIB-33, replaces: [{replaces}], {said}}}\n"
    return changed(text, "situations:\n", promise + "situations:\n")


def codes(folder: Path, text: str) -> set[str]:
    return {one.code for one in found(folder, service=text) if one.code.startswith("promise")}


@pytest.mark.parametrize(
    "when",
    ["by_promise = false", "age < 14 and by_promise = false", "not(by_promise)", "(by_promise = false) and age < 14"],
)
def test_a_paper_that_is_asked_for_only_without_a_promise_is_sound(tmp_path: Path, when: str) -> None:
    assert codes(tmp_path, promised(when=when)) == set()


@pytest.mark.parametrize("when", ["age < 14", "by_promise = true", "age < 14 or by_promise = false"])
def test_whoever_promised_may_not_be_asked_for_the_paper_all_the_same(tmp_path: Path, when: str) -> None:
    text = promised(when=when)
    told = [one for one in found(tmp_path, service=text) if one.code == "promise-replaces"]
    assert told and told[0].line == line_of(text, "promise:")
    assert "guardian" in told[0].text.zh and "by_promise = false" in told[0].text.en


def test_a_promise_stands_for_papers_that_there_are(tmp_path: Path) -> None:
    assert codes(tmp_path, promised(replaces="passport")) == {"promise-replaces"}


@pytest.mark.parametrize(
    ("by", "extra"), [("nowhere", ""), ("full_name", ""), ("by_promise", ', derive: "age > 60"')], ids=str
)
def test_nobody_is_made_to_promise(tmp_path: Path, by: str, extra: str) -> None:
    when = f"{by} = false" if by != "by_promise" else "by_promise = false"
    assert "promise-question" in codes(tmp_path, promised(by=by, when=when, extra=extra))


@pytest.mark.parametrize(
    ("spot", "said"),
    [
        ("{address: [premises], states: [nowhere]}", "nowhere"),
        ("{address: [premises], states: [received], day: no_such_field}", "no_such_field"),
    ],
)
def test_where_one_has_to_come_is_said_in_words_of_the_procedure(tmp_path: Path, spot: str, said: str) -> None:
    text = changed(PROCEDURE, "states:\n", f"on_the_spot: {spot}\nstates:\n")
    told = [one for one in found(tmp_path, procedure=text) if one.code == "on-the-spot"]
    assert told and said in told[0].text.zh and said in told[0].text.en
