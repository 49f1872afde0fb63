"""All files of the shipped law: they load, check clean, and every scenario written in them comes out."""

import pytest
from shipped_law import PROCEDURES, SERVICES, terms_of

from tongban.base.i18n import Text
from tongban.catalog import assess
from tongban.catalog.certificate_type import RESOURCE as CERTIFICATES
from tongban.catalog.check import check
from tongban.catalog.findings import format_finding
from tongban.catalog.model import Material, Service
from tongban.catalog.procedure import Act, Procedure, Who
from tongban.catalog.seals import is_sealed
from tongban.catalog.shipped import shipped
from tongban.rules import to_feel


def test_every_service_and_its_versions_are_shipped_and_nothing_else() -> None:
    assert sorted(SERVICES) == [
        "advanced-age-allowance",
        "advanced-age-allowance@2",
        "advanced-age-allowance@3",
        "assistive-device",
        "birth-certificate",
        "certificate-reissue",
        "childcare-subsidy",
        "childcare-subsidy@2",
        "company-registration",
        "completion-acceptance",
        "construction-permit",
        "construction-permit@2",
        "construction-stage",
        "data-access-question",
        "death-deregistration",
        "disability-card",
        "disability-card-cancellation",
        "disability-two-subsidies",
        "disability-two-subsidies@2",
        "disabled-employment",
        "employee-housing-fund",
        "employee-insurance",
        "employee-medical",
        "employee-statement",
        "employer-insurance",
        "employer-medical",
        "energy-saving-review",
        "energy-saving-review@2",
        "energy-saving-review@3",
        "estate-property-search",
        "flexible-employment-subsidy",
        "food-licence",
        "funeral-grant",
        "guardian-standing",
        "hiring-registration",
        "hotline-request",
        "housing-fund-account",
        "housing-fund-inheritance",
        "housing-fund-retirement",
        "human-look",
        "individual-business-registration",
        "individual-business-registration@2",
        "maternity-allowance",
        "medical-account-refund",
        "migrant-school-enrolment",
        "migrant-school-enrolment@2",
        "newborn-household",
        "newborn-insurance",
        "newborn-social-card",
        "one-child-reward",
        "out-of-area-medical-filing",
        "out-of-area-medical-filing@2",
        "out-of-area-medical-filing@3",
        "parent-statement",
        "partner-statement",
        "pension-claim",
        "pollutant-discharge-registration",
        "pollutant-discharge-registration@2",
        "promise-repair",
        "public-venue-hygiene",
        "record-correction",
        "rent-subsidy",
        "representative-standing",
        "residence-permit",
        "residence-permit@2",
        "retiree-medical",
        "seal-filing",
        "seal-filing@2",
        "small-food-shop",
        "small-food-shop@1.1",
        "subsistence-allowance",
        "subsistence-allowance@2",
        "survivor-benefit",
        "tax-registration",
        "tax-registration@2",
        "unemployment-benefit",
        "unemployment-benefit@2",
        "vaccination-record",
    ]
    assert {"algorithm-objection", "benefit", "confirmation", "filing", "instant", "licensing"} <= PROCEDURES.keys()


def test_the_checker_finds_nothing_in_the_shipped_law() -> None:
    findings = check([shipped("services"), shipped("procedures")])
    assert [format_finding(finding, "en") for finding in findings] == []


EXAMPLES = [(slug, index) for slug, service in SERVICES.items() for index in range(len(service.examples))]


@pytest.mark.parametrize(("slug", "index"), EXAMPLES)
def test_every_scenario_written_in_a_file_comes_out(slug: str, index: int) -> None:
    example = SERVICES[slug].examples[index]
    found = assess(SERVICES[slug], example.given, example.on)
    came_out = {**found.variant.facts, **found.outputs}
    assert found.outcome == example.then, example.name
    got = {name: to_feel(came_out[name]) for name in example.with_}
    assert got == {name: to_feel(value) for name, value in example.with_.items()}, example.name


@pytest.mark.parametrize("slug", SERVICES)
def test_every_service_speaks_citizens_words_and_tells_its_law(slug: str) -> None:
    service = SERVICES[slug]
    assert len(service.aliases) >= 6
    assert service.conditions
    assert service.faq
    assert service.law
    assert all(law.gist for law in service.law)
    assert isinstance(service.name, Text)
    assert service.ai.decide == "never"
    assert not service.fee.charged


@pytest.mark.parametrize("slug", SERVICES)
def test_a_citizen_is_asked_at_most_eight_questions_when_the_records_answer(slug: str) -> None:
    service = SERVICES[slug]
    for situation in (None, *service.situations):
        asked = [name for name, fact in service.facts.items() if not fact.derive and fact.source is None]
        assert len(asked) <= 8, (situation, asked)


def test_a_fact_from_a_record_can_still_be_asked_when_the_record_is_silent() -> None:
    for slug, service in SERVICES.items():
        for name, fact in service.facts.items():
            assert fact.ask or fact.derive, (slug, name)


