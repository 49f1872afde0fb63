"""How much a service asks: what counts, and that sharing saves the shipped services most of it."""

from datetime import date

from shipped_law import SERVICES

from tongban.base.i18n import words
from tongban.catalog.bundle_count import typical
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.once_only import Asked, asked, together
from tongban.catalog.shipped import shipped


def left(found: Asked) -> list[list[str]]:
    return [[words(thing.name, "zh") for thing in applicant.left] for applicant in found.applicants]


NEWEST = [one for slug, one in SERVICES.items() if f"{slug}@2" not in SERVICES]


def test_what_is_asked_over_all_shipped_services_falls_by_seventy_percent_or_more() -> None:
    """What is a part of a bundle is asked in its one form, once for all parts; alone it counts with nothing shared."""
    assert len(NEWEST) >= 17
    law = Catalogue.load(shipped("services"), shipped("procedures"), bundles=shipped("bundles"))
    composed = [law.composed(bundle.bundle, on=date(2026, 12, 1)) for bundle in law.bundles(date(2026, 12, 1))]
    parts = {service.service for one in composed for service in one.members.values()}
    assert len(composed) == 6
    together_asked = sum(typical(one).together.questions + typical(one).together.papers for one in composed)
    total = together(asked(service) for service in NEWEST if service.service not in parts)
    alone = together(asked(service) for service in NEWEST).alone
    assert 1 - (total.shared + together_asked) / alone >= 0.70, (alone, total.shared, together_asked)


def test_every_service_has_an_applicant_to_count_for() -> None:
    for service in NEWEST:
        found = asked(service)
        assert found.applicants, service.service
        assert found.alone > 0, service.service


def test_unemployment_benefit_asks_nothing_but_the_account() -> None:
    assert left(asked(SERVICES["unemployment-benefit@2"])) == [["银行卡号"], ["银行卡号"]]
    assert (
        left(asked(SERVICES["unemployment-benefit"]))
        == [["想找工作", "不能领的情形", "上次没领完的月数", "银行卡号"]] * 2
    )


def test_what_is_worked_out_or_may_be_left_out_is_not_counted() -> None:
    """An optional paper (离职证明), an optional answer (规划许可证号) and an age are no burden in either count."""
    names = {
        words(thing.name, "zh")
        for service in NEWEST
        for applicant in asked(service).applicants
        for thing in applicant.things
    }
    assert not names & {"终止或解除劳动关系的证明", "建设工程规划许可证号", "周岁", "店名"}


def test_a_situation_in_which_nothing_is_applied_for_has_no_applicant() -> None:
    found = asked(SERVICES["food-licence"])
    situations = [words(applicant.situation, "zh") for applicant in found.applicants]
    assert situations == ["只卖预包装食品：备案", "餐饮、食堂"]


def test_a_paper_counts_only_in_the_situation_that_needs_it() -> None:
    """The lease belongs to who lives in a home here, the enrolment to who studies here."""
    home = next(a for a in asked(SERVICES["residence-permit@2"]).applicants if "住所" in words(a.situation, "zh"))
    papers = [words(thing.name, "zh") for thing in home.things if thing.paper]
    assert papers == ["本人相片", "房屋租赁合同或产权证"]


def test_a_second_version_with_more_sources_decides_as_the_first_did() -> None:
    """Sources say who answers; no rule, term, amount or paper was changed with them."""
    for slug in SERVICES:
        if not slug.endswith("@2") or slug.startswith("advanced-age"):
            continue
        old, new = SERVICES[slug.removesuffix("@2")], SERVICES[slug]
        assert (old.eligible, old.tables, old.amounts, old.terms) == (new.eligible, new.tables, new.amounts, new.terms)
        assert (old.situations, old.conditions, old.result) == (new.situations, new.conditions, new.result)
        assert asked(old).alone == asked(new).alone, slug
        assert asked(old).shared > asked(new).shared, slug
        assert new.valid_from == date(2026, 11, 24)
        assert (shipped("services") / f"{slug}.yaml").exists()
