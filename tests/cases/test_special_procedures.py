"""特别程序、听证、容缺受理 (行政许可法 45—48, 浙江 11), as the second version of the licensing procedure has them."""

from datetime import timedelta

import pytest
from case_world import APPLICANT, COUNTY, FACTS, Officials, Story

from tongban.base.clock import ZONE, SettableClock
from tongban.base.errors import Refused
from tongban.cases import clocks
from tongban.cases.definition import Definition
from tongban.cases.model import Attachment, By
from tongban.cases.service import Cases
from tongban.catalog import load_procedure, load_service
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.model import Service
from tongban.catalog.procedure import Procedure
from tongban.catalog.shipped import shipped
from tongban.terms import Calendar

PERMIT = {
    "uscc": "91110000600037341L",
    "business_name": "清心理发店（演示）",
    "premises": "清源区河边路2号",
    "phone": "13800000000",
    "venue": "hairdresser",
    "staff_certified": "true",
    "has_report": "true",
    "central_air": "false",
}
RECORD = [Attachment("990101-a", "笔录.pdf", "application/pdf", 10, "00")]
LAW = {"law": ["APL-38"]}


@pytest.fixture(scope="session")
def licensing() -> Procedure:
    return load_procedure((shipped("procedures") / "licensing@2.yaml").read_text("utf-8")).require()


@pytest.fixture
def venue(licensing: Procedure) -> Story:
    service = load_service((shipped("services") / "public-venue-hygiene.yaml").read_text("utf-8")).require()
    return Story(Definition(service, licensing, Calendar.china(), ZONE, service.terms)).open(PERMIT)


@pytest.fixture
def complete(venue: Story) -> Story:
    return _with_papers(venue, "plan", "test-report", "business-licence")


def chair(post: str) -> By:
    return By("official", f"o-{post}", f"{post}甲", post, "market")


def due(story: Story, term: str) -> str:
    found = {one.clock.term: one for one in clocks.running(story.definition, story.state, story.now)}[term]
    return str(found.statutory.due.date()) if found.statutory.due else "paused"


def called(venue: Story) -> Story:
    story = venue.do("clerk", "accept-with-gaps", items=["hygiene-rules"], until="2026-11-20")
    story = story.do("examiner", "start-hearing", reasons="邻居反对")
    return story.do("examiner", "call-hearing", day="2026-11-12", place="9点，二楼", chair=chair("second"))


class TestWhatMayFollow:
    def test_only_what_the_service_lets_follow_may_and_the_day_is_told_on_the_spot(self, venue: Story) -> None:
        assert venue.refused("clerk", "accept-with-gaps", items=["plan"], until="2026-11-10") == "item-may-not-follow"
        assert venue.refused("clerk", "accept-with-gaps", items=["hygiene-rules"]) == "field-missing"
        assert (
            venue.refused("clerk", "accept-with-gaps", items=["hygiene-rules"], until="2026-11-03") == "date-too-soon"
        )
        accepted = venue.do("clerk", "accept-with-gaps", items=["hygiene-rules"], until="2026-11-10")
        letter = accepted.events[-1].letter
        assert letter and "2026年11月10日" in letter.body.zh and "卫生管理制度" in letter.body.zh
        assert due(accepted, "follow") == "2026-11-10" and due(accepted, "decide") == "2026-12-01"

    def test_after_a_missed_day_a_second_person_may_revoke_with_reasons_and_nothing_does_so_by_itself(
        self, complete: Story
    ) -> None:
        story = complete.do("clerk", "accept-with-gaps", items=["hygiene-rules"], until="2026-11-10")
        why = {"reasons": "联系三次都没有补", "law": ["ZJ-11"]}
        assert story.at(11, 10, 20).refused("approver", "revoke-acceptance", **why) == "not-expired"
        late = story.at(11, 11).wait()
        assert late.state.state == "accepted"
        assert late.refused("clerk", "revoke-acceptance", **why) == "second-person"
        revoked = late.do("approver", "revoke-acceptance", **why)
        assert revoked.state.state == "acceptance-revoked"
        letter = revoked.events[-1].letter
        assert letter and "复议" in letter.body.zh and "联系三次" in letter.body.zh

    def test_what_came_in_time_cannot_be_held_against_anybody(self, complete: Story) -> None:
        story = complete.do("clerk", "accept-with-gaps", items=["hygiene-rules"], until="2026-11-10")
        story = _with_papers(story.at(11, 9), "hygiene-rules")
        assert [event.type for event in story.events[-2:]] == ["add-papers", "gaps-filled"]
        why = {"reasons": "没有补", "law": ["ZJ-11"]}
        assert story.at(11, 20).refused("approver", "revoke-acceptance", **why) in ("not-expired", "condition-not-met")


def _with_papers(story: Story, *materials: str) -> Story:
    return story.do("person", "add-papers", documents=dict.fromkeys(materials, RECORD))


