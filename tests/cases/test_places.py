"""Who answers follows from a rule, and a wrong door costs nobody anything: one body or a question, and never lost."""

from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest
from case_world import APPLICANT, COUNTY, FACTS, NOW, OTHER, Story, official, register
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.base.keys import KeyRing
from tongban.cases.competent import competent
from tongban.cases.custody import papers_digest, read
from tongban.cases.decide import Command, decide
from tongban.cases.evolve import fold
from tongban.cases.handed import handed_on
from tongban.cases.handing import HAND_ON, REFUSE, SETTLE, TAKE_OVER, sent_on
from tongban.cases.model import Applicant, Custody, Office, Own, Refusal
from tongban.cases.service import Cases, QueueFilter
from tongban.catalog import Asks
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.model import Competence, Fact, FactType, Service
from tongban.catalog.procedure import Procedure
from tongban.org import Actor, Agreement, AgreementMode, Body, Directory, Grant, Post, Register, Role
from tongban.org.model import Holding, Window
from tongban.terms import Calendar

CITY = "990100"
ZH = Text("摊位在哪个区", "District of the stall")


def with_rule(service: Service) -> Service:
    """The permit is given where the stall stands; who has none yet asks where they live."""
    stall = Fact(type=FactType.REGION, name=ZH, ask=ZH, when='sells = "food"')
    home = Fact(type=FactType.REGION, name=Text("住在哪里", "Home"), ask=Text("您住在哪个区？", "Where do you live?"))
    return msgspec.structs.replace(
        service,
        facts={**service.facts, "stall": stall, "home": home},
        competence=(
            Competence(by="stall", ground="site", when='sells = "food"', law="APL-34"),
            Competence(by="home", ground="residence", law="APL-34"),
        ),
    )


def agreement(mode: AgreementMode, **changes: Any) -> Agreement:
    made = Agreement(
        id=f"a-{mode}",
        name=Text("两区通办协议（演示）", "Agreement of two districts (demo)"),
        services=frozenset({"stall-permit"}),
        from_regions=frozenset({COUNTY}),
        to_regions=frozenset({OTHER}),
        mode=mode,
        law="国办发〔2020〕35号",
        published_on=date(2026, 1, 1),
    )
    return msgspec.structs.replace(made, **changes)


def two_districts(*agreements: Agreement) -> Register:
    """The register with both districts under one city, and a service centre in the first."""
    base = register()
    market = base.bodies[0]
    centre = Body(
        id="centre",
        uscc="11990101MB0000009A",
        name=Text("清源区政务服务中心（演示）", "Service Centre of Qingyuan (demo)"),
        kind="service-centre",
        region=COUNTY,
        contact=market.contact,
    )
    bodies = (
        *(msgspec.structs.replace(b, parent="city-market") if b.id == "other-market" else b for b in base.bodies),
    )
    window = Post(id="window", body="centre", title=Text("综合窗口", "counter"), roles=frozenset({Role.INTAKE}))
    return msgspec.structs.replace(
        base,
        bodies=(*bodies, centre),
        posts=(*base.posts, window),
        holdings=(*base.holdings, Holding(id="h-window", post="window", person="o-window")),
        windows=(
            Window(id="w", body="centre", services=frozenset({"*"}), regions=frozenset({COUNTY}), law="行政许可法 26"),
        ),
        agreements=agreements,
    )


# --- the rule --------------------------------------------------------------------------------------------------------


