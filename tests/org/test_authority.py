"""Who may do what: denied unless a chain of authority says otherwise, and the answer names the chain."""

from collections.abc import Callable
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.base.clock import SettableClock
from tongban.base.errors import Refused
from tongban.org import (
    Actor,
    Delegation,
    Directory,
    Grant,
    Mandate,
    Matter,
    RealName,
    Refusal,
    Register,
    allow,
    demo,
    may,
    second_person,
    visible,
)
from tongban.org.model import Absence, Relation

Change = Callable[..., Directory]
MATTER = Matter(region="990101", body="990101.police", service="residence-permit", applicant="p-zhaodeshun")


@pytest.fixture
def directory(clock: SettableClock) -> Directory:
    return Directory.build(demo.register(), clock)


@pytest.fixture
def changed(clock: SettableClock) -> Change:
    """The demonstration's register with other entries in it."""

    def change(**entries: tuple[object, ...]) -> Directory:
        register: Register = msgspec.structs.replace(demo.register(), **entries)
        return Directory.build(register, clock)

    return change


def official(directory: Directory, post_id: str) -> Actor:
    post = directory.post(post_id)
    holder = directory.register.holdings[[h.post for h in directory.register.holdings].index(post_id)].person
    person = next(p for p in demo.officials() if p.id == holder)
    return Actor.official(person, post, directory.body(post.body))


def citizen(person_id: str, mandate: Mandate | None = None) -> Actor:
    return Actor.citizen(next(p for p in demo.citizens() if p.id == person_id), mandate)


def code(answer: Grant | Refusal) -> str:
    return "granted" if isinstance(answer, Grant) else answer.code


def test_an_examiner_acts_for_their_own_body_and_the_answer_is_the_chain(directory: Directory):
    answer = may(directory, official(directory, "990101.police.examiner"), "examine", MATTER, who={"examine"})
    assert isinstance(answer, Grant)
    assert (answer.post, answer.body, answer.power) == (
        "990101.police.examiner",
        "990101.police",
        "power.990101.police",
    )
    assert str(answer) == "审查岗 → 岚江市清源区公安局 → 权责清单（演示）"


@pytest.mark.parametrize(
    ("post", "who", "expected"),
    [
        ("990101.police.examiner", "examine", "granted"),
        ("990101.police.examiner", "decide", "role-missing"),
        ("990101.police.approver", "decide", "granted"),
        ("990101.police.head", "head", "granted"),
        ("990101.market.approver", "decide", "not-your-body"),
        ("990102.police.approver", "decide", "not-your-body"),
        ("990101.service-centre.clerk", "intake", "granted"),
        ("990101.service-centre.clerk", "decide", "role-missing"),
        ("990102.service-centre.clerk", "intake", "not-your-body"),
        ("990100.police.superior", "superior", "granted"),
        ("990000.police.superior", "superior", "granted"),
        ("990100.police.superior", "decide", "role-missing"),
        ("990200.police.superior", "superior", "not-your-body"),
        ("990101.government.government-head", "government-head", "granted"),
        ("990102.government.government-head", "government-head", "not-your-body"),
        ("990000.digital-centre.supervisor", "decide", "not-your-body"),
    ],
)
def test_each_post_may_do_what_its_role_and_its_place_allow(directory: Directory, post: str, who: str, expected: str):
    assert code(may(directory, official(directory, post), "act", MATTER, who={who})) == expected


def test_the_one_window_receives_for_every_body_of_its_region_by_law(directory: Directory):
    clerk = official(directory, "990101.service-centre.clerk")
    for body in directory.bodies_in(["990101"]):
        matter = msgspec.structs.replace(MATTER, body=body.id)
        answer = may(directory, clerk, "accept", matter, who={"intake"})
        assert isinstance(answer, Grant)
        assert answer.body == body.id
        if body.kind != "service-centre":
            assert answer.law == "行政许可法 26"


