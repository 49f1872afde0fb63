"""Rules about paper files, each with a file that breaks it."""

from pathlib import Path

import pytest

from tongban.catalog.check import PAPER_LINTS, check
from tongban.catalog.shipped import shipped

GOOD = """paper: lease-copy
version: "1"
name: {zh: 租约, en: Lease}
titles: [租约]
fields:
  address: {name: {zh: 坐落, en: Address}, kind: address, labels: [房屋坐落]}
  rent: {name: {zh: 租金, en: Rent}, kind: money, labels: [月租金]}
used:
  - {service: residence-permit, material: lease, compare: {address: lives_at}}
"""
LAW = 'law:\n  - {id: A, act: 民法典, article: "703", in_force: 2021-01-01, tag: V}\n'
CASES = [
    ("paper-material", GOOD.replace("residence-permit", "no-such-service")),
    ("paper-material", GOOD.replace("material: lease", "material: photo-album")),
    ("paper-comparison", GOOD.replace("address: lives_at}", "door: lives_at}")),
    ("paper-comparison", GOOD.replace("address: lives_at}", "address: no_such_fact}")),
    ("paper-comparison", GOOD.replace("address: lives_at}", "rent: lives_at}")),
    ("paper-label-twice", GOOD.replace("labels: [月租金]", "labels: [房屋坐落]")),
    ("law-twice", GOOD + LAW + LAW.split("\n", 1)[1]),
    ("law-from-memory", GOOD + LAW.replace("tag: V", "tag: M")),
]


def told(folder: Path, text: str) -> list[str]:
    (folder / "papers").mkdir()
    (folder / "papers" / "lease-copy.yaml").write_text(text, encoding="utf-8")
    return [one.code for one in check([folder / "papers", shipped("services")]) if "lease-copy" in one.place]


@pytest.mark.parametrize(("code", "text"), CASES)
def test_a_paper_file_that_breaks_a_rule_is_told(tmp_path: Path, code: str, text: str) -> None:
    assert code in told(tmp_path, text)


def test_a_sound_paper_file_passes(tmp_path: Path) -> None:
    assert told(tmp_path, GOOD) == []


def test_every_rule_about_papers_has_a_file_that_breaks_it() -> None:
    assert {lint.code for lint in PAPER_LINTS} == {code for code, _ in CASES}
    assert all(lint.summary.zh and lint.summary.en for lint in PAPER_LINTS)


def test_a_paper_without_title_or_with_a_label_of_one_letter_cannot_be_read(tmp_path: Path) -> None:
    assert told(tmp_path, GOOD.replace("titles: [租约]", "titles: []").replace("labels: [月租金]", "labels: [租]"))
