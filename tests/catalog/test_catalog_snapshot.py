"""The catalogue: versions side by side, one of them in force, and everything found in people's own words."""

import json
from datetime import date, datetime
from pathlib import Path

import pytest
from catalog_samples import PROCEDURE, SERVICE, USE, changed
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.base.clock import ZONE, SettableClock
from tongban.base.errors import Refused
from tongban.catalog import Catalogue, ListedItem, load_service
from tongban.catalog.search import Index
from tongban.catalog.shipped import shipped

NOW = SettableClock(datetime(2026, 11, 23, 9, tzinfo=ZONE))
SECOND = changed(changed(SERVICE, 'version: "1"', 'version: "10"'), "valid_from: 2026-01-01", "valid_from: 2027-01-01")
NINTH = changed(changed(SERVICE, 'version: "1"', 'version: "9"'), "valid_from: 2026-01-01", "valid_from: 2026-06-01")


def catalogue(*texts: str, listed: tuple[ListedItem, ...] = ()) -> Catalogue:
    return Catalogue([load_service(text).require() for text in texts], (), listed=listed, clock=NOW)


def test_the_version_in_force_on_the_day_applies() -> None:
    made = catalogue(SERVICE, SECOND, NINTH)
    assert [
        made.service("library-card", on=day).version for day in (date(2026, 2, 1), date(2026, 7, 1), date(2027, 1, 1))
    ] == [
        "1",
        "9",
        "10",
    ]
    assert [service.version for service in made.services()] == ["9"]
    assert [service.version for service in made.versions("library-card")] == ["10", "9", "1"]
    assert made.service("library-card", "1").version == "1"


def test_drafts_and_what_is_over_cannot_be_applied_for() -> None:
    assert catalogue(changed(SERVICE, "status: published", "status: draft")).services() == ()
    assert catalogue(changed(SERVICE, "status: published", "status: ended")).services() == ()
    over = changed(SERVICE, "valid_from: 2026-01-01", "valid_from: 2026-01-01\nvalid_to: 2026-11-22")
    assert catalogue(over).services() == ()
    assert catalogue(changed(over, "11-22", "11-23")).services() != ()


def test_a_region_s_own_file_goes_before_the_general_one() -> None:
    own = changed(
        changed(SERVICE, "visits: {max: 0}", 'visits: {max: 0}\nregions: ["990100"]'), "scope: city", "scope: province"
    )
    made = catalogue(SERVICE, own)
    assert [s.reach.scope for s in made.services(region="990101")] == ["province"]
    assert [s.reach.scope for s in made.services(region="990201")] == ["city"]


@pytest.mark.parametrize(
    ("slug", "version", "code"), [("nothing", None, "unknown-service"), ("library-card", "7", "unknown-version")]
)
def test_what_is_not_there_is_a_404_that_says_so(slug: str, version: str | None, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        catalogue(SERVICE).service(slug, version)
    assert (refusal.value.code, refusal.value.status) == (code, 404)
    with pytest.raises(Refused) as refusal:
        catalogue().procedure("nothing")
    assert refusal.value.code == "unknown-procedure"


def test_one_bad_file_does_not_close_the_office(tmp_path: Path) -> None:
    for folder, name, text in (
        ("services", "good", SERVICE),
        ("services", "bad", "service: ["),
        ("procedures", "simple", PROCEDURE),
        ("uses", "finder", USE),
    ):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    made = Catalogue.load(tmp_path / "services", tmp_path / "procedures", tmp_path / "uses", clock=NOW)
    assert [s.service for s in made.services()] == ["library-card"]
    assert [p.code for p in made.problems] == ["yaml-syntax"]
    assert made.procedure("simple").name.en == "Simple"
    assert [use.use for use in made.uses()] == ["finder"]


def test_a_broken_line_among_the_drafts_is_told_and_the_others_are_kept(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text(
        '{"id":"1","name":"失业登记","department":"人社局"}\n{"id": 2\n', encoding="utf-8"
    )
    made = Catalogue.load((), (), (), drafts=tmp_path, clock=NOW)
    assert [item.name for item in made.listed()] == ["失业登记"]
    assert [(p.code, p.line) for p in made.problems] == [("listed-unreadable", 2)]


def test_an_installation_s_own_folder_adds_to_the_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "library-card.yaml").write_text(SERVICE, encoding="utf-8")
    made = Catalogue.load([shipped("services"), tmp_path], shipped("procedures"), shipped("uses"), clock=NOW)
    slugs = {service.service for service in made.services()}
    assert {"library-card", "residence-permit"} <= slugs


def test_search_finds_by_the_citizen_s_words_and_shows_them() -> None:
    hit = catalogue(SERVICE).search("我想去图书馆办卡")[0]
    assert hit.service is not None
    assert hit.service.service == "library-card"
    assert "图书馆办卡" in "".join(hit.matched)
    assert 0.5 < hit.coverage <= 1


def test_search_in_english_and_with_nothing_to_find() -> None:
    made = catalogue(SERVICE)
    assert made.search("library card", "en")[0].matched == ("library", "card")
    assert made.search("library card", "zh")
    assert made.search("") == made.search("？！ 🙂") == made.search("zebra") == []


def test_a_draft_is_found_by_its_name_but_is_no_service() -> None:
    item = ListedItem(id="511A", name="母婴保健技术服务执业许可", department="区卫健局")
    made = catalogue(SERVICE, listed=(item,))
    hit = made.search("母婴保健")[0]
    assert (hit.service, hit.listed) == (None, item)
    assert made.search("母婴保健", listed=False) == []


def test_what_is_not_in_force_is_not_found() -> None:
    assert catalogue(changed(SERVICE, "status: published", "status: draft")).search("图书馆") == []


def test_search_finds_a_shipped_service_by_an_everyday_question() -> None:
    lines = (Path(__file__).parent / "guide_questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line) for line in lines]
    made = Catalogue.load(shipped("services"), shipped("procedures"), shipped("uses"), clock=NOW)
    found = [
        q for q in questions if q["service"] in [h.service.service for h in made.search(q["q"], limit=3) if h.service]
    ]
    missed = [q["q"] for q in questions if q not in found]
    assert len(found) / len(questions) >= 0.8, missed


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text("居住证办理许可abc ", max_size=12), max_size=12), st.text("居住证办理许可abc ", max_size=20))
def test_no_query_breaks_the_search_and_hits_come_best_first(documents: list[str], query: str) -> None:
    hits = Index([[(text, 1.0)] for text in documents], [(text,) for text in documents]).search(query)
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)
    assert all(0 <= h.coverage <= 1 for h in hits)


def test_a_document_that_says_it_word_for_word_comes_first() -> None:
    names = ["食品经营许可变更", "食品经营许可", "食品生产许可", "药品经营许可"]
    hits = Index([[(name, 3.0)] for name in names], [(name,) for name in names]).search("食品经营许可")
    assert names[hits[0].key] == "食品经营许可"
