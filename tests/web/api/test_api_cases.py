"""The acts of the pages, by program: from the guide to the certificate, paged, versioned, and in few statements."""

import pytest
from api_world import PDF, LogIn, Program

from tongban.web.site import Site

pytestmark = pytest.mark.database


async def act(who: Program, case: str, name: str, **says: object) -> None:
    version = (await who.get(f"/cases/{case}")).headers["etag"]
    done = await who.send(f"/cases/{case}/acts/{name}", {"says": says}, headers={"if-match": version})
    assert done.status_code == 200, done.text
    assert done.headers["etag"] != version


async def test_a_program_goes_from_the_guide_to_a_certificate_that_anyone_can_check(
    xiaoman: Program, nobody: Program, official: LogIn
) -> None:
    found = (await nobody.get("/services", params={"q": "在这边打工要办什么证"})).json()["items"]
    assert "residence-permit" in [one["service"] for one in found]
    guide = (await nobody.get("/services/residence-permit")).json()
    assert {"lives_since", "basis"} <= {one["fact"] for one in guide["facts"]}
    assert all(term["explanation"]["zh"] for term in guide["terms"])

    sent = await xiaoman.send("/cases", xiaoman.application() | {"look_up": True, "agreed": True})
    case = sent.json()["case"]
    clerk = await official("service-centre", "clerk")
    possible = (await clerk.get(f"/cases/{case}/acts")).json()["items"]
    correction = next(one for one in possible if one["act"] == "request-correction")
    assert correction["fields"]["items"]["type"] == "items"
    await act(clerk, case, "request-correction", items=["employment"], message="请补劳动合同")
    file = (await xiaoman("POST", "/documents", files={"file": ("合同.pdf", PDF)})).json()["id"]
    await act(xiaoman, case, "supplement", documents={"employment": [file]})
    await act(await official("police", "examiner"), case, "examine", opinion="属实")
    await act(await official("police", "approver"), case, "grant")

    seen = (await xiaoman.get(f"/cases/{case}")).json()
    assert seen["end"] == "favourable"
    assert [stop["mark"] for stop in seen["track"]] == ["done"] * 5
    (certificate,) = seen["certificates"]
    shown = (await xiaoman.get(f"/certificates/{certificate}")).json()
    verdict = (await nobody.send("/verify", {"certificate": shown["jws"]})).json()
    assert verdict["genuine"]
    assert verdict["valid"]
    assert (await xiaoman.get(f"/certificates/{certificate}/pdf")).content.startswith(b"%PDF")
    assert (await xiaoman.get("/inbox")).json()["items"]


async def test_a_document_comes_back_as_a_file_that_no_browser_runs(xiaoman: Program) -> None:
    file = (await xiaoman("POST", "/documents", files={"file": ("合同.pdf", PDF)})).json()
    again = (await xiaoman("POST", "/documents", files={"file": ("合同.pdf", PDF)})).json()
    assert again == file, "the same file twice is one document"
    answer = await xiaoman.get(f"/documents/{file['id']}")
    assert answer.content == PDF
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_lists_are_paged_without_gap_or_repeat(xiaoman: Program) -> None:
    sent = [await xiaoman.apply() for _ in range(5)]
    seen: list[str] = []
    after = ""
    while True:
        page = (await xiaoman.get("/cases", params={"limit": 2, "after": after})).json()
        seen += [one["case"] for one in page["items"]]
        if (after := page["next"]) is None:
            break
    assert sorted(seen) == sorted(sent)
    services: list[str] = []
    after = ""
    while after is not None:
        page = (await xiaoman.get("/services", params={"limit": 5, "after": after})).json()
        services += [one["service"] for one in page["items"]]
        after = page["next"]
    assert len(services) == len(set(services)) > 5


async def test_a_submission_is_one_statement_once_the_caller_is_known(site: Site, xiaoman: Program) -> None:
    await xiaoman.apply()
    async with site.db.counting() as counter:
        await xiaoman.apply()
    assert len(counter) == 1, counter.statements


async def test_a_list_is_one_statement_however_long(site: Site, xiaoman: Program, official: LogIn) -> None:
    examiner = await official("police", "examiner")
    for who, path in ((xiaoman, "/cases"), (examiner, "/queue"), (xiaoman, "/inbox"), (xiaoman, "/certificates")):
        await who.get(path)
        for _ in range(2):
            await xiaoman.apply()
        async with site.db.counting() as counter:
            assert (await who.get(path)).status_code == 200
        assert len(counter) == 1, (path, counter.statements)


async def test_a_draft_is_kept_as_typed_and_gone_when_the_case_exists(xiaoman: Program) -> None:
    content = {"region": "990101", "answers": {"basis": "whim", "lives_since": ["2026", "2", "30"]}}
    saved = await xiaoman("PUT", "/drafts/residence-permit", json=content)
    assert saved.json()["answers"] == content["answers"], "nothing is checked, nothing is lost"
    assert [one["service"] for one in (await xiaoman.get("/drafts")).json()["items"]] == ["residence-permit"]
    await xiaoman.apply()
    assert (await xiaoman.get("/drafts/residence-permit")).status_code == 404
    await xiaoman("PUT", "/drafts/residence-permit", json=content)
    assert (await xiaoman("DELETE", "/drafts/residence-permit")).status_code == 204
    assert (await xiaoman("DELETE", "/drafts/residence-permit")).status_code == 204, "gone is gone"


async def test_what_the_state_knows_cannot_be_written_into_a_draft(xiaoman: Program) -> None:
    forged = {"answers": {}, "records": {"home_region": {"value": "990201"}}}
    answer = await xiaoman("PUT", "/drafts/residence-permit", json=forged)
    assert answer.status_code == 400
    assert answer.json()["problems"][0]["place"] == "records"


async def test_what_is_looked_up_need_not_be_answered_and_is_listed_for_the_person(xiaoman: Program) -> None:
    given = {"lives_region": "990101", "lives_since": "2026-3-1", "lives_at": "柳巷3号", "basis": "dwelling"}
    body = {"service": "residence-permit", "region": "990101", "facts": given, "look_up": True, "agreed": True}
    done = await xiaoman.send("/cases", body)
    assert done.status_code == 201, done.text
    case = (await xiaoman.get(f"/cases/{done.json()['case']}")).json()
    by_record = {one["fact"] for one in case["facts"] if one["record"]}
    assert {"full_name", "id_number", "home_region"} <= by_record
    looks = (await xiaoman.get("/accesses")).json()["items"]
    assert {"home_region"} <= {field for look in looks for field in look["fields"]}
    assert all(look["law"] and look["sentence"]["zh"] and look["seen"] for look in looks)


async def test_the_account_tells_the_person_who_did_what(xiaoman: Program) -> None:
    case = await xiaoman.apply()
    (line, *_) = (await xiaoman.get(f"/cases/{case}")).json()["account"]
    assert "提交" in line["sentence"]["zh"]
    assert line["by"] == "person"
    assert line["letter"]["title"]["en"]