def test_an_official_cannot_handle_a_relatives_case(directory: Directory):
    brother = official(directory, "990101.police.approver-2")
    assert code(may(directory, brother, "grant", MATTER)) == "granted"
    sister = msgspec.structs.replace(MATTER, applicant="p-wangxiaoman")
    answer = may(directory, brother, "grant", sister)
    assert code(answer) == "conflict-of-interest"
    assert isinstance(answer, Refusal)
    assert answer.problem.law == "公务员法 76"


def test_the_tie_counts_from_both_sides(changed: Change):
    tie = Relation(id="t", one="o-990101.police.examiner", other="p-zhaodeshun", kind="in-law")
    directory = changed(relations=(tie,))
    assert code(may(directory, official(directory, "990101.police.examiner"), "examine", MATTER)) == (
        "conflict-of-interest"
    )


def test_an_official_cannot_handle_their_own_case(directory: Directory):
    examiner = official(directory, "990101.police.examiner")
    own = msgspec.structs.replace(MATTER, applicant=examiner.id)
    assert code(may(directory, examiner, "examine", own)) == "conflict-of-interest"


def test_an_official_on_leave_cannot_act_and_their_post_has_no_holder(changed: Change):
    leave = Absence(id="a", person="o-990101.police.examiner", since=date(2026, 11, 2), until=date(2026, 11, 9))
    directory = changed(absences=(leave,))
    examiner = official(directory, "990101.police.examiner")
    assert code(may(directory, examiner, "examine", MATTER)) == "on-leave"
    assert directory.holders("990101.police.examiner") == []
    assert directory.holders("990101.police.examiner", date(2026, 11, 9)) == [examiner.id]
    assert visible(directory, examiner).nothing


def test_a_post_given_up_gives_nothing_any_more(changed: Change):
    holdings = tuple(
        msgspec.structs.replace(h, until=date(2026, 11, 3)) if h.post == "990101.police.examiner" else h
        for h in demo.register().holdings
    )
    directory = changed(holdings=holdings)
    examiner = official(directory, "990101.police.examiner")
    assert code(may(directory, examiner, "examine", MATTER)) == "post-not-held"
    assert visible(directory, examiner).nothing


def test_a_post_cannot_be_made_up(directory: Directory):
    forged = msgspec.structs.replace(
        official(directory, "990101.market.examiner"),
        post="990101.police.head",
        body="990101.police",
        roles=frozenset({"head", "decide"}),
    )
    assert code(may(directory, forged, "refuse", MATTER)) == "post-not-held"


def test_without_a_power_for_the_service_in_the_region_nobody_acts(changed: Change, directory: Directory):
    powers = tuple(
        msgspec.structs.replace(p, services=frozenset({"another-service"})) if p.body == "990101.police" else p
        for p in demo.register().powers
    )
    narrowed = changed(powers=powers)
    assert code(may(narrowed, official(narrowed, "990101.police.examiner"), "examine", MATTER)) == "no-power"
    elsewhere = msgspec.structs.replace(MATTER, region="990102")
    assert code(may(directory, official(directory, "990101.police.examiner"), "examine", elsewhere)) == "no-power"


def test_a_city_s_power_covers_its_districts(directory: Directory):
    matter = msgspec.structs.replace(MATTER, body="990100.police")
    assert code(may(directory, official(directory, "990100.police.examiner"), "examine", matter)) == "granted"


def delegated(**changes: object) -> Delegation:
    made = Delegation(
        id="d",
        from_body="990101.police",
        to_body="990101.civil",
        services=frozenset({"residence-permit"}),
        regions=frozenset({"990101"}),
        law="行政许可法 24",
        published_on=date(2026, 1, 1),
    )
    return msgspec.structs.replace(made, **changes)


def test_a_published_delegation_lets_another_body_act_in_the_first_one_s_name(changed: Change):
    directory = changed(delegations=(delegated(),))
    answer = may(directory, official(directory, "990101.civil.examiner"), "examine", MATTER, who={"examine"})
    assert isinstance(answer, Grant)
    assert (answer.body, answer.law) == ("990101.police", "行政许可法 24")
    assert "以其名义" in str(answer)


