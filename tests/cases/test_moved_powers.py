"""A case under a delegation: in whose name, what it says, who sees it, what ends with it (行政许可法 24)."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import msgspec
import pytest
from case_world import APPLICANT, COUNTY, FACTS, Officials

from tongban import certs
from tongban.base.clock import ZONE, SettableClock
from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.cases import movement
from tongban.cases.rights import grant_for, may_see
from tongban.cases.service import Cases, QueueFilter
from tongban.cases.views import CaseView
from tongban.org import Delegation, Directory
from tongban.org.moved import Limit, MoveKind

pytestmark = pytest.mark.database
GIVER, TAKER = "market", "other-market"
MOVE = Delegation(
    id="d1",
    from_body=GIVER,
    to_body=TAKER,
    services=frozenset({"stall-permit"}),
    regions=frozenset({COUNTY}),
    since=date(2026, 11, 1),
    until=date(2026, 11, 20),
    published_on=date(2026, 10, 20),
    law="行政许可法 24",
    notice=Text("公告", "notice"),
)
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
Change = Callable[..., None]


@pytest.fixture
def moved(directory: Directory) -> Change:
    """Let the one move be as it is said."""

    def change(**parts: Any) -> None:
        one = msgspec.structs.replace(MOVE, **parts)
        directory.check_move(one)
        directory.take_moves((one,))

    return change


async def apply(cases: Cases, key: str = "apply-0001", **facts: str) -> CaseView:
    sketch = await cases.add_document(APPLICANT, "草图.pdf", PDF)
    said = {**FACTS, **facts}
    return await cases.submit(APPLICANT, "stall-permit", said, {"plan": [sketch.id]}, region=COUNTY, key=key)


async def decided(cases: Cases, post: Officials, who: str = "stranger") -> CaseView:
    """An application taken all the way by officials of one body."""
    case = (await apply(cases)).case
    for act in ("accept", "examine", "grant"):
        says = {"opinion": "符合"} if act == "examine" else {}
        await cases.act(post(who), case, act, says, version=None, key=f"{case}-{act}")
    return await cases.view(APPLICANT, case)


def code(cases: Cases, post: Officials, view: CaseView, who: str, act: str = "accept") -> str:
    found = may_see(cases.engine, post(who), view.loaded) if act == "view" else None
    if found is not None:
        return getattr(found, "code", "granted")
    return "granted" if grant_for(cases.engine, post(who), view.loaded)(act) else "refused"


async def test_the_delegate_decides_in_the_name_of_the_delegating_body_and_everything_says_so(
    cases: Cases, post: Officials, moved: Change
) -> None:
    moved()
    view = await decided(cases, post)
    grant = next(event for event in view.loaded.events if event.type == "grant")
    assert (grant.in_name_of, grant.delegation, grant.by.body) == (GIVER, "d1", TAKER)
    assert view.state.office.id == GIVER
    letters = {letter.notice: letter.body.zh for _, letter in view.letters}
    for notice in ("accepted", "granted"):
        assert (
            "河西区市场监管局（演示）受清源区市场监管局（演示）委托、以清源区市场监管局（演示）的名义办理"
            in letters[notice]
        )
    (certificate,) = view.certificates
    record = certificate.record
    assert record.issuer.body == GIVER
    assert isinstance(record.exercised, certs.Exercised)
    assert record.exercised.body == TAKER
    assert "委托" in record.exercised.words.zh


async def test_the_respondent_of_a_delegated_decision_is_the_delegating_body(
    cases: Cases, post: Officials, moved: Change
) -> None:
    moved()
    view = await decided(cases, post)
    assert view.opening.office.reconsideration == cases.engine.directory.remedies(GIVER).reconsideration


async def test_the_delegate_sees_the_delegated_cases_in_its_list_and_no_others(
    cases: Cases, post: Officials, moved: Change
) -> None:
    case = (await apply(cases)).case
    assert (await cases.queue(post("stranger"))).items == ()
    moved()
    assert [row.case_id for row in (await cases.queue(post("stranger"))).items] == [case]
    assert (await cases.queue(post("stranger"), QueueFilter(search=case))).items
    moved(services=frozenset({"another"}))
    assert (await cases.queue(post("stranger"))).items == ()
    assert (await cases.queue(post("stranger"), QueueFilter(search=case))).items == ()


async def test_at_the_end_open_cases_go_back_unless_the_notice_lets_the_delegate_finish_them(
    cases: Cases, post: Officials, moved: Change, clock: SettableClock
) -> None:
    moved()
    view = await apply(cases)
    clock.set(datetime(2026, 11, 20, 9, tzinfo=ZONE))
    assert code(cases, post, view, "stranger") == "refused"
    assert code(cases, post, view, "clerk") == "granted"
    moved(running="finish")
    assert code(cases, post, view, "stranger") == "granted"
    later = await apply(cases, "apply-0002")
    assert code(cases, post, later, "stranger") == "refused"


@pytest.mark.parametrize(
    "change",
    [
        {"published_on": None},
        {"since": date(2026, 11, 10)},
        {"acts": frozenset({"examine"})},
        {"limits": (Limit(fact="metres", at_most=2),)},
        {"limits": (Limit(fact="unheard_of", at_most=2),)},
    ],
    ids=["unpublished", "not begun", "another act", "above the limit", "limit on what is not known"],
)
async def test_what_the_notice_does_not_say_the_delegate_may_not_do(
    cases: Cases, post: Officials, moved: Change, change: dict[str, Any]
) -> None:
    moved(**change)
    view = await apply(cases)
    with pytest.raises(Refused) as caught:
        await cases.act(post("stranger"), view.case, "accept", {}, version=None, key="attack-0001")
    assert caught.value.code in ("delegation-not-in-force", "unknown-case")


async def test_within_the_limit_it_may(cases: Cases, post: Officials, moved: Change) -> None:
    moved(limits=(Limit(fact="metres", at_most=3),))
    assert code(cases, post, await apply(cases), "stranger") == "granted"


async def test_the_figures_of_a_delegation_count_what_was_done_under_it(
    cases: Cases, post: Officials, moved: Change
) -> None:
    moved()
    await decided(cases, post)
    assert (await movement.went(cases.engine, MOVE)) == movement.Went(cases=1, granted=1, on_time=1)


async def test_a_power_that_moved_down_is_used_in_the_bodys_own_name_for_new_cases_only(
    cases: Cases, post: Officials, moved: Change, clock: SettableClock
) -> None:
    before = await apply(cases)
    directory = cases.engine.directory
    own = msgspec.structs.replace(MOVE, kind=MoveKind.MOVED_DOWN, decision=Text("岚政〔2026〕1号", "No. 1"), until=None)
    directory.take_moves((own,))
    after = await apply(cases, "apply-0002")
    assert (before.opening.office.id, before.opening.moved_by) == (GIVER, "")
    assert (after.opening.office.id, after.opening.moved_by) == (TAKER, "d1")
    assert code(cases, post, after, "stranger") == "granted"
    assert code(cases, post, after, "clerk") == "refused"
    directory.take_moves((msgspec.structs.replace(own, until=date(2026, 11, 10)),))
    clock.set(datetime(2026, 11, 12, 9, tzinfo=ZONE))
    assert code(cases, post, after, "stranger") == "granted"
    assert (await apply(cases, "apply-0003")).opening.office.id == GIVER
