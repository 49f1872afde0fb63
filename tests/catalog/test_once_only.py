"""How much a service asks: what counts, and that sharing saves the shipped services most of it."""

from datetime import date

from shipped_law import SERVICES
from tests.shipped_files import catalogue

from tongban.base.i18n import words
from tongban.catalog.bundle_count import Given, counted, typical
from tongban.catalog.once_bundles import through_bundles
from tongban.catalog.once_only import Asked, asked, together
from tongban.catalog.shipped import shipped


def left(found: Asked) -> list[list[str]]:
    return [[words(thing.name, "zh") for thing in applicant.left] for applicant in found.applicants]


NEWEST = [one for slug, one in SERVICES.items() if f"{slug}@2" not in SERVICES]


DAY = date(2026, 12, 1)
LAW = catalogue()
BUNDLES = [LAW.composed(bundle.bundle, on=DAY) for bundle in LAW.bundles(DAY)]


def test_what_is_asked_falls_by_seventy_percent_where_one_matter_is_applied_for_in_one_form() -> None:
    """Every service that is applied for counts: the parts of a bundle through its one form, all else alone."""
    found = through_bundles(LAW.services(DAY), BUNDLES)
    assert found.bundles == 6
    assert found.fall >= 0.70, found


def test_what_is_asked_falls_by_seventy_percent_with_each_service_applied_for_alone() -> None:
    """The figure that is published (docs/promises.md): whoever adds a source or a question states it anew."""
    total = together(asked(service) for service in LAW.services(DAY))
    assert total.fall >= 0.70
    assert (total.alone, total.shared) == (658, 196)


def test_what_another_person_answers_for_a_bundle_is_not_left_out_of_the_count() -> None:
    """The statement of the partner is no part of the founder's form, so what it asks is added to it."""
    business = next(one for one in BUNDLES if one.bundle.bundle == "open-business")
    partner = business.members["partner"]
    form = typical(business).together
    found = through_bundles(business.members.values(), [business])
    assert found.shared == form.questions + form.papers + asked(partner).shared
    assert found.alone == sum(asked(service).alone for service in business.members.values())


def test_what_the_form_settles_is_no_saving_where_a_record_would_have_answered() -> None:
    """The name of a child who is registered with this form: the later parts, applied for alone, would look it up."""
    newborn = next(one for one in BUNDLES if one.bundle.bundle == "newborn")
    (settled,) = [same for same in newborn.bundle.same if same.asked]
    found = counted(newborn, {at.partition(".")[0]: Given(["newborn_name"], ()) for at in settled.of})
    assert (found.alone.questions, found.together.questions) == (1, 1)


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
    """An optional paper (离职证明), an optional answer (规划许可证号, a trader's 店名) and an age are none."""
    names = {
        service.service: {words(thing.name, "zh") for one in asked(service).applicants for thing in one.things}
        for service in NEWEST
    }
    assert not set().union(*names.values()) & {"终止或解除劳动关系的证明", "建设工程规划许可证号", "周岁"}
    assert [name for name, found in names.items() if "店名" in found] == ["small-food-shop"]  # there it is required


def test_a_situation_in_which_nothing_is_applied_for_has_no_applicant() -> None:
    found = asked(SERVICES["food-licence"])
    situations = [words(applicant.situation, "zh") for applicant in found.applicants]
    assert situations == ["只卖预包装食品：备案", "餐饮、食堂"]


def test_a_paper_counts_only_in_the_situation_that_needs_it() -> None:
    """The lease belongs to who lives in a home here, the enrolment to who studies here."""
    home = next(a for a in asked(SERVICES["residence-permit@2"]).applicants if "住所" in words(a.situation, "zh"))
    papers = [words(thing.name, "zh") for thing in home.things if thing.paper]
    assert papers == ["本人相片", "房屋租赁合同或产权证"]


PLACED = ("childcare-subsidy@2", "subsistence-allowance@2", "out-of-area-medical-filing@2", "advanced-age-allowance@3")


def test_a_version_that_names_the_competent_place_asks_and_decides_as_the_one_before() -> None:
    """The rule of competence reads what was asked anyway: nobody is asked one question more for it."""
    for slug in PLACED:
        name, version = slug.split("@")
        old, new = SERVICES["advanced-age-allowance@2" if version == "3" else name], SERVICES[slug]
        assert new.competence and not old.competence
        assert (old.eligible, old.tables, old.amounts, old.terms) == (new.eligible, new.tables, new.amounts, new.terms)
        assert (old.facts, old.materials, old.result) == (new.facts, new.materials, new.result)


CERTIFIED = ("seal-filing@2", "tax-registration@2")


def test_a_version_that_rests_on_a_certificate_decides_as_the_one_before() -> None:
    """Who has the certificate is not asked for the number of the case it came of; everything else is as it was."""
    for slug in CERTIFIED:
        old, new = SERVICES[slug.removesuffix("@2")], SERVICES[slug]
        assert (old.eligible, old.tables, old.terms, old.result) == (new.eligible, new.tables, new.terms, new.result)
        taken = {name for name, fact in new.facts.items() if fact != old.facts[name]}
        assert taken == {"licence_number"} and new.facts["licence_number"].source is not None


def test_a_second_version_with_more_sources_decides_as_the_first_did() -> None:
    """Sources say who answers; no rule, term, amount or paper was changed with them."""
    for slug in SERVICES:
        if not slug.endswith("@2") or slug in ("advanced-age-allowance@2", *PLACED, *CERTIFIED):
            continue
        old, new = SERVICES[slug.removesuffix("@2")], SERVICES[slug]
        assert (old.eligible, old.tables, old.amounts, old.terms) == (new.eligible, new.tables, new.amounts, new.terms)
        assert (old.situations, old.conditions, old.result) == (new.situations, new.conditions, new.result)
        assert asked(old).alone == asked(new).alone, slug
        assert asked(old).shared > asked(new).shared, slug
        assert new.valid_from == date(2026, 11, 24)
        assert (shipped("services") / f"{slug}.yaml").exists()