@pytest.mark.parametrize(
    "change",
    [
        {"published_on": None},
        {"published_on": date(2026, 12, 1)},
        {"until": date(2026, 11, 1)},
        {"services": frozenset({"another-service"})},
        {"acts": frozenset({"accept"})},
    ],
    ids=["unpublished", "published later", "ended", "other service", "other act"],
)
def test_a_delegation_counts_only_published_and_for_what_it_says(changed: Change, change: dict[str, object]):
    directory = changed(delegations=(delegated(**change),))
    answer = may(directory, official(directory, "990101.civil.examiner"), "examine", MATTER)
    assert code(answer) == "delegation-not-in-force"


def test_delegation_cannot_be_passed_on(changed: Change):
    powers = tuple(p for p in demo.register().powers if p.body != "990101.civil")
    onward = delegated(id="e", from_body="990101.civil", to_body="990101.hr")
    with pytest.raises(Refused) as refused:
        changed(powers=powers, delegations=(delegated(), onward))
    assert refused.value.code == "delegation-passed-on"
    assert refused.value.problems[0].law == "行政许可法 24"


def test_a_chain_of_two_delegations_is_refused_even_between_bodies_with_powers_of_their_own(changed: Change):
    onward = delegated(id="e", from_body="990101.civil", to_body="990101.hr")
    with pytest.raises(Refused) as refused:
        changed(delegations=(delegated(), onward))
    assert refused.value.code == "delegation-passed-on"


def test_a_person_acts_on_their_own_case_only(directory: Directory):
    assert code(may(directory, citizen("p-zhaodeshun"), "withdraw", MATTER)) == "granted"
    answer = may(directory, citizen("p-heqing"), "withdraw", MATTER)
    assert isinstance(answer, Refusal)
    assert (answer.code, answer.status) == ("not-yours", 404)


def test_who_is_not_known_well_enough_is_told_how_to_change_that(directory: Directory):
    stranger = msgspec.structs.replace(citizen("p-zhaodeshun"), level=RealName.PHONE)
    answer = may(directory, stranger, "submit", MATTER)
    assert isinstance(answer, Refusal)
    assert answer.code == "real-name-level"
    assert "核对姓名和身份证号码" in answer.problem.text.zh
    assert "level 2 needed, you have 1" in answer.problem.text.en


def mandate(clock: SettableClock, **changes: object) -> Mandate:
    made = Mandate(
        id="m1",
        from_party="p-zhaodeshun",
        from_name="赵德顺",
        to_person="p-linyue",
        services=frozenset({"residence-permit"}),
        since=clock() - timedelta(days=1),
        until=clock() + timedelta(days=30),
    )
    return msgspec.structs.replace(made, **changes)


def test_a_mandate_lets_somebody_act_for_somebody_and_both_are_named(directory: Directory, clock: SettableClock):
    helper = citizen("p-linyue", mandate(clock))
    answer = may(directory, helper, "submit", MATTER)
    assert isinstance(answer, Grant)
    assert answer.on_behalf_of == "p-zhaodeshun"
    assert "赵德顺" in str(answer)
    assert visible(directory, helper).persons == ("p-zhaodeshun",)


def test_a_mandate_ends_is_withdrawn_and_covers_only_what_it_says(directory: Directory, clock: SettableClock):
    def answer(made: Mandate, matter: Matter = MATTER, act: str = "submit") -> str:
        return code(may(directory, citizen("p-linyue", made), act, matter))

    assert answer(mandate(clock, until=clock())) == "mandate-not-valid"
    assert answer(mandate(clock, revoked_at=clock())) == "mandate-not-valid"
    assert answer(mandate(clock, acts=frozenset({"supplement"}))) == "mandate-not-valid"
    assert answer(mandate(clock, to_person="p-heqing")) == "mandate-not-valid"
    assert answer(mandate(clock), msgspec.structs.replace(MATTER, service="food-licence")) == "mandate-not-valid"
    assert answer(mandate(clock), msgspec.structs.replace(MATTER, applicant="p-heqing")) == "not-yours"