@given(
    facts=st.fixed_dictionaries(
        {},
        optional={
            "sells": st.sampled_from(["food", "toys"]),
            "stall": st.sampled_from([COUNTY, OTHER]),
            "home": st.sampled_from([COUNTY, OTHER]),
        },
    ),
    chosen=st.sampled_from([COUNTY, OTHER]),
    mode=st.sampled_from([None, *AgreementMode]),
)
@settings(max_examples=60, deadline=None)
def test_there_is_exactly_one_body_or_a_question_never_silence(
    service: Service, facts: dict[str, str], chosen: str, mode: AgreementMode | None
):
    directory = Directory.build(two_districts(*(agreement(mode),) if mode else ()))
    found = competent(directory, with_rule(service), facts, chosen, NOW.date())
    if isinstance(found, Asks):
        assert found.facts
        assert not set(found.facts) & facts.keys()
        return
    assert found.body.id in ("market", "other-market")
    assert found.body.name.zh in found.reason.zh
    named = facts["stall"] if facts["sells"] == "food" else facts["home"]
    if found.agreement is None or found.agreement.mode is not AgreementMode.EQUAL:
        assert found.body.region == named
    assert (found.taken_in_by is not None) == (found.body.region != chosen)


def test_of_a_place_that_nobody_here_knows_it_is_said_who_answers_and_that_one_applies_there(service: Service):
    directory = Directory.build(two_districts())
    with pytest.raises(Refused) as refused:
        competent(directory, with_rule(service), {"sells": "toys", "home": "510104"}, COUNTY, NOW.date())
    [problem] = refused.value.problems
    assert (problem.code, problem.place) == ("apply-there", "home")
    assert "您居住地的" in problem.text.zh and "510104" in problem.text.zh


def test_the_reason_names_the_body_the_ground_and_the_law(service: Service):
    directory = Directory.build(two_districts())
    found = competent(directory, with_rule(service), {"sells": "toys", "home": OTHER}, OTHER, NOW.date())
    assert not isinstance(found, Asks)
    assert found.reason.zh == "由河西区市场监管局（演示）办，因为您住在河西区（《行政许可法》第34条）。"
    assert "you live in Hexi" in found.reason.en


@pytest.mark.parametrize(
    "changes",
    [
        {"published_on": None},
        {"published_on": date(2027, 1, 1)},
        {"until": date(2026, 6, 1)},
        {"services": frozenset({"another"})},
        {"from_regions": frozenset({OTHER})},
    ],
)
def test_an_agreement_holds_only_as_published_and_for_what_it_says(service: Service, changes: dict[str, Any]):
    directory = Directory.build(two_districts(agreement(AgreementMode.EQUAL, **changes)))
    found = competent(directory, with_rule(service), {"sells": "toys", "home": OTHER}, COUNTY, NOW.date())
    assert not isinstance(found, Asks)
    assert found.body.id == "other-market"


# --- one case, told without a database -------------------------------------------------------------------------------

MARKET = Office("market", Text("清源区市场监管局（演示）", "Qingyuan Market Regulator (demo)"))
THERE = Office("other-market", Text("河西区市场监管局（演示）", "Hexi Market Regulator (demo)"))
WAY = Custody(MARKET, THERE, NOW, Text("", ""), "", OTHER, "1")


def told(story: Story, who: str, act: str, roles: set[Role], **says: Any) -> Story | str:
    """The story after an act, or the code of the refusal. Handed on is to the market of the other district."""
    if act == HAND_ON:
        says = {"body": THERE.id, **says}
    actor = Actor(kind="official", id=f"o-{who}", name=who, post=who, body=who, roles=frozenset(roles))
    grant = Grant(Text("依职权", "by office"), "", roles=frozenset(roles))
    command = Command(act, actor, grant, says, receivers=(WAY,), above="city-market")
    done = decide(story.definition, story.state, command, story.now)
    return done.code if isinstance(done, Refusal) else replace(story, events=(*story.events, *done))


def must(done: Story | str) -> Story:
    assert isinstance(done, Story), done
    return done


def handed(story: Story) -> Story:
    return must(told(story.open(), "clerk", HAND_ON, {Role.INTAKE}, reasons="摊位在河西区"))


