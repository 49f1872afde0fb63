"""Bad files are told in sentences, each at its line and column, and never with a stack trace."""

from pathlib import Path

import pytest
from catalog_samples import PROCEDURE, SERVICE, USE, changed, line_of
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.base.errors import Refused
from tongban.catalog import Finding, format_finding, load_file, load_procedure, load_service, load_use
from tongban.catalog.load import load_text
from tongban.catalog.yaml_reader import MAX_BYTES, MAX_DEPTH
from tongban.catalog.yaml_source import Source


def only(findings: tuple[Finding, ...]) -> Finding:
    assert len(findings) == 1, [format_finding(f) for f in findings]
    return findings[0]


def test_sound_files_are_read_without_findings() -> None:
    assert load_service(SERVICE).require().service == "library-card"
    assert load_procedure(PROCEDURE).require().procedure == "simple"
    assert load_use(USE).require().use == "finder"


def test_an_unknown_field_is_named_with_its_line_and_what_was_meant() -> None:
    found = only(load_service(changed(SERVICE, "conditions:", "condition:"), "card.yaml").findings)
    assert found.code == "unknown-field"
    assert found.place == f"card.yaml:{line_of(SERVICE, 'conditions:')}:1"
    assert "conditions" in found.text.zh
    assert "did you mean 'conditions'" in found.text.en


def test_all_mistakes_are_told_at_once() -> None:
    text = changed(SERVICE, "kind: 公共服务", "kind: 公共服物")
    text = changed(text, "summary:", "sumary:")
    text = changed(text, "visits: {max: 0}", 'visits: {max: "0"}')
    text = changed(text, '"992000990000"', "992000990000")
    codes = [f.code for f in load_service(text).findings]
    assert sorted(codes) == ["missing-field", "unknown-field", "value-not-allowed", "wrong-type", "wrong-type"]


@pytest.mark.parametrize(
    ("old", "new", "code", "part"),
    [
        ("valid_from: 2026-01-01", "valid_from: 2026-02-30", "wrong-type", "valid_from"),
        ("themes: [school]", "themes: school", "wrong-type", "themes"),
        ("level: county", "level: county-level", "value-not-allowed", "authority"),
        ('basic_code: "992000990000"', 'basic_code: "99"', "wrong-form", "basic_code"),
        ("service: library-card", "service: Library Card", "wrong-form", "service"),
        ("  born: {", "  Born-On: {", "wrong-name", "  born: {"),
        ("visits: {max: 0}", "visits: {max: 99}", "out-of-bounds", "visits"),
        ("name: {zh: 借书证办理, en: Library card}", "name: {zh: 借书证办理}", "missing-field", "name:"),
        ("fee: {charged: false", "fee: {charged: no", "wrong-type", "fee:"),
        ("procedure: simple", "procedure: 12", "wrong-type", "procedure"),
    ],
)
def test_a_wrong_value_is_told_at_its_line(old: str, new: str, code: str, part: str) -> None:
    found = load_service(changed(SERVICE, old, new)).findings
    assert [f.code for f in found] == [code], [format_finding(f) for f in found]
    assert found[0].line == line_of(SERVICE, part)


def test_a_machine_that_decides_is_refused_with_the_law() -> None:
    found = only(load_service(SERVICE + "ai: {decide: allowed}\n").findings)
    assert found.code == "ai-decides"
    assert "个人信息保护法第24条" in found.text.zh


