"""An official's token asks in the name of their body, with the checks of the desk and no others."""

from typing import Any

import pytest
from api_world import LogIn, Program, problems

from tongban.web.site import Site

pytestmark = pytest.mark.database
PROVINCE = "990000"
REQUEST = {
    "resource": "hr.insurance",
    "record": "member",
    "fields": "left_on",
    "tests": "months_paid >= 12",
    "for_service": "rent-subsidy",
    "basis": "社会救助法26",
    "scene": "审核收入时",
    "scope": "住房保障科审批岗",
    "mode": "interface",
    "until": "2027-06-30",
}
DOUBT = {"resource": "hr.insurance", "record": "member", "field": "left_on", "should_be": "2026-10-16"}


def body(service: str, facts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"service": service, "region": "990101", "facts": facts, **more}


async def test_a_request_goes_to_the_owner_in_the_name_of_the_asking_body(official: LogIn) -> None:
    examiner = await official("housing", "examiner")
    done = await examiner.send("/cases", body("data-sharing-request", REQUEST), key="request-0001")
    assert done.status_code == 201, done.text
    again = await examiner.send("/cases", body("data-sharing-request", REQUEST), key="request-0001")
    assert again.json()["case"] == done.json()["case"]
    case = (await examiner.get(f"/cases/{done.json()['case']}")).json()
    assert (case["state"], case["body"]["id"], case["applicant"]["id"]) == ("to-consent", "990000.hr", "990101.housing")


async def test_a_body_doubts_a_record_that_it_uses(official: LogIn) -> None:
    examiner = await official("housing", "examiner")
    done = await examiner.send("/cases", body("record-correction", DOUBT))
    assert done.status_code == 201, done.text
    assert done.json()["state"] == "asked"


async def test_an_entry_is_proposed_as_it_should_read_and_only_by_its_owner(official: LogIn, nobody: Program) -> None:
    entry = (await nobody.http.get("/open/data/hr.insurance.json")).json()
    facts = {"change": "data", "changed_on": "2026-11-02"}
    examiner = await official("hr", "examiner", PROVINCE)
    changed = body("directory-entry", facts, entry=entry | {"frequency": "weekly"})
    done = await examiner.send("/cases", changed, key="entry-000001")
    assert done.status_code == 201, done.text
    assert (await examiner.send("/cases", changed, key="entry-000001")).json()["case"] == done.json()["case"]
    better = body("directory-entry", facts, entry=entry | {"frequency": "monthly"})
    revised = await examiner.send("/cases", better)
    assert revised.json()["case"] == done.json()["case"], "what is still with the body is put right in its own case"
    same = await examiner.send("/cases", body("directory-entry", facts, entry=entry))
    assert [code for code, _ in problems(same)] == ["nothing-changed"]
    bare = await examiner.send("/cases", body("directory-entry", facts))
    assert dict(problems(bare)) == {"entry-missing": "entry"}
    odd = await examiner.send("/cases", body("directory-entry", facts, entry=entry | {"frequency": "sometimes"}))
    assert dict(problems(odd)) == {"entry-misread": "entry"}
    other = await official("tax", "examiner", PROVINCE)
    assert [code for code, _ in problems(await other.send("/cases", changed))] == ["not-your-entry"]


async def test_an_element_of_the_dictionary_is_proposed_by_its_source_and_by_nobody_else(
    official: LogIn, nobody: Program
) -> None:
    now = (await nobody.http.get("/open/data/elements.json")).json()["retires-on"]
    said = {name: value for name, value in now.items() if name not in ("kept_by", "settled")}
    told = {"zh": "没有。", "en": "None."}
    assessment = {"done": "2026-11-01", "by": told, "secrecy": told, "privacy": told, "passed": True}
    better = said | {"definition": {"zh": "核定待遇时登记的日期", "en": "Day as settled"}}
    facts = {"change": "data", "changed_on": "2026-11-02"}

    def change(element: dict[str, Any], **other: Any) -> dict[str, Any]:
        proposed = {"name": "retires-on", "element": element, "assessment": assessment | other}
        return body("directory-element", facts, element=proposed)

    examiner = await official("hr", "examiner", PROVINCE)
    done = await examiner.send("/cases", change(better), key="element-0001")
    assert done.status_code == 201, done.text
    assert (await examiner.send("/cases", change(better), key="element-0001")).json()["case"] == done.json()["case"]
    for wrong, code in (
        (change(said), "nothing-changed"),
        (change(better, passed=False), "not-assessed"),
        (change(better | {"type": "weight"}), "element-misread"),
        (body("directory-element", facts), "element-missing"),
    ):
        answer = await examiner.send("/cases", wrong)
        assert code in [one for one, _ in problems(answer)], answer.text
    other = await official("tax", "examiner", PROVINCE)
    assert [code for code, _ in problems(await other.send("/cases", change(better)))] == ["not-your-element"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"resource": "hr.wages"}, "unknown-resource"),
        ({"fields": "salary"}, "field-not-listed"),
        ({"for_service": "no-such-service"}, "unknown-service"),
        ({"until": "2020-01-01"}, "until-past"),
        ({"resource": "police.fingerprints", "record": "print", "fields": "print", "tests": ""}, "not-shared"),
    ],
)
async def test_what_the_desk_refuses_is_refused_here(official: LogIn, changed: dict[str, str], code: str) -> None:
    examiner = await official("housing", "examiner")
    answer = await examiner.send("/cases", body("data-sharing-request", REQUEST | changed))
    assert code in [one for one, _ in problems(answer)], answer.text


async def test_neither_a_clerk_nor_a_person_asks_in_a_bodys_name(official: LogIn, xiaoman: Program, site: Site) -> None:
    clerk = await official("service-centre", "clerk")
    answer = await clerk.send("/cases", body("data-sharing-request", REQUEST))
    assert (answer.status_code, [code for code, _ in problems(answer)]) == (403, ["not-an-asker"])
    answer = await xiaoman.send("/cases", body("data-sharing-request", REQUEST))
    assert answer.status_code == 403, answer.text
    assert await site.db.fetchval("SELECT count(*) FROM case_row") == 0
