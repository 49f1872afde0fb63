"""政务数据共享条例 27: a grant that came of no request is suspended, resumed and ended in a case of its own."""

import asyncio
from datetime import date
from typing import Any

import pytest
from tests.web.test_sharing_pages import act, at_desk

from tongban.base.errors import Refused
from tongban.org import Actor, demo
from tongban.sharing import grants
from tongban.sharing.grants import Grant, Standing, store
from tongban.sharing.grants.demo import shipped_grants
from tongban.sharing.grants.model import Change
from tongban.web.desk.asking import in_name_of
from tongban.web.desk.sharing import holder_of
from tongban.web.site import Site

pytestmark = pytest.mark.database
OLD = next(one for one in shipped_grants() if one.service == "residence-permit" and one.resource == "hr.insurance")
PAGE = f"/desk/sharing/grants/{OLD.id}"
HR, CENTRE = "990000.hr", "990000.digital-centre"
WHY: dict[str, Any] = {"reasons": "查的人和办件对不上"}
LAW: dict[str, Any] = {**WHY, "law": ["DS-27"]}


async def opened(site: Site, post: str) -> str:
    """The case in which this grant is kept from now on, opened from its page."""
    async with at_desk(site, post) as person:
        await person.get(PAGE)
        await person.post(PAGE, {"key": person.hidden("key")})
        assert person.page.url.path.startswith("/desk/cases/"), person.text
        return person.page.url.path.rpartition("/")[2]


async def now(site: Site) -> Grant:
    found = await store.one(site.db, OLD.id)
    assert found is not None
    return found


async def asked(site: Site) -> str:
    """What comes of a question under it today."""
    try:
        return (await grants.ask(site.db, OLD.resource, OLD.record, OLD.fields, OLD.service, site.today)).id
    except Refused as refused:
        return refused.code


@pytest.mark.parametrize("post", [f"{HR}.approver", f"{CENTRE}.approver"])
async def test_the_provider_and_the_sharing_authority_suspend_it_at_once_and_resume_it(site: Site, post: str) -> None:
    case = await opened(site, post)
    assert (await now(site)).case == case
    await act(site, post, case, "suspend", **WHY)
    assert await asked(site) == "grant-suspended"
    holder = holder_of(site, OLD)
    assert (await site.cases.engine.load(case)).state.case.applicant.id == holder
    await act(site, f"{holder}.head", case, "rectify", measures="收回了两个人的权限")
    await act(site, post, case, "resume", reasons="核实了")
    assert await asked(site) == OLD.id
    made = [what for _, what, _, _ in await store.changes(site.db, OLD.id) if what != "given"]
    assert made == ["suspended", "resumed"]
    async with at_desk(site, post) as person:
        await person.get(PAGE)
        assert case in person.page.text and "查的人和办件对不上" in person.text


async def test_ending_it_takes_a_second_official_and_the_disposal_is_recorded(site: Site) -> None:
    case = await opened(site, f"{HR}.approver")
    await act(site, f"{HR}.approver", case, "suspend", **WHY)
    with pytest.raises(Refused, match="second person"):
        await act(site, f"{HR}.approver", case, "end-sharing", **LAW)
    await act(site, f"{HR}.approver-2", case, "end-sharing", **LAW)
    assert (await now(site)).standing(site.today) is Standing.ENDED
    assert await asked(site) == "grant-expired"
    holder = holder_of(site, OLD)
    await act(
        site, f"{holder}.head", case, "record-disposal", disposal="删了取得的记录", disposed_on=site.today.isoformat()
    )
    assert (await site.cases.engine.load(case)).state.state == "disposed"


async def test_what_the_act_says_and_what_becomes_of_the_grant_are_one(site: Site) -> None:
    case = await opened(site, f"{HR}.approver")
    async with site.db.transaction() as connection:
        await connection.execute("ALTER TABLE data_grant_change ADD CHECK (what <> 'suspended')")
    with pytest.raises(Exception, match="check"):
        await act(site, f"{HR}.approver", case, "suspend", **WHY)
    assert (await site.cases.engine.load(case)).state.state == "in-use", "neither happened"
    assert await asked(site) == OLD.id


async def test_a_dispute_about_it_goes_up_and_a_settlement_lifts_the_suspension(site: Site) -> None:
    case = await opened(site, f"{HR}.approver")
    await act(site, f"{HR}.approver", case, "suspend", **WHY)
    holder = holder_of(site, OLD)
    await act(site, f"{holder}.head", case, "dispute", reasons="都是办件里的人")
    await act(site, f"{holder}.head", case, "to-authority", reasons="谈不拢")
    await act(site, f"{CENTRE}.approver", case, "coordinate-share", reasons="查过留痕，没有超范围")
    assert await asked(site) == OLD.id


async def test_a_grant_has_one_case_and_only_its_providers_side_opens_it(site: Site) -> None:
    made = await asyncio.gather(*(opened_directly(site, n) for n in range(4)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in made) == ["Refused", "Refused", "Refused", "str"]
    assert {one.code for one in made if isinstance(one, Refused)} == {"grant-not-to-be-kept"}
    for post, code in ((f"{HR}.examiner", 403), (f"{holder_of(site, OLD)}.head", 403), ("990000.tax.approver", 404)):
        async with at_desk(site, post) as person:
            await person.get("/desk/sharing")
            await person.post(PAGE, {"key": "anything-0001"})
            assert person.page.status_code == code, post


async def opened_directly(site: Site, n: int) -> str:
    post = site.directory.post(f"{HR}.approver")
    person = next(one for one in demo.officials() if one.id == site.directory.holders(post.id)[0])
    view = await site.cases.submit(
        Actor.official(person, post, site.directory.body(HR)),
        "data-grant",
        {"grant": OLD.id},
        region="990000",
        key=f"keep-{n:06}",
        applicant=in_name_of(site, holder_of(site, OLD)),
        owed_by=HR,
    )
    return view.case


async def test_a_grant_of_another_provider_or_one_that_is_over_is_not_kept(site: Site) -> None:
    over = {"at": site.clock(), "by": "x", "reasons": "用完"}
    await store.change(site.db, OLD.id, "ended", Change(event="x", at=site.clock(), by="x"), over)
    with pytest.raises(Refused, match="over"):
        await opened_directly(site, 1)
    assert (await now(site)).standing(date(2026, 11, 3)) is Standing.ENDED
