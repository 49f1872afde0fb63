"""Regions and bodies: who is competent, where to complain, and what an inconsistent register is told."""

from datetime import date

import msgspec
import pytest

from tongban.base.clock import SettableClock
from tongban.base.errors import Refused
from tongban.base.ids import id_number_problem, uscc_problem
from tongban.org import Directory, Region, demo
from tongban.org.model import Power


@pytest.fixture
def directory(clock: SettableClock) -> Directory:
    return Directory.build(demo.register(), clock)


@pytest.mark.parametrize(
    ("level", "region", "body"),
    [
        ("county", "990101", "990101.police"),
        ("township", "990101", "990101.police"),
        ("village", "990121", "990121.police"),
        ("city", "990101", "990100.police"),
        ("city", "990100", "990100.police"),
        ("province", "990201", "990000.police"),
    ],
)
def test_the_competent_body_follows_from_level_and_place(directory: Directory, level: str, region: str, body: str):
    assert directory.competent("police", level, region).id == body


def test_the_reason_for_the_competence_is_said(directory: Directory):
    answer = directory.competence("police", "city", "990101")
    assert answer.reason.zh == "由岚江市的岚江市公安局办理，因为这个事项由市级行使。"


@pytest.mark.parametrize(
    ("kind", "level", "region", "code"),
    [
        ("police", "county", "990100", "no-competent-body"),
        ("police", "nation", "990101", "no-competent-body"),
        ("lighthouse", "county", "990101", "no-competent-body"),
        ("police", "county", "110101", "unknown-region"),
        ("police", "county", "", "unknown-region"),
    ],
)
def test_where_nobody_is_competent_that_is_said(directory: Directory, kind: str, level: str, region: str, code: str):
    with pytest.raises(Refused) as refused:
        directory.competent(kind, level, region)
    assert refused.value.code == code
    assert refused.value.problems[0].place == "region"


def test_a_region_that_ended_hands_on_to_its_successor(directory: Directory):
    assert directory.competent("police", "county", "990103").id == "990101.police"
    assert directory.region("990103").until == date(2019, 1, 1)
    assert "990103" not in [region.code for region in directory.regions("990100")]


def test_a_region_that_was_divided_asks_which_part(clock: SettableClock):
    regions = tuple(
        msgspec.structs.replace(r, successors=("990101", "990102")) if r.code == "990103" else r
        for r in demo.register().regions
    )
    directory = Directory.build(msgspec.structs.replace(demo.register(), regions=regions), clock)
    with pytest.raises(Refused) as refused:
        directory.competent("police", "county", "990103")
    assert refused.value.code == "region-divided"


def test_regions_are_listed_from_the_outside_in(directory: Directory):
    assert [r.code for r in directory.regions()] == ["990000"]
    assert [r.code for r in directory.regions("990000")] == ["990100", "990200"]
    assert [r.code for r in directory.regions("990100")] == ["990101", "990102", "990121"]
    assert directory.region_name("990101").zh == "岚江省岚江市清源区"


def test_every_body_says_where_its_decision_can_be_contested(directory: Directory):
    police = directory.remedies("990101.police")
    assert police.reconsideration.zh == "岚江市清源区人民政府"
    assert "电话" in police.reconsideration_contact.zh
    assert police.court.zh == "岚江市清源区人民法院（演示）"
    assert directory.remedies("990101.government").reconsideration.zh == "岚江市人民政府"
    assert directory.remedies("990000.government").reconsideration.zh == "上一级行政机关"


def test_superiors_go_up_to_the_province(directory: Directory):
    assert [body.id for body in directory.superiors("990101.police")] == ["990100.police", "990000.police"]


def test_unknown_names_are_refused_with_404(directory: Directory):
    for ask, code in ((directory.body, "unknown-body"), (directory.post, "unknown-post")):
        with pytest.raises(Refused) as refused:
            ask("nobody")
        assert (refused.value.code, refused.value.status) == (code, 404)


def test_a_register_that_names_nothing_says_every_place_at_once():
    register = msgspec.structs.replace(
        demo.register(),
        regions=(
            *demo.register().regions,
            Region(code="990104", name=demo.register().regions[0].name, successors=("x",)),
        ),
        powers=(Power(id="p", body="nobody", services=frozenset({"*"}), regions=frozenset(), law=""),),
        delegations=(),
    )
    with pytest.raises(Refused) as refused:
        Directory.build(register)
    assert {p.place for p in refused.value.problems} == {"region 990104", "power p"}


def test_the_demonstration_is_complete_and_belongs_to_nobody():
    register = demo.register()
    assert all(region.code.startswith("99") for region in register.regions)
    assert [uscc_problem(body.uscc) for body in register.bodies] == [None] * len(register.bodies)
    assert len({body.uscc for body in register.bodies}) == len(register.bodies)
    assert all(body.uscc[2:8].startswith("99") for body in register.bodies)
    numbers = [person.id_number for person in demo.citizens()]
    assert [id_number_problem(number) for number in numbers] == [None] * len(numbers)
    assert all(number.startswith("99") for number in numbers)
    assert all(uscc_problem(mandate.from_party) is None for mandate in demo.mandates())


def test_every_log_in_of_the_demonstration_leads_somewhere(directory: Directory):
    people = {person.id for person in (*demo.citizens(), *demo.officials())}
    mandates = {mandate.id: mandate for mandate in demo.mandates()}
    for login in demo.logins():
        assert login.person in people
        assert login.about.zh
        assert login.about.en
        if login.post:
            assert directory.holders(login.post) == [login.person]
        if login.mandate:
            assert mandates[login.mandate].to_person == login.person


def test_somebody_of_the_demonstration_is_old_enough_for_the_allowance(clock: SettableClock):
    born = next(p.birth_date for p in demo.citizens() if p.id == "p-zhaodeshun")
    assert born is not None
    assert clock().date().year - born.year == 81
