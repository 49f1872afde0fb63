"""The register of enterprise operators: let in for a time, never to people's data, gone when it was checked."""

import hashlib
import re
from datetime import timedelta

import httpx
import pytest
from tests.web.citizen import Person
from tests.web.desk_people import Official

from tongban.base.clock import SettableClock
from tongban.base.database import let_operate
from tongban.base.ids import uscc_check
from tongban.base.keys import Use
from tongban.base.statements import believed, read
from tongban.cli.operating import READABLE
from tongban.ledger.records import verify_record
from tongban.oversight.registers.operators import KIND
from tongban.web.site import Site

pytestmark = pytest.mark.database
HEAD = "91990100MA0OPER12".replace("O", "0")
USCC = HEAD + uscc_check(HEAD)
PAGE = "/console/operators"


async def registered(site: Site, **other: str) -> tuple[Official, str]:
    """The centre with a contract that it answers for, and the contract's id."""
    centre = await Official(site).sit("digital-centre.supervisor")
    await centre.get(PAGE)
    today = site.today
    fields = {
        "number": "岚数运〔2026〕1号",
        "operator": "岚江云维科技有限公司（演示）",
        "uscc": USCC,
        "duties": "机房、主机和备份的日常运维",
        "body": "990101.digital-centre",
        "systems": "办件平台\n备份库",
        "since": (today - timedelta(days=30)).isoformat(),
        "until": (today + timedelta(days=3)).isoformat(),
    }
    await centre.post(PAGE, fields | other)
    return centre, await site.db.fetchval("SELECT id FROM operator_contract") or ""


async def checked(site: Site, head: Official, contract: str, systems: tuple[str, ...]) -> httpx.Response:
    count = len(systems)
    fields = {"what": [*systems, ""], "way": ["shredded"] * count + [""], "note": ["密钥销毁记录第3号"] * count + [""]}
    return await head.post(f"{PAGE}/{contract}/check", fields)


async def test_a_contract_is_registered_whole_or_not_at_all(site: Site) -> None:
    centre, none = await registered(site, uscc="91990100MA0000000", systems=" ")
    assert not none and "统一社会信用代码应当是18位" in centre.text
    centre, none = await registered(site, until="2020-01-01")
    assert not none and "到期日不能早于开始日" in centre.text
    centre, contract = await registered(site)
    assert contract and "合同期内" in centre.text
    clerk = await Official(site).sit("police.approver")
    assert (await clerk.get(PAGE)).status_code == 403


async def test_a_window_is_opened_by_the_body_that_answers_and_ended_by_the_clock(
    site: Site, clock: SettableClock
) -> None:
    centre, contract = await registered(site)
    window = f"{PAGE}/{contract}/windows"
    await centre.post(window, {"purpose": "换备份盘，核对容量", "hours": "168"})
    assert "不能超过合同到期日" in centre.text
    await centre.post(window, {"purpose": "换备份盘，核对容量", "hours": "4"})
    assert "窗口开了" in centre.text and "IN ROLE tongban_operator VALID UNTIL" in centre.text
    clock.advance(hours=4)
    centre = await Official(site).sit("digital-centre.supervisor")
    await centre.get(PAGE)
    assert "已关" in centre.text and "VALID UNTIL" not in centre.text

    police = await Official(site).sit("police.head")
    await police.get(PAGE)
    assert "没有登记运维单位" in police.text
    await police.post(window, {"purpose": "看看别人的系统", "hours": "4"})
    assert police.page.status_code == 404


async def test_a_contract_that_is_over_lets_nobody_in_and_stands_in_red(site: Site, clock: SettableClock) -> None:
    centre, contract = await registered(site)
    clock.advance(days=5)
    centre = await Official(site).sit("digital-centre.supervisor")
    await centre.get(PAGE)
    assert re.search(r'class="tag seal">合同到期，没有办退出<', centre.page.text)
    await centre.post(f"{PAGE}/{contract}/windows", {"purpose": "换备份盘，核对容量", "hours": "4"})
    assert "合同不在期内" in centre.text