RESOURCES = {
    "police.population/person": {"full_name", "id_number", "birth_date", "sex", "home_region", "photo"},
    "police.tenancy/registration": {"since", "region", "address"},
    "police.population/child": {"full_name", "id_number", "home_region"},
    "health.births/child": {"birth_date", "full_name", "sex", "hospital", "births", "difficult"},
    "health.deaths/relative": {"deceased_name", "deceased_number", "died_on", "relation", "home_region"},
    "hr.pension/settlement": {"retires_on"},
    "hr.paid-elsewhere/member": {"months_paid"},
    "health.childcare/payment": {"paid"},
    "hr.insurance/member": {"employer", "months_paid", "left_on", "left_reason", "paid_monthly"},
    "hr.jobs/jobseeker": {"registered_on", "category", "flexible", "wants_work"},
    "hr.unemployment/screening": {"stop_ground"},
    "hr.unemployment/benefit": {"remaining_months"},
    "hr.jobs/subsidy": {"months_drawn"},
    "civil.assistance/household": {"low_income", "size"},
    "civil.checking/household": {"monthly_income", "assets_fit"},
    "civil.care/assessment": {"needs_care"},
    "civil.subsidies/screening": {"like_benefit"},
    "disabled.register/person": {"grade", "category", "card_number"},
    "housing.lease-filing/lease": {"number", "filed"},
    "housing.title/household": {"owns"},
    "housing.title/property": {"number"},
    "market.registry/business": {"uscc", "name", "premises"},
    "education.roll/student": {"school"},
    "health.insurance/member": {"insured_region", "status"},
    "planning.permits/permit": {"number", "floor_area"},
    "planning.land/parcel": {"approved", "number"},
    "housing.expropriation/site": {"state"},
    "housing.works/contract": {"contractor_chosen", "number"},
    "housing.drawings/check": {"number"},
    "ecology.eia/registration": {"discharge_to", "measures"},
    "investment.projects/project": {"code", "name", "works_cost", "start_report", "energy_use", "electricity_use"},
    "tax.income/person": {"monthly"},
    "login.account/person": {"phone", "full_name", "id_number"},
}


def test_sources_name_only_records_that_the_demonstration_province_has() -> None:
    for service in SERVICES.values():
        sources = [fact.source for fact in service.facts.values()]
        sources += [material.replaced_by for material in service.materials.values()]
        for source in filter(None, sources):
            if source.resource == CERTIFICATES:
                continue  # what was issued here; `tongban check` compares it with the type's file
            resource, _, name = source.at.partition("#")
            assert name in RESOURCES.get(resource, set()), (service.service, source.at)


def test_the_same_thing_comes_from_the_same_record_in_every_service() -> None:
    seen: dict[str, str] = {}
    for service in SERVICES.values():
        for name, fact in service.facts.items():
            if fact.source is not None:
                assert seen.setdefault(name, fact.source.at) == fact.source.at, (service.service, name)


@pytest.mark.parametrize("slug", SERVICES)
def test_a_promise_is_made_for_the_decision_in_every_situation(slug: str) -> None:
    for situation in ("", *(one.id for one in SERVICES[slug].situations)):
        assert terms_of(slug, situation)["decide"].promised, (slug, situation)


def gives(act: Act) -> bool:
    """Whether the act issues something: the result of the service, or a certificate in the place of another."""
    return act.issues or act.certificate == "replace"


def _procedures_of(service: Service) -> set[str]:
    return {service.procedure, *(one.procedure for one in service.situations if one.procedure)}


@pytest.mark.parametrize("slug", SERVICES)
def test_every_service_reaches_its_result_through_its_procedure(slug: str) -> None:
    for name in _procedures_of(SERVICES[slug]):
        procedure = PROCEDURES[name]
        for way in (Who.DECIDE, Who.RULES):
            machines = {Who.RULES} if way is Who.RULES else set[Who]()
            people = {Who.APPLICANT, Who.INTAKE, Who.EXAMINE, Who.DECIDE}
            reached = _reached(procedure, {*people, *machines})
            issued = {act.to for act in procedure.acts.values() if gives(act) and set(act.who) & {*people, *machines}}
            assert issued & reached
            assert any(procedure.states[state].end == "favourable" for state in reached & procedure.states.keys())


def _reached(procedure: Procedure, who: set[Who]) -> set[str]:
    reached, before = {"start"}, set[str]()
    while reached != before:
        before = set(reached)
        for act in procedure.acts.values():
            if set(act.who) & who and before & set(act.from_) and act.to != "same":
                reached.add(act.to)
    return reached


def test_materials_carry_their_law_and_once_only_papers_their_record() -> None:
    for slug, service in SERVICES.items():
        for name, material in service.materials.items():
            assert material.law, (slug, name)
            assert not _asked_twice(material), (slug, name)


def _asked_twice(material: Material) -> bool:
    """A card or licence of the state that some record replaces must not be a required upload."""
    known = {"营业执照", "残疾人证", "低保证", "不动产权证"}
    name = material.name.zh if isinstance(material.name, Text) else material.name
    return name in known and material.replaced_by is None and material.need == "required"


def test_what_is_not_read_in_the_text_of_the_law_says_so() -> None:
    for file in (*SERVICES.values(), *PROCEDURES.values()):
        for law in file.law:
            if "演示" in law.act:
                assert law.tag == "M", law.id
            if law.tag != "V":
                assert law.gist, law.id


def test_every_published_service_that_is_shipped_is_sealed() -> None:
    for slug, service in SERVICES.items():
        assert service.status == "published"
        assert is_sealed(shipped("services") / f"{slug}.yaml", service), (
            f"tongban promote services/{slug}.yaml published"
        )
