"""What many say of one part of a service becomes a dated promise, and what changed is shown; nobody's words are."""

import re

import msgspec
import pytest
from tests.web.citizen import Person
from tests.web.desk_people import Official

from tongban.base.clock import SettableClock
from tongban.voice.hotline.model import Asked
from tongban.web.site import Site

pytestmark = pytest.mark.database
SAID = "办居住证的房屋租赁合同一定要房东来签，老周不肯来"
PERMIT, POLICE, LEASE = "residence-permit", "990101.police", "materials.lease"


async def said(site: Site, times: int, first: int = 0) -> None:
    """So many people say it on the telephone."""
    for n in range(first, first + times):
        await site.voice.hotline.ask(
            None,
            Asked("complaint", SAID, about=("居住证", "居住证申领的事", PERMIT)[n % 3]),
            "990101",
            f"call-number-{n}",
        )
    await site.voice.turn()


async def confirm(supervisor: Official, part: str, *, was: str = LEASE) -> None:
    await supervisor.get("/console/improvements")
    fields = {"service": PERMIT, "cause": was, "do": "confirm", "part": part}
    await supervisor.post("/console/improvements", fields)


async def ask_owner(supervisor: Official, cause: str = LEASE, owner: str = POLICE) -> str:
    """The number of the case, where one was opened."""
    fields = {"service": PERMIT, "cause": cause, "owner": owner, "key": "first-key-of-it", "do": "open"}
    await supervisor.post("/console/improvements", fields)
    return supervisor.page.url.path.rpartition("/")[2]


async def promised(site: Site) -> tuple[str, Official]:
    """A case in which the owner has promised a date, 20 November, and the owner's browser."""
    await said(site, 5)
    supervisor = await Official(site).sit("digital-centre.supervisor", "990100")
    await confirm(supervisor, LEASE)
    case = await ask_owner(supervisor)
    head = await Official(site).sit("police.head")
    await head.open(case)
    await head.do(case, "promise", what="老周的事我们改告知单", by__year="2026", by__month="11", by__day="20")
    assert head.page.status_code == 200, head.text[:800]
    await site.voice.turn()
    return case, head


async def test_below_the_threshold_and_before_a_person_confirmed_it_nothing_is_opened(site: Site) -> None:
    await said(site, 4)
    supervisor = await Official(site).sit("digital-centre.supervisor", "990100")
    await confirm(supervisor, LEASE)
    assert "房屋租赁合同" in supervisor.text and "4人" in supervisor.text
    assert SAID not in supervisor.text and "老周" not in supervisor.text
    await ask_owner(supervisor)
    assert supervisor.page.status_code == 409
    await said(site, 1, first=4)
    await ask_owner(supervisor)
    assert supervisor.page.status_code == 409, "the fifth was not confirmed by anybody"
    await confirm(supervisor, LEASE)
    case = await ask_owner(supervisor)
    assert supervisor.page.status_code == 200 and case.startswith("990101-"), supervisor.text[:800]
    await confirm(supervisor, LEASE)
    assert "没有等着看的" in supervisor.text, "what has a case is not counted again"


async def test_a_cause_is_a_part_of_the_file_and_only_a_supervising_post_confirms(site: Site) -> None:
    await said(site, 1)
    supervisor = await Official(site).sit("digital-centre.supervisor", "990100")
    await confirm(supervisor, "materials.no-such-paper")
    assert supervisor.page.status_code == 422 or "没有这一处" in supervisor.text
    assert await site.db.fetchval("SELECT count(*) FROM complaint WHERE cause <> ''") == 0
    await confirm(supervisor, "none")
    assert "没有等着看的" in supervisor.text
    head = await Official(site).sit("police.head")
    assert (await head.get("/console/improvements")).status_code == 403


async def test_only_a_published_newer_version_of_the_same_service_can_be_linked_and_its_changes_are_public(
    site: Site, anyone: Person
) -> None:
    case, head = await promised(site)
    for wrong in ("1", "1.1", "7", "residence-permit@2", "small-food-shop"):
        await head.open(case)
        await head.do(case, "link", version=wrong)
        assert "比第1版新" in head.text, wrong
    await anyone.get("/open/improvements")
    assert "在改" in anyone.text and "11月20日" in anyone.text and "第2版" not in anyone.text
    await head.open(case)
    await head.do(case, "link", version="2")
    await site.voice.turn()
    await anyone.get("/open/improvements")
    assert "房屋租赁合同" in anyone.text and "第1版和第2版的差别" in anyone.text
    # Version 2 says nothing new of the lease: a newer version alone is not called a change of what was complained of.
    assert "大家说的那一处，这一版没有动" in anyone.text and "已改" not in anyone.text
    one = (await site.voice.improvements.listed(None, 1)).items[0]
    assert not site.voice.improvements.elsewhere(msgspec.structs.replace(one, cause="facts.lives_at"))
    assert not site.voice.improvements.elsewhere(msgspec.structs.replace(one, cause="facts"))
    assert site.voice.improvements.elsewhere(msgspec.structs.replace(one, cause="conditions.1"))
    assert not site.voice.improvements.elsewhere(msgspec.structs.replace(one, cause="page"))
    assert site.voice.improvements.changes((await site.voice.improvements.listed(None, 1)).items[0])
    told = (await anyone.get("/open/improvements.json")).json()["items"][0]
    assert (
        told["standing"] == "done"
        and told["part_unchanged"] is True
        and told["version_after"] == "2"
        and told["changes"]
    )


