"""A published version never changes: promotion goes one way, and the seal tells who tried."""

from datetime import date
from pathlib import Path

import pytest
from catalog_samples import PROCEDURE, SERVICE, changed

from tongban.base.errors import Refused
from tongban.catalog.check import check
from tongban.catalog.promote import promote
from tongban.catalog.seals import LOCK


@pytest.fixture
def card(tmp_path: Path) -> Path:
    (tmp_path / "procedures").mkdir()
    (tmp_path / "services").mkdir()
    (tmp_path / "procedures" / "simple.yaml").write_text(PROCEDURE, encoding="utf-8")
    path = tmp_path / "services" / "library-card.yaml"
    path.write_text(changed(SERVICE, "status: published", "status: draft  # 先写草稿"), encoding="utf-8")
    return path


def codes(path: Path) -> list[str]:
    return [finding.code for finding in check([path])]


def test_publishing_changes_one_word_and_seals_the_rest(card: Path) -> None:
    before = card.read_text(encoding="utf-8")
    assert promote(card) == "published"
    assert card.read_text(encoding="utf-8") == changed(before, "status: draft", "status: published")
    assert "library-card@1" in (card.parent / LOCK).read_text(encoding="utf-8")
    assert codes(card) == []


def test_a_published_version_that_was_changed_is_an_error(card: Path) -> None:
    promote(card)
    card.write_text(
        changed(card.read_text(encoding="utf-8"), "promised: 2 working-days", "promised: 3 working-days"),
        encoding="utf-8",
    )
    assert codes(card) == ["published-changed"]
    with pytest.raises(Refused) as refusal:
        promote(card)
    assert refusal.value.code == "published-changed"


def test_comments_and_layout_are_not_content(card: Path) -> None:
    promote(card)
    card.write_text(
        "# 一句说明\n" + card.read_text(encoding="utf-8").replace("visits: {max: 0}", "visits:\n  max: 0"),
        encoding="utf-8",
    )
    assert codes(card) == []


def test_a_new_version_beside_the_old_one_is_how_to_change(card: Path) -> None:
    promote(card)
    second = card.with_name("library-card@2.yaml")
    text = changed(card.read_text(encoding="utf-8"), "status: published", "status: draft")
    second.write_text(
        changed(changed(text, 'version: "1"', 'version: "2"'), "promised: 2 working-days", "promised: 1 working-day"),
        encoding="utf-8",
    )
    assert promote(second, to="published") == "published"
    assert [f.code for f in check([card.parent])] == []


def test_a_service_ends_with_a_last_day_and_does_not_come_back(card: Path) -> None:
    promote(card)
    assert promote(card, to="ended", on=date(2026, 12, 31)) == "ended"
    assert "valid_to: 2026-12-31" in card.read_text(encoding="utf-8")
    assert codes(card) == []
    with pytest.raises(Refused) as refusal:
        promote(card)
    assert (refusal.value.code, refusal.value.status) == ("not-the-next-step", 409)


def test_no_step_is_left_out(card: Path) -> None:
    with pytest.raises(Refused) as refusal:
        promote(card, to="ended")
    assert refusal.value.code == "not-the-next-step"


def test_what_has_errors_is_not_published_and_nothing_is_half_written(card: Path) -> None:
    bad = changed(card.read_text(encoding="utf-8"), "promised: 2 working-days", "promised: 9 working-days")
    card.write_text(bad, encoding="utf-8")
    with pytest.raises(Refused) as refusal:
        promote(card)
    assert refusal.value.code == "promise-too-long"
    assert card.read_text(encoding="utf-8") == bad
    assert not (card.parent / LOCK).exists()


def test_a_draft_without_english_is_not_published(card: Path) -> None:
    card.write_text(
        changed(card.read_text(encoding="utf-8"), "{zh: 住在岚江。, en: You live in Lanjiang.}", "住在岚江。"),
        encoding="utf-8",
    )
    with pytest.raises(Refused) as refusal:
        promote(card)
    assert refusal.value.code == "english-missing"


def test_a_file_published_by_hand_can_be_sealed_afterwards(card: Path) -> None:
    card.write_text(SERVICE, encoding="utf-8")
    assert promote(card, to="published") == "published"
    other = card.with_name("other-card.yaml")
    other.write_text(
        changed(
            changed(
                changed(SERVICE, "service: library-card", "service: other-card"), '"992000990000"', '"992000990001"'
            ),
            "zh: 借书证办理",
            "zh: 阅览室座位",
        ),
        encoding="utf-8",
    )
    assert codes(other) == ["published-unsealed"]


def test_a_file_without_a_status_line_gets_one(card: Path) -> None:
    card.write_text(changed(SERVICE, "status: published\n", ""), encoding="utf-8")
    promote(card)
    assert '\nversion: "1"\nstatus: published\n' in card.read_text(encoding="utf-8")


def test_only_services_are_published(card: Path) -> None:
    with pytest.raises(Refused) as refusal:
        promote(card.parent.parent / "procedures" / "simple.yaml")
    assert refusal.value.code == "not-a-service"
