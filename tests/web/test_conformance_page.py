"""The centre sees every body's score with the formula; at another desk one sees the own body's."""

import pytest
from tests.web.desk_people import Official

from tongban.web.site import Site

pytestmark = pytest.mark.database


async def test_the_centre_sees_its_bodies_and_a_body_only_itself(site: Site) -> None:
    await site.db.execute(
        "INSERT INTO shared_retry (person, matter, resource, record, id, wishes, purpose, reader, opened_at, attempts,"
        " next_at) VALUES ('p', 'm', 'police.population', 'person', gen_random_uuid(), '[]', '{}', '{}',"
        " $1::timestamptz - interval '2 days', 3, $1)",
        site.clock(),
    )
    centre = await Official(site).sit("digital-centre.supervisor", "990000")
    await centre.get("/console/conformance")
    assert "岚江省公安局" in centre.text and "岚江省人力资源和社会保障局" in centre.text
    assert "问了一天以上没有回答 −1" in centre.text and "1次查询还没有回答" in centre.text
    assert "怎么扣分" in centre.text and "看节点是不是开着" in centre.text

    insurance = await Official(site).sit("hr.approver", "990000")
    await insurance.get("/desk/sharing")
    assert "符合字典和目录的程度：100分，0处要改" in insurance.text
    await insurance.get("/console/conformance")
    assert "岚江省人力资源和社会保障局" in insurance.text and "公安局" not in insurance.text
