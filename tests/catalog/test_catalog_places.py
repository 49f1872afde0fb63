"""The rule of competence is checked like a table: a place for everybody, by a fact that is one, with its law."""

from pathlib import Path

import pytest
from catalog_samples import SERVICE, changed, found, line_of

FACT = "  lives_here: {type: boolean"
REGION = "  home: {type: region, name: {zh: 住在哪里, en: Home}, ask: {zh: 住在哪个区？, en: Which district?}%s}\n"
AT = "visits: {max: 0}"


def ruled(rows: str, extra: str = "") -> str:
    text = changed(SERVICE, FACT, REGION % extra + FACT)
    return changed(text, AT, f"competence:\n{rows}{AT}")


ROW = "  - {by: home, ground: residence, law: LIB-33}\n"


def test_a_rule_that_names_a_place_for_everybody_is_sound(tmp_path: Path) -> None:
    assert [f.code for f in found(tmp_path, service=ruled(ROW)) if f.code.startswith("competence")] == []


@pytest.mark.parametrize(
    ("code", "rows", "extra"),
    [
        ("competence-fact", "  - {by: lives_here, ground: residence, law: LIB-33}\n", ""),
        ("competence-fact", "  - {by: nowhere, ground: residence, law: LIB-33}\n", ""),
        ("competence-law", "  - {by: home, ground: residence}\n", ""),
        ("competence-gap", '  - {by: home, ground: residence, when: "age >= 14", law: LIB-33}\n', ""),
        ("competence-gap", ROW, ', when: "age >= 14"'),
        ("competence-gap", ROW, ", required: false"),
        ("competence-never", ROW + "  - {by: home, ground: household, law: LIB-34}\n", ""),
    ],
)
def test_what_is_wrong_with_a_rule_is_told_in_it(tmp_path: Path, code: str, rows: str, extra: str) -> None:
    text = ruled(rows, extra)
    told = [f for f in found(tmp_path, service=text) if f.code == code]
    assert told
    assert told[0].line >= line_of(text, "competence:")
    assert told[0].text.zh != told[0].text.en


def test_who_is_left_over_is_said(tmp_path: Path) -> None:
    text = ruled('  - {by: home, ground: residence, when: "age >= 14", law: LIB-33}\n')
    gap = next(f for f in found(tmp_path, service=text) if f.code == "competence-gap")
    assert "age >= 14" in gap.text.zh


def test_what_is_online_from_anywhere_forces_no_visit(tmp_path: Path) -> None:
    text = changed(SERVICE, "scope: city", "scope: nationwide")
    text = changed(text, AT, "visits: {max: 1, reason: {zh: 核对本人, en: To see the person}, law: LIB-33}")
    assert "online-forces-visit" in {f.code for f in found(tmp_path, service=text)}
    counter = changed(text, "modes: [online, counter]", "modes: [online, counter, proxy-intake]")
    assert "online-forces-visit" not in {f.code for f in found(tmp_path, service=counter)}
