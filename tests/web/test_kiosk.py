"""自助机: a stranger learns nothing, whoever has both codes the least, and a session there reaches one draft."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from tests.web.citizen import APPLY, Person, answer, begin, filled, picture, submitted, upload

from tongban.base.clock import SettableClock
from tongban.web.app import create
from tongban.web.limits import Limited
from tongban.web.site import Site

pytestmark = pytest.mark.database
OWNER = "p-wangxiaoman"
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@pytest.fixture
async def machine(site: Site) -> AsyncIterator[Person]:
    """The browser of the machine in the hall."""
    transport = httpx.ASGITransport(app=create(site), raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield Person(client)


def look_up_code(page: Person) -> str:
    found = re.search(r'<b class="mono">(\d{4} \d{4})</b>', page.page.text)
    assert found, page.text
    return found[1]


async def ask(machine: Person, case: str, code: str) -> Person:
    await machine.get("/kiosk/case")
    await machine.post("/kiosk/case", {"case": case, "code": code})
    return machine


async def test_number_and_code_of_the_receipt_tell_how_a_case_stands_and_nothing_else(
    xiaoman: Person, machine: Person, site: Site
) -> None:
    case = await submitted(xiaoman)
    code = look_up_code(xiaoman)
    await ask(machine, case.lower(), code)
    assert "已提交，等待受理" in machine.text and "最晚" in machine.text
    for private in ("王小满", "小满", "居住证", "河埠巷"):
        assert private not in machine.text
    assert machine.page.headers["cache-control"] == "no-store" and machine.page.url.path == "/kiosk/case"
    assert 'content="60;url=/kiosk"' in machine.page.text and not machine.client.cookies.get("session")
    await xiaoman.get("/my-data")
    assert "在大厅自助机上输入了查询码的人" in xiaoman.text
    assert code.replace(" ", "") == site.hall.kiosk.look_up_code(OWNER, case)


async def test_a_case_that_has_ended_is_rated_at_the_machine_which_then_forgets_it(
    xiaoman: Person, machine: Person, site: Site
) -> None:
    case = await submitted(xiaoman)
    code = look_up_code(xiaoman)
    assert "/rate/" not in (await ask(machine, case, code)).page.text
    await xiaoman.get(f"/cases/{case}/withdraw")
    await xiaoman.post(f"/cases/{case}/withdraw", {n: xiaoman.hidden(n) for n in ("key", "version")})
    await ask(machine, case, code)
    link = site.voice.ratings.link(case)
    assert f"{link}?via=kiosk" in machine.page.text
    await machine.get(f"{link}?via=kiosk")
    await machine.post(link, {"level": "4", "via": machine.hidden("via")})
    assert "谢谢" in machine.text and "url=/kiosk" in machine.page.text
    assert machine.page.headers["cache-control"] == "no-store"
    assert await site.db.fetchval("SELECT channel FROM rating") == "kiosk"


async def test_a_wrong_code_is_answered_like_a_wrong_number_and_leaves_no_line(
    xiaoman: Person, machine: Person, site: Site
) -> None:
    case = await submitted(xiaoman)
    code = look_up_code(xiaoman)
    lines = "SELECT count(*) FROM shared_access WHERE person = $1 AND reader ->> 'kind' = 'kiosk'"
    wrong = f"{(int(code.replace(' ', '')) + 1) % 10**8:08}"
    said = [(await ask(machine, *pair)).text for pair in ((case, wrong), ("990101-261103-4Q7Z2M9K", code), ("x", ""))]
    assert all("没有找到" in one and "等待受理" not in one for one in said)
    assert await site.db.fetchval(lines, OWNER) == 0


async def test_codes_cannot_be_tried_out_for_one_case_from_several_machines(
    xiaoman: Person, machine: Person, site: Site
) -> None:
    case = await submitted(xiaoman)
    code = look_up_code(xiaoman)
    for _ in range(10):
        await site.limits.spend(Limited.KIOSK, f"case {case}")
    for written in (case, case.lower(), case.replace("-", " - "), case.translate(FULL_WIDTH)):
        await ask(machine, written, code)
        assert machine.page.status_code == 429, "however the number is written"


async def draft_code(xiaoman: Person) -> str:
    await xiaoman.get("/cases")
    await xiaoman.post(f"{APPLY}/kiosk")
    found = re.search(r"\b(\d{4} \d{4} \d{4})\b", xiaoman.text)
    assert found, xiaoman.text
    return found[1]


async def go_on(machine: Person, code: str) -> Person:
    await machine.get("/kiosk/continue")
    await machine.post("/kiosk/continue", {"code": code})
    return machine


async def test_a_draft_goes_on_at_the_machine_to_its_receipt_and_reaches_nothing_else(
    xiaoman: Person, machine: Person, site: Site
) -> None:
    await begin(xiaoman)
    await answer(xiaoman, lives_region="990101")
    code = await draft_code(xiaoman)
    assert code.replace(" ", "") not in str(await site.db.fetch("SELECT hash FROM kiosk_code"))
    await go_on(machine, code)
    assert machine.page.url.path.startswith(APPLY) and "您在大厅自助机上" in machine.text
    for elsewhere in ("/cases", "/me", "/my-data", "/certificates", "/apply/food-licence"):
        await machine.get(elsewhere)
        assert machine.page.status_code == 403 and "只能接着填这一份" in machine.text
    await filled_on(machine)
    await machine.post(f"{APPLY}/submit", {"key": machine.hidden("key"), "truthful": "yes"})
    assert machine.page.url.path.endswith("/receipt") and "结束，退出" in machine.text
    receipt = machine.page.url.path
    await machine.get("/kiosk?hall=清源")
    assert machine.page.status_code == 200
    await machine.get(receipt)
    assert machine.page.url.path == "/login", "the next person is nobody"
    await go_on(machine, code)
    assert machine.page.status_code == 422, "a code is good once"


async def filled_on(machine: Person) -> None:
    await answer(machine, lives_at="东街街道河埠巷8号", basis="dwelling")
    await machine.get(f"{APPLY}/materials")
    await upload(machine, "租赁合同.png", picture())
    await machine.get(f"{APPLY}/check")


async def test_a_session_at_the_machine_ends_by_itself_and_is_none_for_a_program(
    xiaoman: Person, machine: Person, site: Site, clock: SettableClock
) -> None:
    await filled(xiaoman)
    await go_on(machine, await draft_code(xiaoman))
    assert machine.page.status_code == 200 and 'content="240;url=/kiosk"' in machine.page.text
    token = machine.client.cookies["session"]
    as_a_program = {"authorization": f"Bearer {token}"}
    transport = httpx.ASGITransport(app=create(site))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as program:
        assert (await program.get("/api/v1/cases", headers=as_a_program)).status_code == 401
    clock.advance(minutes=6)
    await machine.get(f"{APPLY}/check")
    assert machine.page.url.path == "/login"


async def test_a_code_is_over_after_ten_minutes_and_a_new_one_replaces_it(
    xiaoman: Person, machine: Person, clock: SettableClock
) -> None:
    await filled(xiaoman)
    first, second = await draft_code(xiaoman), await draft_code(xiaoman)
    await go_on(machine, first)
    assert machine.page.status_code == 422
    clock.advance(minutes=11)
    await go_on(machine, second)
    assert machine.page.status_code == 422 and "重新取一个" in machine.text
