"""What other bodies tell a body is read at its desk, by those who act for it, and by nobody else."""

import pytest
from tests.web.test_sharing_pages import act, asked, at_desk

from tongban.web.site import Site

pytestmark = pytest.mark.database
EXAMINER, HEAD, HR = "990101.housing.examiner", "990101.housing.head", "990000.hr"
OTHERS = (
    "990101.service-centre.clerk",
    "990101.tax.examiner",
    "990102.housing.head",
    "990000.housing.head",
    f"{HR}.approver",
    "990000.digital-centre.approver",
)


async def told(site: Site) -> str:
    """A request with two letters of the provider: that it was asked, and that more is wanted."""
    case = await asked(site)
    await act(site, HEAD, case, "consent")
    await act(site, f"{HR}.approver", case, "ask-completion", items=["basis"], message="依据写到哪一款")
    return case


async def test_a_bodys_letters_are_at_its_desk_and_count_until_somebody_opened_them(site: Site) -> None:
    case = await told(site)
    async with at_desk(site, EXAMINER) as person:
        await person.get("/desk/sharing")
        assert "写给本单位的通知" in person.text and ">2</span>" in person.page.text
        await person.get("/desk/letters")
        assert "请补充共享申请" in person.text and "2封没看过" in person.text and case in person.page.text
        await person.get(f"/desk/letters/{case}")
        assert "不会因为缺材料拒绝" in person.text and "共享申请已提出" in person.text
    async with at_desk(site, HEAD) as person:
        await person.get("/desk/letters")
        assert "没看过" not in person.text, "one of the body has read them"
        assert "请补充共享申请" in person.text


async def test_letters_of_one_authority_can_be_seen_alone(site: Site) -> None:
    case = await told(site)
    async with at_desk(site, EXAMINER) as person:
        await person.get(f"/desk/letters?sender={HR}")
        assert case in person.page.text
        await person.get("/desk/letters?sender=990000.tax")
        assert case not in person.page.text and "还没有通知" in person.text
        await person.get("/desk/letters?lang=en")
        assert "Letters to this body" in person.text and "unopened" in person.text


@pytest.mark.parametrize("post", OTHERS)
async def test_whoever_does_not_act_for_the_body_reads_none_of_its_letters(site: Site, post: str) -> None:
    case = await told(site)
    async with at_desk(site, post) as person:
        await person.get(f"/desk/letters/{case}")
        assert person.page.status_code in (403, 404), post
        assert "依据写到哪一款" not in person.text
        await person.get("/desk/letters")
        assert case not in person.page.text
        await person.get(f"/desk/letters?sender={HR}")
        assert case not in person.page.text
        await person.get("/desk/letters?after=nonsense")
        assert person.page.status_code in (400, 403)
    async with at_desk(site, EXAMINER) as person:
        await person.get("/desk/letters")
        assert "2封没看过" in person.text, "and none of them counts as opened"


async def test_a_letter_of_a_person_is_not_a_letter_of_a_body(site: Site) -> None:
    async with at_desk(site, EXAMINER) as person:
        await person.get("/desk/letters/990101-261103-AAAAAAAA")
        assert person.page.status_code == 404
        await person.get("/desk/letters/not-a-case")
        assert person.page.status_code == 404
