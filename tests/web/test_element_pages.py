"""The dictionary changes as an entry does: assessed, approved by the head, published by the digital centre."""

from typing import Any, get_args

import pytest
from tests.web.desk_people import Official

from tongban.sharing.directory.model import ElementType
from tongban.web.desk.elements import TYPES
from tongban.web.site import Site

pytestmark = pytest.mark.database
PROVINCE = "990000"
PAGE = "/desk/sharing/elements/insured-months"
FOUND = {
    "secrecy_zh": "不涉及秘密",
    "secrecy_en": "No secrets",
    "privacy_zh": "只改定义，影响不变",
    "privacy_en": "Only the definition changes",
    "assessed_on": "2026-11-02",
    "passed": "yes",
    "changed_on": "2026-11-02",
    "why": "data",
}
SAID = {
    "name_zh": "累计缴费月数",
    "name_en": "Months paid in",
    "definition_zh": "失业保险累计缴费的月数，不含视同缴费",
    "definition_en": "Months really paid into unemployment insurance",
    "type": "integer",
    "unit": "个月",
    "sensitivity": "personal",
    "source": "hr",
    **FOUND,
}


async def proposed(official: Official, page: str = PAGE, **said: Any) -> str:
    await official.get(page)
    await official.post(page, {"key": official.hidden("key"), **SAID, **said})
    return official.page.url.path.rpartition("/")[2] if official.page.status_code == 200 else ""


async def test_an_element_changes_with_an_assessment_a_head_and_the_digital_centre(site: Site) -> None:
    examiner = await Official(site).sit("hr.examiner", PROVINCE)
    await examiner.get("/desk/sharing/elements")
    assert "累计缴费月数" in examiner.text and "低保对象" not in examiner.text, "its own, and no other body's"
    case = await proposed(examiner)
    assert examiner.page.url.path == f"/desk/cases/{case}", examiner.text[:300]
    before = site.sharing.directory.now.elements["insured-months"]
    head = await Official(site).sit("hr.head", PROVINCE)
    await head.get(f"/desk/sharing/elements/proposed/{case}")
    assert "不含视同缴费" in head.text and "只改定义" in head.text and before.definition.zh in head.text
    await head.open(case)
    assert f"/desk/sharing/elements/proposed/{case}" in head.page.text
    await head.do(case, "approve")
    assert not await site.sharing.directory.refresh(site.db), "nothing is published yet"
    centre = await Official(site).sit("digital-centre.approver", PROVINCE)
    await centre.get("/desk/sharing/entries")
    assert case in centre.text
    await centre.open(case)
    await centre.do(case, "publish")
    assert await site.sharing.directory.refresh(site.db)
    after = site.sharing.directory.now.elements["insured-months"]
    assert after.definition.zh == SAID["definition_zh"] and after.unit == "个月"
    assert (await centre.client.get("/open/data/elements.json")).text.count("不含视同缴费") == 1


async def test_whoever_is_not_the_source_changes_nothing(site: Site) -> None:
    for post in ("tax.examiner", "civil.examiner"):
        other = await Official(site).sit(post, PROVINCE)
        await other.get(PAGE)
        assert other.page.status_code == 404, post
        await other.get("/desk/sharing/elements")
        await other.post(PAGE, {"key": "somebody-else", **SAID})
        assert other.page.status_code == 404, post
    assert await site.db.fetchval("SELECT count(*) FROM case_row") == 0


async def test_two_changes_of_one_element_at_once_are_one(site: Site) -> None:
    examiner = await Official(site).sit("hr.examiner", PROVINCE)
    first = await proposed(examiner)
    assert await proposed(examiner, definition_zh="另一种说法") == first, "what is still here is put right in its case"
    head = await Official(site).sit("hr.head", PROVINCE)
    await head.open(first)
    await head.do(first, "approve")
    await proposed(examiner, definition_zh="第三种说法")
    assert examiner.page.status_code == 422 and first in examiner.text, "and then the second learns of the first"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"definition_zh": ""}, "请填写"),
        ({"passed": ""}, "评估没有通过"),
        ({"assessed_on": "2027-01-01"}, "评估日期在今天以后"),
        ({"changed_on": "soon"}, "请写哪天"),
        ({"type": "essay"}, "代码只用小写"),
        ({"source": "tax"}, "数源部门要写成有这项数据的一个"),
        ({"sensitivity": "unknown"}, "代码只用小写"),
    ],
)
async def test_what_does_not_fit_is_said_beside_it_and_nothing_typed_is_lost(
    site: Site, changed: dict[str, str], says: str
) -> None:
    examiner = await Official(site).sit("hr.examiner", PROVINCE)
    await proposed(examiner, **changed)
    assert examiner.page.status_code == 422 and says in examiner.text
    assert "只改定义，影响不变" in examiner.page.text
    assert await site.db.fetchval("SELECT count(*) FROM case_row") == 0


async def test_a_new_element_gets_a_name_of_its_own(site: Site) -> None:
    examiner = await Official(site).sit("hr.examiner", PROVINCE)
    assert not await proposed(examiner, "/desk/sharing/elements/new", slug="Training Hours")
    assert "小写英文字母" in examiner.text
    assert not await proposed(examiner, "/desk/sharing/elements/new", slug="low-income")
    assert examiner.page.status_code in (403, 422), "the name of another body's element is not free"
    case = await proposed(examiner, "/desk/sharing/elements/new", slug="training-hours", source="hr")
    assert case


def test_every_type_has_its_word() -> None:
    assert TYPES.keys() == set(get_args(ElementType))