def test_the_person_is_told_who_has_it_why_by_what_law_and_that_nothing_starts_anew(story: Story):
    letter = handed(story).events[-1].letter
    assert letter is not None
    for words in ("河西区市场监管局", "摊位在河西区", "第32条", "不用重新申请", "990101-261103-00000001", "11月10日"):
        assert words in letter.body.zh, words
    assert "Hexi Market Regulator" in letter.title.en


@pytest.mark.parametrize(("installation", "office"), [("", "other-market"), ("YZ/GOV/1/portal", "market")])
def test_an_agreement_takes_over_at_once_only_here_for_elsewhere_their_receipt_is_the_taking_over(
    story: Story, installation: str, office: str
):
    way = msgspec.structs.replace(WAY, to_office=msgspec.structs.replace(THERE, installation=installation))
    opening = story.open()
    command = Command("submit", Actor.rules(), Grant(Text("", ""), ""), custody=way, taken_over=True)
    sent = sent_on(story.definition, opening.state, command, story.now)
    assert fold([*opening.events, *sent]).office.id == office
    assert [event.type for event in sent] == [Own.HANDED_ON, *([] if installation else [Own.TAKEN_OVER])]


def test_on_its_way_officials_wait_and_the_applicant_does_not(story: Story):
    way = handed(story)
    assert told(way, "clerk", "request-correction", {Role.INTAKE}, items=["plan"], message="补") == "on-its-way"
    assert told(way, "clerk", HAND_ON, {Role.INTAKE}, reasons="再转") == "on-its-way"
    assert way.do("person", "withdraw").state.state == "withdrawn"


def test_the_law_s_time_runs_out_as_if_nothing_had_been_handed_on(story: Story):
    """行政许可法 32④: silence of five working days is acceptance, whoever lies in between."""
    late = replace(handed(story), now=story.at(11, 11).now).wait()
    assert late.state.state == replace(story.open(), now=story.at(11, 11).now).wait().state.state == "accepted"


def test_one_objection_is_allowed_and_the_body_above_both_settles_it(story: Story):
    objected = must(told(handed(story), "there", REFUSE, {Role.EXAMINE}, reasons="也不归我们"))
    assert told(objected, "there", REFUSE, {Role.EXAMINE}, reasons="还是不归") == "not-again"
    assert told(objected, "there", SETTLE, {Role.EXAMINE}, to="sender", reasons="x") == "not-your-act"
    back = must(told(objected, "above", SETTLE, {Role.COMMON_SUPERIOR}, to="sender", reasons="仍由清源区办"))
    assert back.state.office.id == "market"
    kept = must(told(objected, "above", SETTLE, {Role.COMMON_SUPERIOR}, to="receiver", reasons="摊位在河西"))
    assert (kept.state.office, kept.state.place) == (THERE, OTHER)


def test_nobody_settles_what_nobody_objected_to(story: Story):
    assert told(handed(story), "above", SETTLE, {Role.COMMON_SUPERIOR}, to="sender", reasons="x") == "nothing-to-settle"


def test_an_agreement_between_two_places_says_nothing_about_one_of_them_alone():
    both = frozenset({COUNTY, OTHER})
    held = agreement(AgreementMode.TAKE_OVER, from_regions=both, to_regions=both)
    day = date(2026, 11, 3)
    assert held.covers("stall-permit", COUNTY, OTHER, day) and held.covers("stall-permit", OTHER, COUNTY, day)
    assert not held.covers("stall-permit", COUNTY, COUNTY, day)
    within = agreement(AgreementMode.EQUAL, from_regions=frozenset({"990100"}), to_regions=frozenset({"990100"}))
    assert within.covers("stall-permit", COUNTY, OTHER, day)


def test_nobody_is_chosen_by_itself_to_hand_a_case_on_to(story: Story):
    assert told(story.open(), "clerk", HAND_ON, {Role.INTAKE}, body="", reasons="摊位在河西区") == "field-missing"
    assert told(story.open(), "clerk", HAND_ON, {Role.INTAKE}, body="city-market", reasons="x") == "no-receiver"


