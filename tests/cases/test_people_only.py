"""只由人来办: the rules do nothing by themselves in the case of somebody who asked for people (PIPL 24)."""

from dataclasses import replace

import pytest
from case_world import APPLICANT, COUNTY, FACTS, NEIGHBOUR, Officials, Story

from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.cases.beside import Beside
from tongban.cases.decide import PEOPLE_ONLY, Command, decide
from tongban.cases.model import Attachment, Refusal
from tongban.cases.service import Cases
from tongban.org import Actor, Grant

PLAN = {"plan": [Attachment("990101-a", "plan.pdf", "application/pdf", 10, "00")]}
GRANT = Grant(Text("本人办理", "in person"), "")


def _granted(story: Story) -> Story:
    asked = story.do("clerk", "request-correction", items=["plan"], message="请补草图")
    accepted = asked.do("person", "supplement", documents=PLAN)
    return accepted.do("examiner", "examine", opinion="好").do("approver", "grant")


def _asked(story: Story, actor: Actor = APPLICANT) -> Story:
    done = decide(story.definition, story.state, Command(PEOPLE_ONLY, actor, GRANT), story.now)
    assert not isinstance(done, Refusal)
    return replace(story, events=(*story.events, *done))


def test_the_rules_go_on_where_nobody_asked(story: Story) -> None:
    assert [event.by.kind for event in _granted(story.open()).events[-2:]] == ["official", "rules"]


def test_once_asked_every_step_is_a_persons(story: Story) -> None:
    granted = _granted(_asked(story.open()))
    assert granted.state.state == "granted"
    done = granted.do("approver", "issue")
    assert done.state.state == "issued"
    assert "rules" not in {event.by.kind for event in done.events}


def test_asking_disturbs_no_official_and_moves_no_date(story: Story) -> None:
    before = story.open()
    after = _asked(before)
    assert after.state.version == before.state.version
    assert after.state.moves == before.state.moves


def test_only_the_applicant_asks_and_only_while_the_case_is_open(story: Story) -> None:
    opened = story.open()
    refused = decide(opened.definition, opened.state, Command(PEOPLE_ONLY, NEIGHBOUR, GRANT), opened.now)
    assert isinstance(refused, Refusal)
    assert refused.code == "not-your-act"
    closed = opened.do("person", "withdraw")
    late = decide(closed.definition, closed.state, Command(PEOPLE_ONLY, APPLICANT, GRANT), closed.now)
    assert isinstance(late, Refusal)
    assert late.code == "case-closed"


@pytest.mark.database
async def test_it_can_be_chosen_for_one_application_or_once_and_for_all(cases: Cases) -> None:
    one = await cases.submit(APPLICANT, "stall-permit", FACTS, region=COUNTY, key="key-000001", people_only=True)
    assert one.state.people_only
    assert not (await cases.submit(APPLICANT, "stall-permit", FACTS, region=COUNTY, key="key-000002")).state.people_only

    def wants_people(person: str) -> bool:
        return person == APPLICANT.id

    cases.engine.beside = Beside(people_only=wants_people)
    view = await cases.submit(APPLICANT, "stall-permit", FACTS, region=COUNTY, key="key-000003")
    assert view.state.people_only


@pytest.mark.database
async def test_it_can_be_asked_later_and_again_and_stands_in_the_account(cases: Cases, post: Officials) -> None:
    case = (await cases.submit(APPLICANT, "stall-permit", FACTS, region=COUNTY, key="key-000001")).case
    assert (await cases.people_only(APPLICANT, case, key="people-0001")).state.people_only
    again = await cases.people_only(APPLICANT, case, key="people-0002")
    assert [line.what.zh for line in again.account] == ["提交申请", "要求只由人来办"]
    with pytest.raises(Refused) as caught:
        await cases.people_only(NEIGHBOUR, case, key="people-0003")
    assert caught.value.status == 404
    rows = await cases.queue(post("clerk"))
    assert "people-only" in rows.items[0].labels


@pytest.mark.database
async def test_the_letter_of_an_outcome_names_what_a_machine_contributed(cases: Cases, post: Officials) -> None:
    async def contributed(case: str) -> Text:
        return Text(f"（{case}）算法给过一条建议。", f"({case}) A use made a suggestion.")

    case = (await cases.submit(APPLICANT, "stall-permit", FACTS, region=COUNTY, key="key-000001")).case
    cases.engine.beside = Beside(contributed=contributed)
    said = {"reasons": "不用办", "law": ["APL-34"]}
    spec = cases.engine.catalogue.procedure("licensing").acts["tell-not-needed"]
    done = await cases.act(
        post("clerk"),
        case,
        "tell-not-needed",
        {k: v for k, v in said.items() if k in spec.says},
        version=1,
        key="k-000001",
    )
    letter = done.letters[-1][1]
    assert "算法给过一条建议" in letter.body.zh
    assert "A use made a suggestion." in letter.body.en
    assert "算法给过" not in done.letters[0][1].body.zh