class TestHearing:
    def test_it_is_called_at_least_seven_working_days_ahead(self, complete: Story) -> None:
        story = complete.do("clerk", "accept").do("examiner", "start-hearing", reasons="邻居反对")
        told = story.events[-1].letter
        assert told and "2026年12月1日" in told.body.zh  # held within 20 working days
        when = {"place": "9点，二楼", "chair": chair("second")}
        assert story.refused("examiner", "call-hearing", day="2026-11-11", **when) == "date-too-soon"
        assert story.do("examiner", "call-hearing", day="2026-11-12", **when).state.state == "hearing"

    def test_the_chair_is_a_person_who_took_no_part_and_closes_it_alone(self, complete: Story) -> None:
        story = complete.do("clerk", "accept").do("examiner", "start-hearing", reasons="邻居反对")
        when = {"day": "2026-11-12", "place": "9点，二楼"}
        assert story.refused("approver", "call-hearing", chair=chair("examiner"), **when) == "named-took-part"
        assert story.refused("approver", "call-hearing", chair="第二人", **when) == "field-not-an-official"
        minutes = {"held": "2026-11-12", "present": "双方", "finding": "噪声可控", "documents": RECORD}
        assert story.refused("second", "end-hearing", **minutes) == "too-early"
        story = story.do("approver", "call-hearing", chair=chair("second"), **when).at(11, 12)
        assert story.refused("approver", "end-hearing", **minutes) == "not-your-act"
        assert story.refused("second", "end-hearing", **{**minutes, "documents": []}) == "field-missing"
        assert story.do("second", "end-hearing", **minutes).state.state == "accepted"

    def test_after_a_hearing_the_decision_says_what_follows_from_its_record(self, venue: Story) -> None:
        minutes = {"held": "2026-11-12", "present": "双方", "finding": "噪声可控", "documents": RECORD}
        story = called(venue).at(11, 12).do("second", "end-hearing", **minutes)
        story = story.do("examiner", "examine", opinion="符合")
        assert story.refused("approver", "grant") == "field-missing"
        assert story.do("approver", "grant", record="笔录记明噪声可控，准予").state.decided == "favourable"

    def test_without_one_nothing_is_asked_about_a_record(self, complete: Story) -> None:
        story = complete.do("clerk", "accept").do("examiner", "examine", opinion="符合")
        assert story.do("approver", "grant").state.decided == "favourable"


class TestTimeThatDoesNotCount:
    def test_the_day_is_told_in_writing_and_somebody_answers_for_it(self, complete: Story) -> None:
        story = complete.do("clerk", "accept")
        review = {"kind": "expert-review", "by": "三位专家", "reasons": "结构复杂"}
        assert story.refused("examiner", "start-special", until="2026-11-03", **review) == "date-too-soon"
        story = story.do("examiner", "start-special", until="2026-11-13", **review)
        letter = story.events[-1].letter
        assert letter and "2026年11月13日" in letter.body.zh and "专家评审" in letter.body.zh
        assert (due(story, "decide"), due(story, "special")) == ("paused", "2026-11-13")
        late = story.at(11, 16)
        (first, *_) = clocks.climbs(late.definition, late.state, clocks.running(late.definition, late.state, late.now))
        assert (first.term, first.who.value) == ("special", "head")
        assert late.refused("examiner", "retime-special", until="2026-11-20", reasons="样品不够") == "not-your-act"
        again = late.do("head", "retime-special", until="2026-11-20", reasons="样品不够")
        assert due(again, "special") == "2026-11-20"
        assert due(again.at(11, 20).do("examiner", "end-special", finding="合格"), "decide") == "2026-12-17"


@pytest.mark.database
class TestNamingThroughTheDesk:
    @pytest.fixture
    def catalogue(self, service: Service, licensing: Procedure, clock: SettableClock) -> Catalogue:
        return Catalogue([service], [licensing], clock=clock)

    async def test_the_chair_is_chosen_by_post_from_the_body_and_not_typed(
        self, cases: Cases, post: Officials, clock: SettableClock
    ) -> None:
        case = (await cases.submit(APPLICANT, "stall-permit", FACTS, region=COUNTY, key="hearing-1")).case

        async def do(who: str, act: str, **says: object) -> str:
            return (
                await cases.act(post(who), case, act, says, version=None, key=f"{act}-{who}-{len(says)}")
            ).state.state

        clock.set(clock() + timedelta(days=8))
        await cases.fire()  # nobody answered in five days: deemed accepted
        await do("examiner", "start-hearing", reasons="邻居反对")
        offered = (await cases.view(post("approver"), case)).colleagues
        assert {"examiner", "second"} <= {one.post for one in offered}
        when = {"day": "2026-12-1", "place": "9点"}
        for nobody in ("stranger", "王主任", {"kind": "official", "id": "o-second", "name": "second甲"}):
            with pytest.raises(Refused) as refused:
                await do("approver", "call-hearing", chair=nobody, **when)
            assert refused.value.problems[0].place == "chair"
        assert await do("approver", "call-hearing", chair="second", **when) == "hearing"