def test_a_decided_case_is_not_handed_on(story: Story):
    withdrawn = story.open().do("person", "withdraw")
    assert told(withdrawn, "clerk", HAND_ON, {Role.INTAKE}, reasons="x") == "case-closed"


@given(acts=st.lists(st.sampled_from([HAND_ON, TAKE_OVER, REFUSE, "settle-sender", "settle-receiver"]), max_size=8))
@settings(max_examples=40, deadline=None)
def test_whatever_is_tried_the_case_has_one_body_and_keeps_its_number_papers_and_clock(
    acts: list[str], definition: Any
):
    story = Story(definition).open()
    first = story.state
    for act in acts:
        act, _, to = act.partition("-s") if act.startswith("settle") else (act, "", "")
        name = SETTLE if act == "settle" else act
        says = {"reasons": "理由", "to": f"s{to}" if to == "ender" else "receiver"}
        done = told(story, "all", name, {Role.INTAKE, Role.COMMON_SUPERIOR}, **says)
        story = done if isinstance(done, Story) else story
    state = story.state
    assert state.office.id in ("market", "other-market")
    assert (state.case, state.moves, state.facts) == (first.case, first.moves, first.facts)
    assert papers_digest(state) == papers_digest(first)


# --- on a database ---------------------------------------------------------------------------------------------------


class World:
    """Both districts, with the agreements of a test."""

    def __init__(self, cases: Cases, directory: Directory) -> None:
        self.cases, self.directory, self.keys = cases, directory, count()

    def post(self, name: str) -> Actor:
        return official(self.directory, name)

    async def submit(self, actor: Actor = APPLICANT, region: str = COUNTY, home: str = OTHER, **more: Any):
        applicant = None if actor.kind == "person" else Applicant("p-zhou", "周晓岚", "11010519491231002X")
        return await self.cases.submit(
            actor,
            "stall-permit",
            {**FACTS, "home": home},
            region=region,
            key=f"submit-{next(self.keys):06}",
            applicant=applicant,
            **more,
        )

    async def act(self, actor: Actor, case: str, act: str, **says: Any):
        return await self.cases.act(actor, case, act, says, version=None, key=f"act-{next(self.keys):08}")


@pytest.fixture
def world(db: Database, service: Service, procedure: Procedure, clock: SettableClock, tmp_path: Path):
    def make(*agreements: Agreement) -> World:
        directory = Directory.build(two_districts(*agreements), clock)
        catalogue = Catalogue([with_rule(service)], [procedure], clock=clock)
        ring = KeyRing.open(tmp_path / "keys", clock())
        return World(Cases(db, catalogue, directory, Calendar.china(), ring, clock, data_dir=tmp_path), directory)

    return make


@pytest.mark.database
async def test_a_wrong_door_is_taken_in_and_handed_on_with_a_signed_receipt(world: Any):
    there = world()
    view = await there.submit()
    assert (view.opening.region, view.office.id) == (COUNTY, "market")
    assert view.state.on_its_way.to_office.id == "other-market"
    assert "转过去" in view.opening.competence.zh
    stranger = there.post("stranger")
    waiting = await there.cases.queue(stranger, QueueFilter(view="tasks"))
    assert [row.case_id for row in waiting.items] == [view.case]
    taken = await there.act(stranger, view.case, TAKE_OVER)
    assert (taken.office.id, taken.case, taken.state.place) == ("other-market", view.case, OTHER)
    receipt = read(taken.state.custody[0].receipt, there.cases.engine.keys.public.get, taken.now)
    assert (receipt.case, receipt.from_body, receipt.to_body) == (view.case, "market", "other-market")
    assert receipt.papers == papers_digest(view.state)
    queue = await there.cases.queue(stranger, QueueFilter())
    assert view.case in [row.case_id for row in queue.items]
    assert taken.due.due == view.due.due