async def test_a_missed_date_is_overdue_in_public_and_nobodys_words_or_exact_small_number_are(
    site: Site, anyone: Person, clock: SettableClock
) -> None:
    case, _ = await promised(site)
    clock.advance(days=18)
    for address in ("/open/improvements", "/open/improvements.json"):
        await anyone.get(address)
        assert "老周" not in anyone.page.text and "房东" not in anyone.page.text and case not in anyone.page.text
        assert "不到10人" in anyone.page.text and "5人<" not in anyone.page.text
    assert '"standing": "overdue"' in anyone.page.text


async def test_a_date_more_than_half_a_year_ahead_is_not_taken(site: Site) -> None:
    await said(site, 5)
    supervisor = await Official(site).sit("digital-centre.supervisor", "990100")
    await confirm(supervisor, LEASE)
    case = await ask_owner(supervisor)
    head = await Official(site).sit("police.head")
    await head.open(case)
    await head.do(case, "promise", what="以后再说", by__year="2027", by__month="11", by__day="20")
    assert "最晚到2027年5月5日" in head.text, head.text[:800]


async def test_a_promised_date_can_be_moved_with_a_public_reason_and_what_comes_after_the_first_is_late(
    site: Site, anyone: Person, clock: SettableClock
) -> None:
    case, head = await promised(site)
    day = {"by__year": "2026", "by__month": "12", "by__day": "4"}
    await head.open(case)
    await head.do(case, "move", reasons="打给张伟13812345678就知道", **day)
    assert "请去掉能认出人的：13812345678" in head.text
    await head.open(case)
    await head.do(case, "move", reasons="新表要等省里的接口", **day)
    assert head.page.status_code == 200, head.text[:500]
    await site.voice.turn()
    await anyone.get("/open/improvements")
    for words in ("日期改过1次", "第一次答应的日期", "11月20日", "12月4日", "新表要等省里的接口"):
        assert words in anyone.text, words
    assert "过了第一次" not in anyone.text, "it has not come yet"
    clock.advance(days=18)
    await anyone.get("/open/improvements")
    assert "在改" in anyone.text and "过了第一次答应的日期" in anyone.text
    told = (await anyone.get("/open/improvements.json")).json()["items"][0]
    assert (told["promised_by"], told["first_promised"], told["late"]) == ("2026-12-04", "2026-11-20", True)
    again = await Official(site).sit("police.head")
    await again.get("/desk/improvements")
    assert case in again.text and "改过1次" in again.text


async def test_each_month_is_counted_once_when_it_is_over_and_shown_before_and_after_without_a_cause(
    site: Site, anyone: Person, clock: SettableClock
) -> None:
    for first in (0, 12):  # before the case of October: complaints of August and September
        clock.advance(days=-60 if not first else 31)
        await said(site, 12, first)
    clock.advance(days=29)
    case, head = await promised(site)
    await head.open(case)
    await head.do(case, "link", version="2")
    await said(site, 3, first=30)
    clock.advance(days=70)
    await site.voice.turn()
    await anyone.get("/open/improvements")
    table = anyone.text.split("各月有多少人说到这一处")[1].split("</section>")[0]
    rows = table.split("2026年")[1:]
    assert len(rows) >= 3, table
    assert "12人" in table and "不到10人" in table and "改以前" in table and "改以后" in table
    assert "不等于是因为改了" in table
    counts = "SELECT month, people FROM improvement_month ORDER BY month"
    before = [tuple(row.values()) for row in await site.db.fetch(counts)]
    await site.db.execute("DELETE FROM complaint WHERE region = '990101'")
    clock.advance(days=1)
    await site.voice.turn()
    assert [tuple(row.values()) for row in await site.db.fetch(counts)][: len(before)] == before
    owner = await Official(site).sit("police.head")
    await owner.get("/desk/improvements")
    assert "改以前" in owner.text and "<td>3</td>" in owner.page.text, "the owner sees the count itself"


async def test_complaints_that_name_no_service_are_grouped_by_words_and_a_person_says_what_they_are_about(
    site: Site,
) -> None:
    how = ("跑了三趟", "等了一上午", "不给写理由", "说法不一样", "今天又退回来")
    said_so = [f"老周说办居住证的房屋租赁合同总被窗口退回，{one}" for one in how]
    for n, one in enumerate([*said_so, "小区路灯不亮", "河面有油"]):
        await site.voice.hotline.ask(None, Asked("complaint", one), "990101", f"unnamed-{n}-call")
    await site.voice.turn()
    supervisor = await Official(site).sit("digital-centre.supervisor", "990100")
    await supervisor.get("/console/improvements")
    assert "5人" in supervisor.text and "租赁合同" in supervisor.text.split("没说哪个事项")[1]
    assert not any(one in supervisor.text for one in said_so), "the words in common, and nobody's own"
    assert await site.db.fetchval("SELECT count(*) FROM complaint WHERE service <> ''") == 0, "a person says so"
    cases = re.findall(r'name="case" value="([^"]+)"', supervisor.page.text)
    assert len(cases) == 5 and f'value="{PERMIT}" selected' in supervisor.page.text
    await supervisor.post("/console/improvements", {"do": "about", "case": cases, "service": ""})
    assert supervisor.page.status_code == 404
    await supervisor.get("/console/improvements")
    await supervisor.post("/console/improvements", {"do": "about", "case": cases, "service": PERMIT})
    assert "没有三件以上相近的" in supervisor.text
    await confirm(supervisor, LEASE)
    case = await ask_owner(supervisor)
    assert case.startswith("990101-"), supervisor.text[:500]
    police = await Official(site).sit("police.head")
    await police.open(case)
    assert "promise" in police.offered and "explain" in police.offered, "the owner has to answer, as of every other"