async def test_an_exit_is_over_when_another_official_has_shown_that_nothing_was_kept(
    site: Site, anyone: Person
) -> None:
    centre, contract = await registered(site)
    await centre.post(f"{PAGE}/{contract}/windows", {"purpose": "换备份盘，核对容量", "hours": "4"})
    await centre.post(f"{PAGE}/{contract}/exit", {"reasons": "换了运维单位"})
    assert re.search(r'class="tag seal">正在退出，还没有查清<', centre.page.text) and "VALID UNTIL" not in centre.text
    assert (await checked(site, centre, contract, ("办件平台", "备份库"))).status_code == 403

    head = await Official(site).sit("digital-centre.head")
    await head.get(PAGE)
    await checked(site, head, contract, ("办件平台",))
    assert "还差：备份库" in head.text
    await checked(site, head, contract, ("办件平台", "备份库"))
    assert "查清了" in head.text

    await anyone.get("/open/operators")
    assert "已退出，已查清" in anyone.text and "密钥已销毁" in anyone.text
    client = anyone.client
    file = (await client.get(f"/open/operators/{contract}/exit.json")).content
    now = site.clock()
    said = believed(read(file), KIND, Use.LOG, site.keys.keys, now)
    assert said["checked_by"] == "990101.digital-centre.head"
    assert [each["what"] for each in said["held"]] == ["办件平台", "备份库"]
    await site.public_log.turn()
    proof = (await client.get(f"/open/operators/{contract}/proof")).content
    found = verify_record(proof, site.public_log.policy, now)
    assert found.holds and found.record
    assert found.record["sha256"] == hashlib.sha256(file).hexdigest()


async def test_the_public_list_goes_on_where_a_page_ends(site: Site, anyone: Person) -> None:
    await registered(site)
    await site.db.execute(
        "INSERT INTO operator_contract SELECT region, 'made-' || n, number || n, operator || n, uscc, duties, body,"
        " systems, since, until, entered_by, entered_at FROM operator_contract, generate_series(1, 24) AS n"
    )
    await anyone.get("/open/operators")
    first = set(re.findall(r"岚江云维科技有限公司（演示）\d*", anyone.text))
    more = re.search(r'href="(/open/operators\?after=[^"]+)"', anyone.page.text)
    assert more is not None and len(first) == 20
    await anyone.get(more[1])
    assert len(first | set(re.findall(r"岚江云维科技有限公司（演示）\d*", anyone.text))) == 25
    assert "更早的" not in anyone.text


async def test_the_line_of_a_window_opens_the_operators_role_alone_and_until_the_windows_end(site: Site) -> None:
    centre, contract = await registered(site)
    await centre.post(f"{PAGE}/{contract}/windows", {"purpose": "换备份盘，核对容量", "hours": "4"})
    line = re.search(r"CREATE ROLE (operator_\w+) LOGIN IN ROLE tongban_operator VALID UNTIL '[^']+';", centre.text)
    assert line is not None
    await let_operate(site.db, READABLE)
    await site.db.execute(line[0])
    try:
        row = await site.db.fetchrow(
            "SELECT r.rolvaliduntil, r.rolsuper OR r.rolcreaterole OR r.rolbypassrls AS more,"
            " array_agg(g.rolname::text) AS roles, (SELECT max(until) FROM operator_window) AS until FROM pg_roles r"
            " JOIN pg_auth_members m ON m.member = r.oid JOIN pg_roles g ON g.oid = m.roleid WHERE r.rolname = $1"
            " GROUP BY r.oid, r.rolvaliduntil, r.rolsuper, r.rolcreaterole, r.rolbypassrls",
            line[1],
        )
        assert row is not None and row["roles"] == ["tongban_operator"] and not row["more"]
        assert row["until"] - timedelta(minutes=1) < row["rolvaliduntil"] <= row["until"]
    finally:
        await site.db.execute(f"DROP ROLE {line[1]}")
