"""The list as a sheet: what is written is read back the same, and everything wrong is told at once at its cell."""

import csv
import io
from datetime import date

import pytest
from directory_samples import RESOURCE, changed
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.base.i18n import Text
from tongban.catalog.findings import Finding
from tongban.catalog.model import Law, Level, Theme
from tongban.sharing.directory.columns import COLUMNS
from tongban.sharing.directory.load import folders, load_resource, read
from tongban.sharing.directory.model import (
    Approval,
    Assessment,
    Attribute,
    Category,
    Condition,
    Format,
    Frequency,
    Grade,
    Ground,
    Item,
    Mode,
    Owner,
    Rank,
    Record,
    Resource,
    ResourceType,
    Status,
)
from tongban.sharing.directory.registered import DataDirectory
from tongban.sharing.directory.sheet import read_sheet, write_sheet

LISTED = read(folders()).directory()
EMPTY = DataDirectory.build([], {})

CODED = {"law-undefined", "element-unknown"}
"""What the rules say of invented entries; the data are sound all the same."""


def test_the_shipped_list_is_read_back_the_same() -> None:
    found = read_sheet(write_sheet(LISTED.resources.values()).encode(), LISTED)
    assert found.findings == ()
    assert found.entries == tuple(LISTED.resources.values())


def test_a_spreadsheet_may_save_it_in_its_own_encoding() -> None:
    text = write_sheet(LISTED.resources.values()).removeprefix("\ufeff")
    assert read_sheet(text.encode("gb18030"), LISTED).entries == tuple(LISTED.resources.values())


# --- whatever an entry says ---------------------------------------------------------------------------------

words = st.text(
    alphabet=st.one_of(
        st.sampled_from("=+-@'|\\\"\n,;、 \t，。字"), st.characters(categories=("L", "N", "P", "S", "Zs"))
    ),
    min_size=1,
    max_size=12,
)
texts = st.builds(Text, words, words)
slugs = st.from_regex(r"[a-z]{1,8}(-[a-z0-9]{1,4})?", fullmatch=True)
names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
days = st.dates(date(1000, 1, 1), date(9999, 12, 31))
laws = st.builds(
    Law,
    id=st.from_regex(r"[A-Z][A-Za-z0-9._-]{0,6}", fullmatch=True),
    act=words,
    act_en=st.just("") | words,
    article=st.sampled_from(["", "?", "12", "3 第二款"]),
    about=st.just("") | words | texts,
    no=st.just("") | words,
    issued_by=st.just("") | words,
    in_force=st.none() | days,
    until=st.none() | days,
    tag=st.sampled_from(["V", "S", "I", "M"]),
    gist=st.just("") | words | texts,
)
items = st.builds(
    Item,
    element=slugs,
    law=st.just("") | words,
    attribute=st.none() | st.sampled_from(Attribute),
    ground=st.just("") | words,
)
records = st.builds(
    Record,
    name=texts,
    subject=st.sampled_from(["id-number", "uscc"]),
    elements=st.dictionaries(names, items, min_size=1, max_size=3),
)
resources = st.builds(
    Resource,
    id=st.from_regex(r"[a-z][a-z0-9-]{0,6}\.[a-z0-9-]{1,6}", fullmatch=True),
    version=st.integers(1, 9999),
    status=st.sampled_from(Status),
    name=texts,
    summary=texts,
    owner=st.builds(
        Owner,
        body=slugs,
        region=st.from_regex(r"[0-9]{6}", fullmatch=True),
        level=st.sampled_from(Level),
        name=texts,
    ),
    type=st.sampled_from(ResourceType),
    themes=st.lists(st.sampled_from(Theme), max_size=2).map(tuple),
    category=st.sampled_from(Category),
    grade=st.sampled_from(Grade),
    attribute=st.sampled_from(Attribute),
    modes=st.lists(st.sampled_from(Mode), max_size=3).map(tuple),
    conditions=st.lists(st.builds(Condition, text=texts, law=st.just("") | words), max_size=2).map(tuple),
    scope=st.none() | texts,
    use=st.none() | texts,
    ground=st.none() | st.builds(Ground, reason=texts, law=words, rank=st.sampled_from(Rank)),
    format=st.sampled_from(Format),
    frequency=st.sampled_from(Frequency),
    rows=st.none() | st.integers(0, 10**14),
    law=st.lists(laws, max_size=2).map(tuple),
    records=st.dictionaries(slugs, records, min_size=1, max_size=2),
    assessment=st.none()
    | st.builds(Assessment, done=days, by=texts, secrecy=texts, privacy=texts, passed=st.booleans()),
    approval=st.none() | st.builds(Approval, at=days, by=texts),
    listed_on=st.none() | days,
)


