"""The pages of a certificate's life: its holder has it replaced, its issuer proposes to suspend it."""

import re
from typing import Any

import pytest
from tests.web.citizen import Person
from tests.web.desk_people import Official
from tests.web.test_case_pages import certified

from tongban import certs
from tongban.base.i18n import Text
from tongban.cases.lifecycle import SUPERVISION
from tongban.org import Actor, demo
from tongban.org import store as org_store
from tongban.sharing import Lookup, Purpose, Reader, Shared
from tongban.web.site import Site

pytestmark = pytest.mark.database
HER = "p-wangxiaoman"


async def case_of(site: Site, number: str) -> str:
    found = await certs.store.get(site.db, number)
    assert found is not None
    return found.record.case


async def test_a_lost_certificate_is_replaced_from_its_own_page(xiaoman: Person, site: Site) -> None:
    number = await certified(xiaoman, site)
    page = (await xiaoman.get(f"/certificates/{number}")).text
    assert f"/certificates/{number}/reissue" in page
    await xiaoman.get(f"/certificates/{number}/reissue")
    key = xiaoman.hidden("key")
    await xiaoman.post(f"/certificates/{number}/reissue", {"key": key, "why": "lost"})
    assert "新的一张已发" in xiaoman.text
    old = (await xiaoman.get(f"/certificates/{number}")).text
    gone = await certs.store.get(site.db, number)
    assert gone is not None
    await xiaoman.get(f"/verify?c={number}&h={certs.digest(gone.record)}")
    assert "由新的一张代替" in xiaoman.text
    new = re.search(r'href="/certificates/([^"/]+)">看新的一张', old)
    assert new and "已废止" in old and "/reissue" not in old
    assert number in (await xiaoman.get(f"/certificates/{new[1]}")).text


async def test_whoever_says_that_something_is_wrong_says_what(xiaoman: Person, site: Site) -> None:
    number = await certified(xiaoman, site)
    await xiaoman.get(f"/certificates/{number}/reissue")
    answer = await xiaoman.post(f"/certificates/{number}/reissue", {"key": xiaoman.hidden("key"), "why": "wrong"})
    assert answer.status_code == 422 and "没有这一项" in xiaoman.text


async def test_an_official_of_the_issuer_proposes_a_suspension_on_the_page_of_the_case(
    xiaoman: Person, site: Site
) -> None:
    number = await certified(xiaoman, site)
    case = await case_of(site, number)
    official = await Official(site).sit("police.examiner")
    assert f"/desk/cases/{case}/certificate" in (await official.open(case)).text
    page = await official.get(f"/desk/cases/{case}/certificate")
    assert number in page.text and "立案并告知持证人" in page.text
    said: dict[str, Any] = {
        "certificate": number,
        "measure": "suspend",
        "ground": "conditions",
        "reasons": "查了已经搬走",
    }
    again = await official.post(f"/desk/cases/{case}/certificate", {**said, "key": official.hidden("key")})
    assert again.status_code == 422 and "依据的条款" in again.text
    done = await official.post(
        f"/desk/cases/{case}/certificate", {**said, "law": "APL-69", "key": official.hidden("key")}
    )
    assert done.status_code in (200, 303)
    await xiaoman.get("/inbox")
    assert "关于您的证照" in xiaoman.text
    about = next(one for one in (await site.cases.mine(await citizen(site))).items if one.service == SUPERVISION)
    await xiaoman.get(f"/cases/{about.case_id}")
    assert "这件说的是什么" in xiaoman.text
    assert "按规则，符合条件" not in xiaoman.text, "she applied for nothing and meets no conditions of it"
    assert "到大厅领结果" not in xiaoman.text, "and it gives nothing to fetch"
    await site.cases.act(
        await citizen(site), about.case_id, "speak", {"message": "还住着"}, version=None, key="speak-01"
    )
    post = site.directory.post("990101.police.approver")
    person = next(one for one in demo.officials() if one.id == site.directory.holders(post.id)[0])
    approver = Actor.official(person, post, site.directory.body(post.body))
    until = {"reasons": "去看过，人不在", "law": ["APN-9"], "until": "2026-12-31"}
    await site.cases.act(approver, about.case_id, "suspend", until, version=None, key="suspend-01")
    await xiaoman.get(f"/certificates/{number}")
    assert f'href="/cases/{about.case_id}"' in xiaoman.page.text and "请求恢复" in xiaoman.text


async def citizen(site: Site) -> Actor:
    found = await org_store.person(site.db, HER)
    assert found is not None
    return Actor.citizen(found)


async def looked_up(site: Site, person: str) -> Lookup:
    service = site.catalogue.service("out-of-area-medical-filing", "3")
    source = service.materials["stay-proof"].replaced_by
    assert source is not None
    purpose, reader = Purpose.of(service, "draft:out-of-area-medical-filing"), Reader(kind="person", id=person)
    return await site.sharing.look_up(person, {"stay-proof": source}, service=service, purpose=purpose, reader=reader)


async def test_a_permit_that_was_issued_here_is_not_asked_for_on_paper_and_its_use_is_listed(
    xiaoman: Person, site: Site
) -> None:
    assert (await looked_up(site, HER)).absent == {"stay-proof"}
    number = await certified(xiaoman, site)
    found = (await looked_up(site, HER)).found["stay-proof"]
    assert (found.value, found.certificate) == (number, number)
    assert "stay-proof" not in (await looked_up(site, "p-linyue")).found
    uses = (await site.sharing.accesses(HER)).items
    assert any(one.source.zh == "您的电子居住证" for one in uses)


async def test_the_desk_sees_on_the_case_that_a_certificate_it_relies_on_has_changed(
    xiaoman: Person, site: Site
) -> None:
    number, person = await certified(xiaoman, site), await org_store.person(site.db, HER)
    assert person is not None
    said = {
        "full_name": person.name, "id_number": person.id_number, "phone": person.phone, "insurance_status": "active",
        "insured_region": "990101", "going_region": "990201", "stay": "living", "promise": "false",
    }  # fmt: skip
    at = site.clock()
    record = Shared(
        value=number, source=Text("您的电子居住证", "Your residence permit"), as_of=at, at=at, certificate=number
    )
    view = await site.cases.submit(
        Actor.citizen(person), "out-of-area-medical-filing", said, region="990101", key="filing-01",
        records={"stay-proof": record},
    )  # fmt: skip
    await xiaoman.get(f"/certificates/{number}/reissue")
    await xiaoman.post(f"/certificates/{number}/reissue", {"key": xiaoman.hidden("key"), "why": "lost"})
    body, region = view.office.id.partition(".")[2], view.office.id.partition(".")[0]
    official = await Official(site).sit(f"{body}.approver", region)
    page = (await official.open(view.case)).text
    assert "依据的证照有变化：居住证" in page and 'value="look-at-certificate"' in page
    await official.do(view.case, "look-at-certificate", opinion="新的一张也有效")
    assert "依据的证照有变化：居住证" not in (await official.open(view.case)).text
