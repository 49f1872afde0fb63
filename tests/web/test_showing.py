"""亮证: once, to whom, for what, until when, which lines; and the holder sees what became of it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from tests.web.citizen import Person
from tests.web.test_case_pages import certified

from tongban import certs
from tongban.base.clock import SettableClock
from tongban.certs import showing
from tongban.web.site import Site

pytestmark = pytest.mark.database
PICKED: dict[str, Any] = {"to": "江北银行柜台", "purpose": "开户", "span": "10m", "fields": ["holder", "line-0"]}


async def code(xiaoman: Person, number: str, **changes: Any) -> str:
    """What the other side types."""
    await xiaoman.get(f"/certificates/{number}/show")
    await xiaoman.post(f"/certificates/{number}/show", {**PICKED, **changes})
    found = re.search(r"<b[^>]*>((?:[2-9A-Z]{4}-){3}[2-9A-Z]{4})</b>", xiaoman.page.text)
    assert found, xiaoman.text
    return found[1]


async def stranger(xiaoman: Person) -> None:
    await xiaoman.get("/me")
    await xiaoman.post("/logout")


async def look(xiaoman: Person, code: str) -> str:
    await xiaoman.get("/shown")
    await xiaoman.post("/shown", {"code": code})
    return xiaoman.text


async def test_what_was_picked_is_seen_once_and_nothing_else(xiaoman: Person, site: Site):
    number = await certified(xiaoman, site)
    found = await certs.store.get(site.db, number)
    assert found
    every = showing.lines(found.record)
    link = await code(xiaoman, number)
    assert xiaoman.page.text.count("<svg") >= 1 and "开户" in xiaoman.text
    await stranger(xiaoman)
    await xiaoman.get("/shown")
    assert "王小满" not in xiaoman.text, "a preview of the link shows nobody's data and uses nothing up"
    said = await look(xiaoman, link)
    assert "真实，现在有效" in said and "王小满" in said and "江北银行柜台" in said and "开户" in said
    shown = {line.key: line.value.zh for line in every}
    assert shown["line-0"] in said
    assert shown["number"] not in said and shown["certificate"] not in said
    again = await look(xiaoman, link)
    assert "已经不能用了" in again and "王小满" not in again


async def test_the_holder_sees_who_it_was_for_and_that_it_was_seen(xiaoman: Person, site: Site):
    number = await certified(xiaoman, site)
    link = await code(xiaoman, number)
    await stranger(xiaoman)
    await look(xiaoman, link)
    await xiaoman.log_in("p-wangxiaoman")
    await xiaoman.get(f"/certificates/{number}/show")
    assert "江北银行柜台" in xiaoman.text and "开户" in xiaoman.text and "已看：" in xiaoman.text
    await xiaoman.get("/my-data")
    assert "持证人" in xiaoman.text


async def test_a_code_taken_back_or_too_old_opens_nothing(xiaoman: Person, site: Site, clock: SettableClock):
    number = await certified(xiaoman, site)
    old, withdrawn = await code(xiaoman, number), await code(xiaoman, number, purpose="租房")
    await xiaoman.get(f"/certificates/{number}/show")
    address = re.search(r'/certificates/[^"]+/showings/[^"]+/end', xiaoman.page.text)
    assert address
    await xiaoman.post(address[0], {})
    assert "没人看过，已失效" in xiaoman.text
    clock.advance(minutes=11)
    await stranger(xiaoman)
    for link in (old, withdrawn):
        assert "已经不能用了" in await look(xiaoman, link)


async def test_without_whom_what_for_or_what_no_code_is_made(xiaoman: Person, site: Site):
    number = await certified(xiaoman, site)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"to": ""}, "请写给谁看"),
        ({"purpose": " "}, "请写用来做什么"),
        ({"fields": []}, "请至少选一项"),
        ({"fields": ["line-99"]}, "请至少选一项"),
        ({"span": "10y"}, "请选多久内有效"),
    ]
    for changes, said in wrong:
        await xiaoman.get(f"/certificates/{number}/show")
        await xiaoman.post(f"/certificates/{number}/show", {**PICKED, **changes})
        assert said in xiaoman.text and "请对方扫这个码" not in xiaoman.text
    assert not (await showing.of_certificate(site.db, "p-wangxiaoman", number)).items


async def test_a_revoked_certificate_is_not_shown_and_one_revoked_since_is_shown_as_revoked(
    xiaoman: Person, site: Site
):
    number = await certified(xiaoman, site)
    link = await code(xiaoman, number)
    async with site.db.transaction() as connection:
        gone = certs.Revocation(at=site.clock() - timedelta(minutes=1), by="post:x", reason="撤销")
        await certs.store.revoke(connection, number, gone)
    await xiaoman.get(f"/certificates/{number}/show")
    assert "现在不能出示" in xiaoman.text
    await stranger(xiaoman)
    said = await look(xiaoman, link)
    assert "已废止" in said and "真实，现在有效" not in said


async def test_to_whom_and_for_what_lie_sealed_and_the_token_is_not_kept(xiaoman: Person, site: Site):
    number = await certified(xiaoman, site)
    link = await code(xiaoman, number)
    row = await site.db.fetchrow("SELECT * FROM certificate_showing")
    assert row is not None and row["asked"].startswith("sealed.1.")
    assert link not in str(dict(row)) and link.replace("-", "") not in str(dict(row)) and "开户" not in str(dict(row))


async def test_every_showing_can_be_found_again_however_many_there_are(xiaoman: Person, site: Site):
    number = await certified(xiaoman, site)
    asked, now = showing.Asked(to="银行", purpose="开户", fields=("holder",)), site.clock()
    for minute in range(51):
        made = now + timedelta(minutes=minute)
        await showing.make(site.db, "p-wangxiaoman", number, asked, made, made + timedelta(seconds=30))
    page = await xiaoman.get(f"/certificates/{number}/show")
    following = re.search(r'/certificates/[^"]+/show\?after=[^"]+', page.text)
    assert following
    first, second = page.text, (await xiaoman.get(following[0])).text
    assert [one.count("<b>银行</b>") for one in (first, second)] == [50, 1]


async def test_the_code_is_in_no_address_that_a_server_sees(xiaoman: Person, site: Site):
    number = await certified(xiaoman, site)
    made = await code(xiaoman, number)
    assert made not in str(xiaoman.page.url)
    await stranger(xiaoman)
    page = await xiaoman.get("/shown")
    assert page.headers["referrer-policy"] == "no-referrer" and page.headers["cache-control"] == "no-store"
    assert (await xiaoman.get(f"/shown/{made}")).status_code == 404
    await xiaoman.get("/shown")
    assert "王小满" in (await look(xiaoman, made.lower().replace("-", " "))), "however it is typed"
