"""Drafts without a model: every sentence rests on the case and its law, and none argues against the rules."""

from collections.abc import Iterator

import pytest
from tests.assist.drafting_world import case_without_papers, said
from tests.shipped_files import procedures, services

from tongban.assist.drafting import examples, plain
from tongban.assist.drafting.changes import changes, kept_share
from tongban.assist.drafting.kinds import drafted_for, kind_of
from tongban.assist.drafting.model import Kind
from tongban.assist.drafting.sources import Gathered, gather
from tongban.assist.drafting.verify import verified
from tongban.catalog.model import Service

PROCEDURES = procedures()


def service(name: str) -> Service:
    return services()[name]


@pytest.fixture(scope="module")
def cases() -> tuple[Gathered, ...]:
    """Every example of four services: a licence, a benefit, a filing, a confirmation."""
    names = ("food-licence", "subsistence-allowance", "public-venue-hygiene", "residence-permit")
    return tuple(map(gather, examples.views(map(service, names), PROCEDURES)))


def all_drafts(cases: tuple[Gathered, ...]) -> Iterator[tuple[Gathered, plain.Drafted]]:
    for case in cases:
        for kind in Kind:
            if (drafted := plain.draft(case, kind)) is not None:
                yield case, drafted


def test_every_sentence_of_every_draft_stands_in_both_languages(cases: tuple[Gathered, ...]) -> None:
    drafts = list(all_drafts(cases))
    assert {drafted.kind for _, drafted in drafts} == set(Kind) - {Kind.REPLY}
    for case, drafted in drafts:
        found = verified(drafted.sentences, case.sources, case.day, case.region)
        assert not found.dropped
        assert all(sentence.evidence for sentence in drafted.sentences)


def test_reasons_for_a_refusal_are_drafted_only_where_the_rules_speak_against_the_person(
    cases: tuple[Gathered, ...],
) -> None:
    for case in cases:
        outcome = case.explained.outcome
        assert (plain.draft(case, Kind.REFUSAL) is not None) == (outcome in ("no", "not-yet"))
        assert (plain.draft(case, Kind.DECISION) is not None) == (outcome == "eligible")


def test_numbers_of_identity_telephone_and_account_are_in_no_source_and_no_draft(cases: tuple[Gathered, ...]) -> None:
    secrets = (examples.NUMBER, "13800000000", "6222020200112233445", "91110000600037341L")
    for case, drafted in all_drafts(cases):
        told = "".join(source.text.zh + source.text.en for source in case.sources.values()) + drafted.words("zh")
        assert not [secret for secret in secrets if secret in told]


def test_a_correction_names_everything_that_is_plainly_missing_with_its_law(cases: tuple[Gathered, ...]) -> None:
    asked = 0
    for case in cases:
        missing = [one for one in case.view.materials if one.status == "missing"]
        drafted = plain.draft(case, Kind.CORRECTION)
        if missing:
            assert drafted is not None
            asked += 1
        for one in missing:
            assert drafted is not None
            [line] = [s for s in drafted.sentences if s.text.zh.startswith(f"“{one.label.zh}”")]
            assert f"law:{one.material.law}" in {evidence.source for evidence in line.evidence}
    assert asked


def test_a_correction_asks_for_what_the_official_ticked_and_nothing_else(cases: tuple[Gathered, ...]) -> None:
    case = next(case for case in cases if sum(one.status == "missing" for one in case.view.materials) > 0)
    present = next(iter(case.view.materials))
    drafted = plain.draft(case, Kind.CORRECTION, [present.slug])
    assert drafted is not None
    assert len(drafted.sentences) == 2


def test_where_nothing_is_missing_no_correction_is_drafted(cases: tuple[Gathered, ...]) -> None:
    complete = [case for case in cases if all(one.status != "missing" for one in case.view.materials)]
    assert complete
    assert not [case for case in complete if plain.draft(case, Kind.CORRECTION)]


@pytest.mark.parametrize(
    ("procedure", "act", "field", "kind"),
    [
        ("licensing", "request-correction", "message", Kind.CORRECTION),
        ("licensing", "propose-refusal", "reasons", Kind.REFUSAL),
        ("licensing", "refuse", "reasons", Kind.REFUSAL),
        ("licensing", "grant", "opinion", Kind.DECISION),
        ("licensing", "examine", "opinion", Kind.SUMMARY),
        ("instant", "accept", "opinion", Kind.ACCEPTANCE),
        ("filing", "file", "opinion", Kind.DECISION),
        ("licensing", "extend", "reasons", None),
        ("licensing", "state-view", "message", None),
        ("licensing", "add-papers", "message", None),
        ("licensing", "propose-refusal", "law", None),
    ],
)
def test_which_field_takes_which_draft_follows_from_the_procedure(
    procedure: str, act: str, field: str, kind: Kind | None
) -> None:
    assert kind_of(PROCEDURES[procedure], act, field) is kind


@pytest.mark.parametrize("name", ["human-look", "algorithm-supervision"])
def test_who_asked_for_a_human_gets_no_machines_words(name: str) -> None:
    assert not drafted_for(service(name))
    assert drafted_for(service("food-licence"))


def test_no_field_that_decides_is_ever_drafted() -> None:
    """Only words are drafted: what is asked for, which articles, which day and which choice stay the official's."""
    for procedure in PROCEDURES.values():
        for name, act in procedure.acts.items():
            for field, spec in act.says.items():
                if kind_of(procedure, name, field) is not None:
                    assert spec.type == "long-text"


def test_what_an_official_changed_is_told_piece_by_piece() -> None:
    assert changes("请补8份材料。", "请补18份材料，谢谢。") == (
        ("kept", "请补"),
        ("out", "8"),
        ("in", "18"),
        ("kept", "份材料"),
        ("in", "，谢谢"),
        ("kept", "。"),
    )
    assert kept_share("甲乙丙丁", "甲乙") == 1.0
    assert kept_share("甲乙", "丙丁") == 0.0
    assert kept_share("甲乙", "") == 0.0


def test_a_long_letter_is_quoted_up_to_a_whole_sentence_and_never_inside_a_number() -> None:
    view = said(
        case_without_papers(), "请看这里。" + "我家的情况是这样的" * 12 + "，电话13800138000。" + "再说一遍" * 30
    )
    case = gather(view)
    drafted = plain.draft(case, Kind.SUMMARY)
    assert drafted is not None
    [mine] = [one for one in drafted.sentences if "本人的话" in one.text.zh]
    assert len(mine.text.zh) < 160
    assert mine.text.zh.endswith("情况是这样的”。")
    assert not verified(drafted.sentences, case.sources, case.day, case.region).dropped
