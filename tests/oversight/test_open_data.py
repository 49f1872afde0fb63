"""A release can be recomputed by anybody, to the last digit, from its files alone; altered it is found out."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import pytest
from fact_rows import case_fact
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongban.base.clock import ZONE
from tongban.base.errors import Refused
from tongban.base.keys import KeyRing
from tongban.cli import main
from tongban.oversight.computing import Period, compute, value
from tongban.oversight.facts import CaseFact
from tongban.oversight.files import read_indicators
from tongban.oversight.folder import Facts, opened, replace
from tongban.oversight.model import SCALE, Indicator
from tongban.oversight.opendata.files import FIGURES, MANIFEST, VALUES, WHOLE
from tongban.oversight.opendata.making import Public, due, release, released
from tongban.oversight.opendata.reading import recompute, releases
from tongban.oversight.publishing import published
from tongban.oversight.store import Band, Known

OCTOBER = Period.month(2026, 10)
NOW = datetime(2026, 11, 10, 9, tzinfo=ZONE)
PUBLIC = Public(origin="https://lanjiang.example", regions=("990101", "990102"), services=("s", "t"))
INDICATORS = read_indicators()
ON_TIME = next(one for one in INDICATORS if one.indicator == "on-time-statutory")


def facts_in(folder: Path, rows: Sequence[CaseFact]) -> Path:
    replace(folder, "cases", "990101", "2026-10", rows)
    return folder


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    return KeyRing.open(tmp_path_factory.mktemp("keys"), NOW)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, keys: KeyRing) -> Path:
    """A release of October; copied by tests that alter it."""
    folder = tmp_path_factory.mktemp("october")
    rows = [case_fact(n, "abcd"[n % 4], "st"[n % 2], "online" if n % 5 else "counter", n % 30) for n in range(300)]
    with opened(facts_in(folder / "facts", rows)) as facts:
        facts.know(Known(row.case_id, f"p-{n // 3}", Band("35-59", "zh")) for n, row in enumerate(rows))
        return release(facts, INDICATORS, OCTOBER, PUBLIC, keys, NOW, folder)


def shown(facts: Facts) -> list[tuple[str, tuple[str, ...], tuple[str, ...], object]]:
    return [(one.indicator, one.by, one.group, one.value) for _, one in published(facts, INDICATORS, OCTOBER)]


kinds = st.tuples(
    st.sampled_from("abcd"), st.sampled_from("st"), st.sampled_from(["online", "counter"]), st.integers(-1, 30)
)


@given(st.lists(st.tuples(kinds, st.integers(1, 40)), min_size=1, max_size=8))
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_recomputing_gives_what_was_computed_to_the_last_digit(
    keys: KeyRing, groups: list[tuple[tuple[str, str, str, int], int]]
):
    with TemporaryDirectory() as place:
        folder = Path(place)
        rows: list[CaseFact] = []
        for (body, service, channel, used), many in groups:
            rows += [case_fact(len(rows) + n, body, service, channel, used) for n in range(many)]
        with opened(facts_in(folder / "facts", rows)) as facts:
            found = release(facts, INDICATORS, OCTOBER, PUBLIC, keys, NOW, folder)
            expected = shown(facts)
            exact = {one.group: one for one in compute(facts, ON_TIME, "body", OCTOBER)}
        again = recompute(found, keys.keys, NOW)
        assert not again.wrong
        assert [(one.indicator, one.by, one.group, one.value) for _, one in again.figures] == expected
        for _, one in again.figures:
            if one.indicator == ON_TIME.indicator and one.by == ("body",):
                assert one == exact[one.group]
                assert one.rows >= ON_TIME.small


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.sampled_from(INDICATORS))
@settings(max_examples=60, deadline=None)
def test_a_value_is_the_exact_quotient_rounded_once(numerator: int, denominator: int, indicator: Indicator):
    found = value(indicator, numerator, denominator)
    assert found is not None
    times, by = SCALE[indicator.unit]
    exact = Fraction(numerator * times, denominator * by)
    assert abs(Fraction(found) - exact) <= Fraction(1, 2 * 10**indicator.places)
    assert -found.as_tuple().exponent == indicator.places  # type: ignore[operator]


def test_a_month_is_released_once_and_keeps_its_noise(made: Path, keys: KeyRing):
    data_dir = made.parent.parent
    before = {path.name: path.read_bytes() for path in made.iterdir() if path.is_file()}
    with opened(data_dir / "nothing") as facts:
        again = release(facts, INDICATORS, OCTOBER, PUBLIC, keys, NOW, data_dir)
    assert again == made
    assert {path.name: path.read_bytes() for path in made.iterdir() if path.is_file()} == before
    assert released(data_dir) == ["2026-10"]


def test_a_month_is_not_released_before_it_has_settled(tmp_path: Path, keys: KeyRing):
    with opened(tmp_path / "facts") as facts, pytest.raises(Refused) as caught:
        release(facts, INDICATORS, Period.month(2026, 11), PUBLIC, keys, NOW, tmp_path)
    assert caught.value.code == "month-not-over"
    assert due(date(2026, 11, 3)) == Period.month(2026, 9)
    assert due(date(2026, 11, 10)) == OCTOBER


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [(VALUES, ",100.0,", ",99.9,"), (FIGURES, "on-time-statutory,2,2026-10,,,", "on-time-statutory,2,2026-10,,,1")],
)
def test_a_figure_that_was_altered_is_found_even_if_only_by_a_digit(
    made: Path, tmp_path: Path, name: str, old: str, new: str
):
    copy = Path(shutil.copytree(made, tmp_path / "copy"))
    text = (copy / name).read_text(encoding="utf-8")
    assert old in text
    (copy / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    wrong = recompute(copy, None, NOW).wrong
    assert len(wrong) >= 2, "the checksum and the value"
    assert any(name in one.en for one in wrong)


def test_the_command_recomputes_from_the_folder_alone(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        main(["indicators", "recompute", str(made)])
    assert ended.value.code == 0
    assert "equal to the last digit" in capsys.readouterr().out
    copy = Path(shutil.copytree(made, tmp_path / "copy"))
    (copy / VALUES).write_text((copy / VALUES).read_text(encoding="utf-8").replace("100.0", "99.9"), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["indicators", "recompute", str(copy)])
    assert ended.value.code == 1


def test_a_release_that_somebody_else_signed_is_not_believed(made: Path, tmp_path: Path):
    other = KeyRing.open(tmp_path / "keys", NOW)
    with pytest.raises(Refused) as caught:
        recompute(made, other.keys, NOW)
    assert caught.value.code == "open-data-unsigned"


def test_no_case_and_no_person_is_in_a_release(made: Path):
    for path in made.rglob("*"):
        if path.is_file() and path.suffix != ".zip":
            text = path.read_text(encoding="utf-8")
            assert "990101-261012-" not in text, path.name
            assert "p-1" not in text, path.name


def test_a_folder_without_a_release_is_named(tmp_path: Path):
    with pytest.raises(Refused) as caught:
        releases(tmp_path)
    assert (caught.value.code, MANIFEST in str(caught.value)) == ("no-open-data", True)


def test_a_stranger_without_the_platform_gets_the_same_digits_for_every_released_figure(made: Path, tmp_path: Path):
    page = (Path(__file__).parents[2] / "docs" / "indicators.md").read_text(encoding="utf-8")
    script = tmp_path / "check.py"
    script.write_text(page.split("```python\n")[1].split("```")[0], encoding="utf-8")
    with ZipFile(made / WHOLE) as whole:
        whole.extractall(tmp_path)

    def checked() -> str:
        words = (sys.executable, "-I", "-S", str(script), str(tmp_path / "2026-10"))
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()

    assert checked() == "0 differ"
    values = tmp_path / "2026-10" / VALUES
    lines = values.read_text(encoding="utf-8").splitlines()
    assert len(lines) > 100
    values.write_text("\n".join([*lines[:-1], lines[-1].replace(".", ".1")]) + "\n", encoding="utf-8")
    assert checked() == "1 differ"


def test_a_release_has_both_sums_and_the_formula_of_every_value_it_says(made: Path):
    figures = {tuple(line.split(",")[:5]) for line in (made / FIGURES).read_text(encoding="utf-8").splitlines()}
    values = {tuple(line.split(",")[:5]) for line in (made / VALUES).read_text(encoding="utf-8").splitlines()}
    assert figures == values
    formulas = {(one.indicator, one.version) for one in read_indicators(made / "indicators")}
    assert {(line[0], line[1]) for line in figures} - {("indicator", "version")} <= formulas
