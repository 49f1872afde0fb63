"""A decision is kept small and made again years later; a correction published since changes what is known, not it."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from catalog_samples import changed
from hypothesis import given, settings
from hypothesis import strategies as st
from test_catalog_parameters import DATED

from tongban.base.clock import ZONE, SettableClock
from tongban.base.errors import Refused
from tongban.catalog import Catalogue, assess, compact, digest, load_service, replay
from tongban.catalog.model import Service
from tongban.catalog.replay import canonical, differences, record
from tongban.catalog.seals import seal
from tongban.catalog.shipped import shipped

DAY = date(2026, 11, 3)
PERSON = {"lives_here": True, "born": date(1990, 1, 1), "full_name": "周晓岚"}
FIRST = load_service(DATED).require()
_LATER = changed(
    changed(DATED, 'version: "1"', 'version: "1.1"'),
    "valid_from: 2026-01-01",
    "valid_from: 2026-01-01\nrecorded_at: 2027-03-01T09:00:00+08:00",
)
CORRECTED = changed(_LATER, "values: {child: 5, adult: 10}", "values: {child: 5, adult: 11}")
CORRECTION = load_service(CORRECTED).require()
SECOND = load_service(
    changed(
        changed(DATED, 'version: "1"', 'version: "2"'),
        "valid_from: 2026-01-01",
        "valid_from: 2027-01-01\nrecorded_at: 2026-12-01T00:00:00+08:00",
    )
).require()


def moment(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=ZONE)


LATER = moment(2027, 6, 1)


def catalogue(*services: Service, now: datetime = LATER) -> Catalogue:
    return Catalogue(services, (), clock=SettableClock(now))


def kept(service: Service = FIRST, day: date = DAY, **facts: Any) -> dict[str, Any]:
    """As a database gives it back."""
    return json.loads(json.dumps(compact(assess(service, PERSON | facts, day))))


def test_a_kept_decision_is_made_again_whole_with_the_same_digest() -> None:
    again = replay(kept(), catalogue(FIRST))
    assert again.outputs["books"] == 10
    assert again.parameters[0].law == "LIB-33"
    assert [decision.table.name for decision in again.trace] == ["class", "eligible", "books"]
    assert digest(again) == kept()["digest"]


def test_what_is_kept_is_small_and_names_rows_periods_and_the_text_of_the_law() -> None:
    short = kept()
    assert short["hash"] == seal(FIRST)
    assert short["rows"] == {"class": [2], "eligible": [1], "books": [2]}
    assert short["parameters"] == [{"name": "books_allowed", "day": "2026-11-03", "category": "adult", "period": 1}]
    assert len(canonical(short)) < 800


def test_names_of_people_that_no_rule_asks_for_are_not_kept() -> None:
    assert kept()["inputs"] == {"born": "1990-01-01", "lives_here": True}


def test_the_digest_does_not_hang_on_how_facts_were_stored() -> None:
    assert kept(born="1990-01-01")["digest"] == kept()["digest"]
    assert kept(full_name="someone else")["digest"] == kept()["digest"]


@pytest.mark.parametrize(
    ("name", "day", "proved"),
    [
        (
            "advanced-age-allowance",
            date(2026, 11, 3),
            "sha256:667c17afd6661318fee98a4772f1a01e1bbbef50efac36848ac472443eb118fd",
        ),
        (
            "advanced-age-allowance@2",
            date(2026, 12, 16),
            "sha256:1995867b3fcaeb30621fe3ed45d3435c7ca70cab5ea27d68b02abd953e73e7d5",
        ),
    ],
)
def test_the_digest_is_the_same_on_every_machine_and_in_every_year(name: str, day: date, proved: str) -> None:
    """If this fails, decisions kept by earlier releases can no longer be proved: give the record a new FORMAT."""
    sealed = load_service((shipped("services") / f"{name}.yaml").read_text(encoding="utf-8")).require()
    found = assess(sealed, {"birth_date": "1936-11-03", "home_region": "990101"}, day)
    assert compact(found)["digest"] == proved


def test_a_decision_survives_new_versions_and_the_end_of_its_own() -> None:
    ended = msgspec.structs.replace(FIRST, status="ended", valid_to=date(2026, 12, 31))
    assert replay(kept(), catalogue(ended, CORRECTION, SECOND)).outputs["books"] == 10


def test_a_correction_published_later_says_what_is_known_today_and_not_what_was_said() -> None:
    both = catalogue(FIRST, CORRECTION)
    assert replay(kept(), both).outputs["books"] == 10
    before, after = (both.version("library-card", on=DAY, known=moment(2027, month, 1)) for month in (2, 4))
    assert (before.version, after.version) == ("1", "1.1")
    then, now = assess(before, PERSON, DAY), assess(after, PERSON, DAY)
    assert [(one.part, one.before, one.after) for one in differences(then, now)][:2] == [
        ("version", "1", "1.1"),
        ("outputs.books", 10, 11),
    ]


def test_the_version_of_a_day_is_chosen_by_both_times() -> None:
    made = catalogue(FIRST, CORRECTION, SECOND)

    def chosen(on: date, known: datetime) -> str:
        return made.version("library-card", on=on, known=known).version

    assert chosen(date(2027, 2, 1), moment(2026, 11, 30)) == "1", "nobody knew of the second version yet"
    assert chosen(date(2027, 2, 1), moment(2026, 12, 2)) == "2"
    assert chosen(date(2026, 12, 31), moment(2027, 6, 1)) == "1.1"
    assert made.version("library-card", on=DAY).version == "1.1"


def test_what_is_not_published_yet_cannot_be_applied_for() -> None:
    early, late = (
        catalogue(FIRST, CORRECTION, now=now).services(date(2027, 3, 1))
        for now in (datetime(2027, 3, 1, 8, 59, tzinfo=ZONE), datetime(2027, 3, 1, 9, tzinfo=ZONE))
    )
    assert ([s.version for s in early], [s.version for s in late]) == (["1"], ["1.1"])


def test_a_day_before_every_version_is_told() -> None:
    with pytest.raises(Refused) as refusal:
        catalogue(FIRST).version("library-card", on=date(2025, 12, 31))
    assert (refusal.value.code, refusal.value.status) == ("no-version", 404)


def test_drafts_govern_no_day() -> None:
    draft = load_service(changed(DATED, "status: published", "status: draft")).require()
    with pytest.raises(Refused):
        catalogue(draft).version("library-card", on=DAY)


@pytest.mark.parametrize(
    ("change", "services", "code"),
    [
        ({"service": "no-such"}, (FIRST,), "unknown-service"),
        ({}, (SECOND,), "unknown-version"),
        ({}, (msgspec.structs.replace(FIRST, conditions=()),), "version-changed"),
        ({"inputs": {"born": "1990-01-01", "lives_here": False}}, (FIRST,), "decision-differs"),
        ({"day": "2027-01-01"}, (FIRST,), "decision-differs"),
        ({"format": "other/1"}, (FIRST,), "decision-unreadable"),
        ({"day": "someday"}, (FIRST,), "decision-unreadable"),
        ({"inputs": None}, (FIRST,), "decision-unreadable"),
    ],
)
def test_a_decision_that_cannot_be_proved_says_why(
    change: dict[str, Any], services: tuple[Service, ...], code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        replay(kept() | change, catalogue(*services))
    assert refusal.value.code == code


@settings(max_examples=60)
@given(
    st.booleans() | st.none(),
    st.dates(date(1920, 1, 1), date(2026, 11, 3)) | st.none(),
    st.sampled_from(["first", "second", None]),
    st.sampled_from([DAY, date(2026, 12, 31), date(2027, 1, 1)]),
)
def test_every_decision_can_be_made_again(lives_here: Any, born: Any, school: Any, day: date) -> None:
    found = assess(FIRST, {"lives_here": lives_here, "born": born, "school": school}, day)
    short = json.loads(json.dumps(compact(found)))
    assert record(replay(short, catalogue(FIRST, CORRECTION, SECOND))) == record(found)


def test_fractions_are_kept_as_texts() -> None:
    assert canonical({"b": 1, "a": "0.10"}) == b'{"a":"0.10","b":1}'
    with pytest.raises(TypeError):
        canonical({"a": Decimal("0.1")})