def test_acting_for_another_never_raises_the_real_name_level(directory: Directory, clock: SettableClock):
    helper = msgspec.structs.replace(citizen("p-linyue", mandate(clock)), level=RealName.PHONE)
    assert code(may(directory, helper, "submit", MATTER)) == "real-name-level"


def test_supervision_is_a_purpose_of_its_own(directory: Directory):
    supervisor = official(directory, "990000.digital-centre.supervisor")
    assert code(may(directory, supervisor, "view", MATTER, "supervise")) == "granted"
    examiner = official(directory, "990101.police.examiner")
    assert code(may(directory, examiner, "view", MATTER, "supervise")) == "purpose-not-allowed"
    district = official(directory, "990102.digital-centre.supervisor")
    assert code(may(directory, district, "view", MATTER, "supervise")) == "not-your-body"
    assert code(may(directory, examiner, "view", MATTER, "curiosity")) == "purpose-not-allowed"
    assert code(may(directory, citizen("p-zhaodeshun"), "view", MATTER, "supervise")) == "purpose-not-allowed"


def test_a_refusal_can_be_raised_with_its_reason(directory: Directory):
    with pytest.raises(Refused) as refused:
        allow(directory, citizen("p-heqing"), "withdraw", MATTER)
    assert (refused.value.code, refused.value.status) == ("not-yours", 404)
    assert isinstance(allow(directory, Actor.clock(), "deem-accepted", MATTER), Grant)
    assert isinstance(allow(directory, Actor.rules(), "grant", MATTER), Grant)


def test_the_second_person_is_another_person(directory: Directory):
    first = official(directory, "990101.police.approver")
    answer = second_person(first, {first.id})
    assert answer is not None
    assert answer.code == "second-person-needed"
    assert second_person(official(directory, "990101.police.approver-2"), {first.id}) is None


@given(
    post=st.sampled_from([p.id for p in demo.register().posts]),
    body=st.sampled_from([b.id for b in demo.register().bodies]),
    who=st.sampled_from(["intake", "examine", "decide", "head", "government-head", "superior", "supervise"]),
)
def test_nobody_gets_a_role_their_post_does_not_have(post: str, body: str, who: str):
    directory = Directory.build(demo.register())
    matter = Matter(region=body[:6], body=body, service="any", applicant="p-zhaodeshun")
    answer = may(directory, official(directory, post), "act", matter, who={who})
    if isinstance(answer, Grant):
        assert who in directory.post(post).roles
        assert answer.body == body
    else:
        assert answer.code in {"role-missing", "not-your-body"}


def test_a_list_shows_an_official_exactly_what_they_may_handle(directory: Directory):
    assert visible(directory, official(directory, "990101.police.examiner")).bodies == ("990101.police",)
    window = visible(directory, official(directory, "990101.service-centre.clerk")).bodies
    assert set(window) == {body.id for body in directory.bodies_in(["990101"])}
    superior = visible(directory, official(directory, "990100.police.superior")).bodies
    assert set(superior) == {"990101.police", "990102.police", "990121.police"}
    supervisor = visible(directory, official(directory, "990000.digital-centre.supervisor"))
    assert len(supervisor.bodies) == len(directory.register.bodies)
    assert supervisor.purpose == "supervise"


def test_a_list_shows_a_person_their_own_and_the_machine_nothing(directory: Directory):
    own = visible(directory, citizen("p-heqing"))
    assert (own.persons, own.bodies) == (("p-heqing",), ())
    assert own.settings() == {"app.persons": "p-heqing", "app.bodies": ""}
    assert visible(directory, Actor.clock()).nothing
    assert visible(directory, Actor.rules()).nothing


def test_every_listed_body_is_one_the_official_may_at_least_view(directory: Directory):
    for login in demo.logins():
        if not login.post:
            continue
        actor = official(directory, login.post)
        scope = visible(directory, actor)
        assert scope.bodies
        for body in scope.bodies:
            matter = Matter(region=body[:6], body=body, service="any", applicant="p-nobody")
            assert code(may(directory, actor, "view", matter, scope.purpose)) == "granted", (login.post, body)
