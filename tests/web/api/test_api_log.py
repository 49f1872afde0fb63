"""The log of requests says what the machine did, and nothing about a person."""

from dataclasses import replace

import httpx
import msgspec
import pytest
from api_world import FACTS, PDF, XIAOMAN, Program

from tongban.base.telemetry import Log
from tongban.org import demo
from tongban.web.app import create
from tongban.web.site import Site

pytestmark = pytest.mark.database


async def test_no_name_number_phone_or_answer_reaches_the_log(site: Site) -> None:
    lines: list[str] = []
    logged = replace(site, log=Log(lines.append))
    transport = httpx.ASGITransport(app=create(logged), raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
        token = (await Program(http).send("/sessions", {"person": XIAOMAN})).json()["token"]
        person = next(one for one in demo.citizens() if one.id == XIAOMAN)
        who = Program(http, token, person.id_number)
        secrets = ["王小满", person.id_number, "13800138000", "柳巷3号", token, "合同.pdf", "小满的秘密"]
        case = await who.apply()
        for path in ("", "?q=", "/", "/cases/", "/services/", "/documents/", "/certificates/", "/cases?after="):
            for secret in secrets:
                await who.get(f"{path}{secret}")
        await who("POST", "/documents", files={"file": ("合同.pdf", PDF)})
        await who.send("/cases", who.application(phone="13800138000x", lives_since=person.id_number))
        await who.send("/cases", {"王小满": person.id_number})
        await who.send(f"/cases/{case}/acts/{person.id_number}", {"says": {"phone": FACTS["phone"]}})
        await http.request("王小满".encode().hex().upper(), "/api/v1/cases")
        await http.get("/" + person.id_number, headers={"accept": "text/html"})
    written = "".join(lines)
    assert len(lines) > 60
    for secret in secrets:
        assert secret not in written
    assert "%E7" not in written


async def test_a_line_says_route_method_status_and_time(site: Site) -> None:
    lines: list[str] = []
    transport = httpx.ASGITransport(app=create(replace(site, log=Log(lines.append))), raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
        answer = await http.get("/api/v1/services/residence-permit")
        await http.get("/api/v1/nothing/here")
        await http.get("/services/residence-permit", headers={"accept": "text/html"})
    first, second, third = (msgspec.json.decode(line) for line in lines if '"request"' in line)
    assert first["route"] == "/api/v1/services/{slug}"
    assert (first["method"], first["status"]) == ("GET", 200)
    assert first["ms"] >= 0
    assert first["request"] == answer.headers["x-request-id"], "the reader's number finds the line"
    assert (second["route"], second["status"]) == ("unmatched", 404)
    assert third["route"] == "/services/{slug}"
