"""Two months of every indicator are released, and somebody adds and subtracts all that is in them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from attack import few
from fact_rows import DAY, case_fact
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongban.base.clock import ZONE
from tongban.base.errors import Refused
from tongban.base.keys import KeyRing
from tongban.oversight.computing import Figure, Period
from tongban.oversight.facts import CaseFact
from tongban.oversight.files import read_indicators
from tongban.oversight.folder import Facts, opened, replace
from tongban.oversight.model import Indicator
from tongban.oversight.opendata.files import FIGURES
from tongban.oversight.opendata.making import Public, release
from tongban.oversight.opendata.making import released as released_months
from tongban.oversight.opendata.reading import recompute
from tongban.oversight.publishing import asks

MONTHS = (Period.month(2026, 10), Period.month(2026, 11))
NOW = datetime(2026, 12, 10, 9, tzinfo=ZONE)
PUBLIC = Public(origin="https://lanjiang.example", regions=("990101",), services=("s",))
INDICATORS = read_indicators()


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    return KeyRing.open(tmp_path_factory.mktemp("keys"), NOW)


def cases(kinds: Sequence[tuple[str, str, str, int, int, bool]], counts: Sequence[int]) -> list[CaseFact]:
    """So many of each kind: body, service, channel, days after 12 October, days used, whether a law gives the time."""
    rows: list[CaseFact] = []
    for kind, ((body, service, channel, after, used, law), many) in enumerate(zip(kinds, counts, strict=False)):
        for _ in range(many):
            one = case_fact(len(rows), body, service, channel, used)
            moved = {
                name: None if (at := getattr(one, name)) is None else at + timedelta(days=after)
                for name in ("opened_at", "accepted_at", "decided_at", "ended_at", "statutory_due", "promised_due")
            }
            rows.append(msgspec.structs.replace(one, version=str(kind), by_law=law, **moved))
    return rows


def released(facts: Facts, keys: KeyRing, folder: Path) -> list[tuple[Indicator, Figure, Period]]:
    """Every figure of both months, read as a stranger reads them."""
    found: list[tuple[Indicator, Figure, Period]] = []
    for month in MONTHS:
        again = recompute(release(facts, INDICATORS, month, PUBLIC, keys, NOW, folder), keys.keys, NOW)
        assert not again.wrong
        found += [(one, figure, month) for one, figure in again.figures if one.facts == "cases"]
    return found


def of_each_kind(facts: Facts, found: Sequence[tuple[Indicator, Figure, Period]]) -> list[list[int]]:
    """Which kinds of case each figure counts, and each numerator that counts people."""
    wanted: list[str] = []
    for one, figure, month in found:
        those = " AND ".join(f"\"{by}\" = '{name}'" for by, name in zip(figure.by, figure.group, strict=True)) or "true"
        counted = (
            f"({one.where}) AND {one.when} >= TIMESTAMP '{month.since}' AND {one.when} < TIMESTAMP '{month.until}'"
        )
        wanted.append(f"{those} AND {counted}")
        if asks(one):
            wanted.append(f"{those} AND {counted} AND ({one.numerator})")
    columns = ", ".join(f"max(CAST(coalesce({each}, false) AS INTEGER))" for each in dict.fromkeys(wanted))
    rows = facts.run(f"SELECT CAST(version AS INTEGER), {columns} FROM cases GROUP BY 1 ORDER BY 1") if wanted else []
    return [list(column) for column in zip(*(row[1:] for row in rows), strict=True)]


kind = st.tuples(
    st.sampled_from("ab"), st.sampled_from("st"), st.sampled_from(["online", "counter", "handover"]),
    st.sampled_from([0, 15, 25]), st.sampled_from([-1, 3, 12]), st.booleans(),
)  # fmt: skip


@given(
    st.lists(kind, min_size=2, max_size=10, unique=True),
    st.lists(st.one_of(st.integers(1, 12), st.integers(20, 60)), min_size=10, max_size=10),
)
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nobody_can_count_out_a_few_with_two_months_of_every_indicator(
    keys: KeyRing, kinds: list[tuple[str, str, str, int, int, bool]], counts: list[int]
):
    with TemporaryDirectory() as place:
        folder = Path(place)
        replace(folder / "facts", "cases", "990101", "2026-10", cases(kinds, counts))
        with opened(folder / "facts") as facts:
            found = released(facts, keys, folder)
            assert not few(of_each_kind(facts, found), counts[: len(kinds)])


def test_two_of_forty_who_came_otherwise_are_not_told_by_the_share_of_the_others(keys: KeyRing, tmp_path: Path):
    """Who came online is a group of people; that the same forty were late is what came of it."""
    kinds = [("a", "s", "online", 0, 3, True), ("a", "s", "counter", 0, 12, True)]
    replace(tmp_path / "facts", "cases", "990101", "2026-10", cases(kinds, (38, 2)))
    with opened(tmp_path / "facts") as facts:
        shown = {(one.indicator, figure.by) for one, figure, _ in released(facts, keys, tmp_path)}
    assert ("online-share", ()) not in shown
    assert {("on-time-promised", ()), ("on-time-promised", ("body",))} <= shown
    assert DAY.month == 10


def test_three_who_wait_still_are_not_told_by_who_asked_and_who_was_answered(keys: KeyRing, tmp_path: Path):
    kinds = [("a", "s", "online", 0, 3, True), ("a", "s", "online", 0, -1, True)]
    replace(tmp_path / "facts", "cases", "990101", "2026-10", cases(kinds, (37, 3)))
    with opened(tmp_path / "facts") as facts:
        found = released(facts, keys, tmp_path)
    assert {figure.rows for _, figure, _ in found} in ({37}, {40})


def test_what_was_told_before_and_cannot_be_read_blocks_the_next_month_and_says_what_to_do(
    keys: KeyRing, tmp_path: Path
):
    kinds = [("a", "s", "online", 0, 3, True), ("a", "s", "online", 25, 3, True)]
    replace(tmp_path / "facts", "cases", "990101", "2026-10", cases(kinds, (40, 40)))
    with opened(tmp_path / "facts") as facts:
        folder = release(facts, INDICATORS, MONTHS[0], PUBLIC, keys, NOW, tmp_path)
        figures = folder / FIGURES
        whole = figures.read_bytes()
        for wrong in (b"\xff", whole.replace(b",40", b",x"), None):
            figures.unlink() if wrong is None else figures.write_bytes(wrong)
            with pytest.raises(Refused) as caught:
                release(facts, INDICATORS, MONTHS[1], PUBLIC, keys, NOW, tmp_path)
            assert caught.value.code == "earlier-release-unreadable"
            assert "2026-10" in caught.value.problems[0].text.en
            assert released_months(tmp_path) == ["2026-10"]
        figures.write_bytes(whole)
        release(facts, INDICATORS, MONTHS[1], PUBLIC, keys, NOW, tmp_path)