def test_only_true_and_false_are_booleans() -> None:
    data = Source("a: no\nb: on\nc: yes\nd: true\ne: 0012\nf: 12\ng: 1.5\nh: 2026-01-31\ni: ~\n", "x").data
    assert [*data.values()][:3] == ["no", "on", "yes"]
    assert data["d"] is True
    assert data["e"] == "0012"
    assert data["f"] == 12
    assert data["i"] is None


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "file-empty", 1),
        ("  \n \n", "file-empty", 1),
        ("# nothing but a comment\n", "file-empty", 1),
        ("just words", "not-a-mapping", 1),
        ("[1, 2]", "not-a-mapping", 1),
        (BOMB, "yaml-alias", 1),
        ("a: 1\nb: *a\n", "yaml-alias", 2),
        ("a: !!python/object:os.system x", "yaml-tag", 1),
        ("a: 1\nb: 2\na: 3\n", "duplicate-key", 3),
        ("a: 1\n---\nb: 2\n", "yaml-documents", 2),
        ("a:\n\t- 1\n", "yaml-syntax", 2),
        ("a: b: c\n", "yaml-syntax", 1),
        ("a: {b: 1\n", "yaml-syntax", 2),
        ("{[1]: 2}", "yaml-key", 1),
        ("x: [" + "[" * MAX_DEPTH + "]" * MAX_DEPTH + "]", "yaml-too-deep", 1),
        ("\x00\x01\x02", "yaml-characters", 1),
        ("x: " + "y" * MAX_BYTES, "file-too-large", 1),
        ("%PDF-1.7\n%\x80\n", "yaml-characters", 1),
    ],
)
def test_a_text_that_is_no_honest_yaml_is_refused(text: str, code: str, line: int) -> None:
    found = load_text(text, "services/x.yaml").findings
    assert (found[0].code, found[0].line) == (code, line), [format_finding(f) for f in found]


def test_both_duplicates_are_told_each_with_the_first_line() -> None:
    found = Source("a: 1\na: 2\nb: {c: 1, c: {d: 1}}\n", "x").findings
    assert [(f.line, f.column) for f in found] == [(2, 1), (3, 11)]


def test_a_hundred_thousand_brackets_do_no_harm() -> None:
    assert Source("[" * 100_000, "x").findings[0].code == "yaml-too-deep"


def test_a_file_in_gbk_is_told_to_be_saved_as_utf8(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"service: x\n" + "name: 居住证\n".encode("gbk"))
    found = only(load_file(path).findings)
    assert (found.code, found.line) == ("not-utf8", 2)


def test_a_huge_file_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    with path.open("wb") as file:
        file.truncate(3_000_000_000)
    assert only(load_file(path).findings).code == "file-too-large"


def test_a_missing_or_odd_file_is_a_finding_not_a_crash(tmp_path: Path) -> None:
    assert only(load_file(tmp_path / "none.yaml").findings).code == "file-unreadable"
    assert only(load_file(tmp_path).findings).code == "file-unreadable"
    other = tmp_path / "x.yaml"
    other.write_text("colour: red\n")
    assert only(load_file(other).findings).code == "unknown-file-kind"


def test_what_was_refused_says_every_reason_to_whoever_asked_for_the_value() -> None:
    with pytest.raises(Refused) as refusal:
        load_service(changed(SERVICE, "procedure: simple\n", ""), "card.yaml").require()
    assert refusal.value.status == 422
    assert refusal.value.problems[0].place.startswith("card.yaml:")


@pytest.mark.parametrize(
    ("written", "offset", "column"),
    [
        ("a: hello world", 6, 10),
        ("a: 'it''s long'", 5, 11),
        ('a: "1 \\u4e2d x"', 4, 14),
        ("a: |\n  one two", 4, 7),
        ("a: 中文 x", 3, 7),
    ],
)
def test_a_place_inside_a_text_is_exact_however_it_is_quoted(written: str, offset: int, column: int) -> None:
    source = Source(written, "x")
    assert source.position(("a",), offset).column == column


def test_a_place_is_counted_in_characters_and_a_byte_order_mark_does_not_count() -> None:
    source = Source("\ufeff名: {值: 居住, 期: x}\n", "x")
    assert source.position(("名", "期")) == (1, 15)
    assert source.position(("名", "期"), key=True) == (1, 12)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab: {}[]-'\"\n#&*!|>,?%@`0123中\t", max_size=60))
def test_no_text_whatever_breaks_the_reader(text: str) -> None:
    source = Source(text, "x")
    assert source.data is not None or source.findings


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(SERVICE)), st.sampled_from([":", "}", "]", '"', "\n", "- ", "x", "&", "中", "0"]))
def test_no_slip_of_the_pen_breaks_the_loader(where: int, what: str) -> None:
    loaded = load_service(SERVICE[:where] + what + SERVICE[where:])
    assert loaded.value is not None or loaded.findings