@pytest.mark.database
async def test_the_body_that_handed_it_on_no_longer_opens_it_and_sees_that_it_went_and_where_it_stands(world: Any):
    there = world()
    view = await there.submit()
    await there.act(there.post("stranger"), view.case, TAKE_OVER)
    clerk = there.post("clerk")
    with pytest.raises(Refused) as refused:
        await there.cases.view(clerk, view.case)
    assert refused.value.status == 404
    held = await handed_on(there.cases.engine, clerk, None, 20)
    assert [(one.case, one.to.zh, one.state.zh) for one in held.items] == [
        (view.case, "河西区市场监管局（演示）", "已提交，等待受理")
    ]
    assert "周晓岚" not in str(msgspec.to_builtins(held.items[0]))


@pytest.mark.database
async def test_an_agreement_lets_the_other_body_have_it_at_once(world: Any):
    view = await world(agreement(AgreementMode.TAKE_OVER)).submit()
    assert view.office.id == "other-market"
    assert [event.type for event in view.loaded.events] == ["submit", Own.HANDED_ON, Own.TAKEN_OVER]
    assert all(event.payload.get("receipt") != "" for event in view.loaded.events)


@pytest.mark.database
async def test_who_wants_people_only_is_handed_on_by_a_person(world: Any):
    there = world(agreement(AgreementMode.TAKE_OVER))
    view = await there.submit(people_only=True)
    assert not view.state.custody
    handed = await there.act(there.post("clerk"), view.case, HAND_ON, body="other-market", reasons="摊位在河西区")
    assert handed.state.on_its_way.to_office.id == "other-market"


@pytest.mark.database
async def test_a_counter_elsewhere_takes_in_and_does_no_more(world: Any):
    """异地代收代办: two accountable bodies, one number; the counter may look and may not accept."""
    there = world(agreement(AgreementMode.PROXY_INTAKE))
    window = there.post("window")
    view = await there.submit(window)
    assert (view.opening.region, view.office.id, view.opening.received_by.id) == (OTHER, "other-market", "centre")
    assert "两区通办协议" in view.loaded.events[0].authority.zh
    assert view.state.custody[0].receipt
    letters = [letter.body.zh for _, letter in view.letters]
    assert any("清源区政务服务中心" in body and "河西区市场监管局" in body for body in letters)
    assert [one.act for one in view.possible] == []
    with pytest.raises(Refused) as refused:
        await there.act(window, view.case, "request-correction", items=["plan"], message="补")
    assert refused.value.status == 404


@pytest.mark.database
async def test_without_an_agreement_the_counter_hands_on_what_it_took_in(world: Any):
    view = await world().submit(world().post("window"))
    assert (view.opening.region, view.opening.received_by) == (COUNTY, None)
    assert view.state.on_its_way.to_office.id == "other-market"


@pytest.mark.database
async def test_the_body_above_both_finds_the_quarrel_among_its_work(world: Any):
    there = world()
    view = await there.submit()
    await there.act(there.post("stranger"), view.case, REFUSE, reasons="不归我们")
    superior = there.post("superior")
    waiting = await there.cases.queue(superior, QueueFilter(view="tasks"))
    assert [row.case_id for row in waiting.items] == [view.case]
    settled = await there.act(superior, view.case, SETTLE, to="receiver", reasons="住在河西区")
    assert (settled.office.id, bool(settled.state.custody[0].receipt)) == ("other-market", True)


@pytest.mark.database
async def test_what_is_not_answered_is_asked(world: Any):
    there = world()
    facts = {name: value for name, value in FACTS.items() if name != "sells"}
    with pytest.raises(Refused) as refused:
        await there.cases.submit(APPLICANT, "stall-permit", facts, region=COUNTY, key="asks-00001")
    assert {"sells", "home"} <= {problem.place for problem in refused.value.problems}
