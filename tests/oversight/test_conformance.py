"""What bodies connect is held against the list and the dictionary; the score is a sum that anybody can do again."""

from datetime import date
from pathlib import Path

from tests.sharing.directory_samples import RESOURCE, changed, write

from tongban.oversight.registers.conformance import Kind, System, judged, weights
from tongban.sharing.directory.load import read
from tongban.sharing.node.config import load_text

TODAY = date(2026, 11, 26)
MEMBER = "LJ/GOV/11990101MB0000001X/culture"
NODE = f"""\
member: {MEMBER}
registry: {{address: "https://centre.example", key: {{id: k, public: {"A" * 43}}}}}
sources: {{s: {{kind: files, folder: .}}}}
resources:
  culture.readers:
    reader:
      source: s
      table: readers.csv
      subject: id_number
      fields:
        name: {{column: name, type: string}}
        loans: {{column: loans, type: integer}}
        eyesight: {{column: eyes, type: string}}
"""


def culture(
    folder: Path,
    *nodes: str,
    resource: str = RESOURCE,
    members: dict[str, str] | None = None,
    unanswered: dict[str, int] | None = None,
    today: date = TODAY,
) -> System:
    """The one body of the small list, judged."""
    directory = read([write(folder, resource=resource)]).directory()
    (system,) = judged(directory, [load_text(node) for node in nodes], members, unanswered or {}, today)
    return system


def test_what_agrees_keeps_all_its_points(tmp_path: Path) -> None:
    found = culture(tmp_path, NODE, members={MEMBER: "990101.culture"})
    assert (found.body, found.entries, found.score, found.found) == ("990101.culture", 2, 100, ())


def test_each_deviation_of_a_node_is_told_with_its_field_and_costs_what_the_file_says(tmp_path: Path) -> None:
    node = changed(NODE, "loans, type: integer", "loans, type: boolean")
    node = changed(node, "eyesight: {column: eyes", "shoes: {column: shoes")
    box = "{source: s, table: box.csv, subject: id_number, fields: {n: {column: n, type: string}}}"
    found = culture(tmp_path, f"{node}    box: {box}\n")
    assert {(one.kind, one.place) for one in found.found} == {
        (Kind.TYPE_DIFFERS, "culture.readers/reader#loans"),
        (Kind.FIELD_UNLISTED, "culture.readers/reader#shoes"),
        (Kind.FIELD_UNANSWERED, "culture.readers/reader#eyesight"),
        (Kind.RECORD_UNLISTED, "culture.readers/box"),
    }
    assert found.score == 100 - sum(weights()[one.kind].points for one in found.found)


def test_an_entry_is_held_against_the_rules_its_age_and_its_answers(tmp_path: Path) -> None:
    resource = changed(RESOURCE, "{element: eyesight, law: LIB-34}", "{element: eyesight}")
    found = culture(
        tmp_path, resource=resource, members={}, unanswered={"culture.readers": 700}, today=date(2027, 3, 1)
    )
    places = {one.kind: one.place for one in found.found}
    assert places[Kind.RULE_BROKEN] == "culture.readers records.reader.elements.eyesight"
    assert places[Kind.NOT_CONNECTED] == "990101.culture"
    cost = weights()
    assert found.lost[Kind.QUESTION_UNANSWERED] == cost[Kind.QUESTION_UNANSWERED].most, "a kind has its limit"
    assert found.lost[Kind.ENTRY_STALE] == 2 * cost[Kind.ENTRY_STALE].points
    assert found.score == 100 - sum(found.lost.values())


def test_every_kind_says_what_it_costs_and_how_it_is_mended() -> None:
    assert set(weights()) == set(Kind)
    for weight in weights().values():
        assert 0 < weight.points <= weight.most <= 100
        assert weight.what.zh and weight.what.en and weight.mend.zh and weight.mend.en
