"""After a restart with another calendar, the dates in the lists are those of the calendar in force."""

from datetime import date

from case_world import APPLICANT, COUNTY, FACTS, Officials

from tongban.cases.service import Cases
from tongban.terms import Calendar


async def test_a_calendar_filed_while_the_site_was_down_moves_dates_once(cases: Cases, post: Officials) -> None:
    view = await cases.submit(APPLICANT, "stall-permit", FACTS, region=COUNTY, key="submit-0001")
    assert await cases.catch_up() == 0
    cases.engine.calendar = Calendar.china().with_notice(2026, "演示", holidays={date(2026, 11, 9): "演示假"})
    assert await cases.catch_up() == 1
    assert await cases.catch_up() == 0
    row = (await cases.queue(post("clerk"))).items[0]
    assert view.due is not None
    assert row.due_at > view.due.due
    moved = await cases.view(APPLICANT, view.case)
    assert moved.due is not None
    assert moved.due.due == row.due_at