@settings(max_examples=40, deadline=None)
@given(st.lists(resources, max_size=3, unique_by=lambda one: one.id))
def test_whatever_an_entry_says_is_read_back_the_same(entries: list[Resource]) -> None:
    text = write_sheet(entries)
    found = read_sheet(text.encode(), EMPTY)
    assert found.entries == tuple(entries)
    for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in row)


# --- what is wrong ------------------------------------------------------------------------------------------


def sheet(*changes: tuple[int, str, str]) -> bytes:
    """The sample entry as a sheet, with cells exchanged: row (the heading is 1), column, what stands there."""
    resource = load_resource(RESOURCE).require()
    rows = list(csv.reader(io.StringIO(write_sheet([resource]).removeprefix("\ufeff"), newline="")))
    codes = [column.code for column in COLUMNS]
    for row, code, cell in changes:
        while len(rows) < row:
            rows.append([""] * len(codes))
        rows[row - 1][codes.index(code)] = cell
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def told(data: bytes) -> list[Finding]:
    found = read_sheet(data, EMPTY, "list.csv")
    return [one for one in found.findings if one.code not in CODED]


def place_of(code: str) -> int:
    return [column.code for column in COLUMNS].index(code) + 1


def test_everything_wrong_is_told_at_once_at_its_cell() -> None:
    data = sheet(
        (2, "rows", "很多"),
        (2, "attribute", "都可以"),
        (3, "assessment.done", "去年"),
        (4, "field", ""),
        (5, "resource", "culture.readers2"),
        (5, "field", "x"),
    )
    places = [(one.code, one.line, one.column) for one in told(data)]
    first, after = 2, 3  # rows as a spreadsheet numbers them: a cell with line breaks is one row
    assert ("cell-wrong", first, place_of("rows")) in places
    assert ("cell-wrong", first, place_of("attribute")) in places
    assert ("cell-wrong", after, place_of("assessment.done")) in places
    assert ("row-unnamed", after + 1, 1) in places
    assert ("row-unnamed", after + 2, 1) in places


def test_what_is_missing_is_told_like_in_a_file_and_nothing_is_taken() -> None:
    data = sheet((2, "owner.zh", ""), (2, "frequency", ""))
    assert read_sheet(data, EMPTY).entries == ()
    assert {one.line for one in told(data)} == {2}
    assert len(told(data)) >= 2


def test_a_rule_of_the_law_is_told_at_its_row_and_column() -> None:
    condition = [
        one for one in told(sheet((2, "conditions", "我们想要的条件|What we like"))) if one.severity == "error"
    ]
    assert [(one.code, one.line, one.column) for one in condition] == [
        ("condition-invented", 2, place_of("conditions"))
    ]


def test_what_differs_between_rows_of_one_entry_is_no_guess() -> None:
    assert "cell-differs" in {one.code for one in told(sheet((3, "frequency", "每年")))}
    assert "cell-differs" not in {one.code for one in told(sheet((3, "frequency", "每日")))}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "column-missing"),
        (b"\xff\xff\xff", "sheet-encoding"),
        ("资源 resource,记录 record,别的\r\n".encode(), "column-unknown"),
        (b"resource,record,resource,field\r\n", "column-twice"),
        (b'resource,record,field\r\n"a.b,c,d\r\n', "sheet-broken"),
        (b"resource,record,field\r\n,r,f\r\n", "entry-unnamed"),
        (b"resource,record,field\r\na.b,r,f,more\r\n", "cell-astray"),
        (b"resource,record,field\r\na.b,r,f\r\nc.d,r,f\r\na.b,r,g\r\n", "entry-twice"),
        (b"resource,record,field\r\na.b,r,f\r\na.b,r,f\r\n", "field-twice"),
        (b"x" * 5_000_001, "sheet-too-large"),
        (b"resource,record,field\r\n" + b"a.b,r,f\r\n" * 20_001, "sheet-too-long"),
    ],
)
def test_a_sheet_that_is_none_is_told_in_words(data: bytes, code: str) -> None:
    found = [one for one in told(data) if one.code == code]
    assert found
    assert found[0].text.zh != found[0].text.en
    assert read_sheet(data, EMPTY).entries == ()


def test_the_sample_changed_in_the_sheet_is_the_sample_changed_in_its_file() -> None:
    found = read_sheet(sheet((2, "frequency", "monthly"), (2, "approval.at", "2026/1/10")), EMPTY)
    text = changed(changed(RESOURCE, "frequency: daily", "frequency: monthly"), "at: 2026-01-09", "at: 2026-01-10")
    assert found.entries == (load_resource(text).require(),)
