"""A case after it was handed in: correction, the right to be heard, the certificate, and who can check it."""

import io
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from PIL import Image
from tests.web.citizen import Person, let_stand, picture, submitted

from tongban.base.clock import SettableClock
from tongban.cases.views import CaseView
from tongban.catalog.procedure import Who
from tongban.org import Actor, Mandate, demo, store
from tongban.web.portal.moves import TEXTS
from tongban.web.site import Site


async def official(site: Site, post: str) -> Actor:
    """Whoever holds a post."""
    [person_id] = site.directory.holders(post)
    person = await store.person(site.db, person_id)
    assert person is not None
    held = site.directory.post(post)
    return Actor.official(person, held, site.directory.body(held.body))


async def act(site: Site, post: str, case: str, name: str, **says: object) -> CaseView:
    actor = await official(site, post)
    view = await site.cases.view(actor, case)
    return await site.cases.act(actor, case, name, says, version=view.version, key=uuid4().hex)


CLERK = "990101.service-centre.clerk"
APPROVER = "990101.police.approver"


async def asked_to_correct(xiaoman: Person, site: Site) -> str:
    case = await submitted(xiaoman)
    await act(
        site, CLERK, case, "request-correction", items=["lease", "lives_at"], message="合同少了签名页，门牌请写全。"
    )
    return case


async def test_a_correction_is_the_first_thing_on_the_front_page(xiaoman: Person, site: Site):
    case = await asked_to_correct(xiaoman, site)
    await xiaoman.get("/")
    assert "等您处理" in xiaoman.text and f"/cases/{case}/correct" in xiaoman.text


async def test_everything_asked_for_is_supplied_on_one_page_and_accepted(xiaoman: Person, site: Site):
    case = await asked_to_correct(xiaoman, site)
    await xiaoman.get(f"/cases/{case}/correct")
    assert xiaoman.page.url.path == f"/cases/{case}/acts/supplement"
    assert "补齐这2样就行" in xiaoman.text and "合同少了签名页" in xiaoman.text
    file = {"file": ("签名页.png", picture("red"), "image/png")}
    await xiaoman.post(f"/cases/{case}/acts/supplement/files/lease", files=file)
    assert "签名页.png" in xiaoman.text
    fields = {
        "key": xiaoman.hidden("key"),
        "version": xiaoman.hidden("version"),
        "file": xiaoman.hidden("file"),
        "lives_at": "东街街道河埠巷8号2单元301",
    }
    await xiaoman.post(f"/cases/{case}/acts/supplement", fields)
    assert xiaoman.page.url.path == f"/cases/{case}", xiaoman.text
    assert "已受理" in xiaoman.text and "东街街道河埠巷8号2单元301" in xiaoman.text


async def test_a_file_can_be_taken_out_again_before_sending(xiaoman: Person, site: Site):
    case = await asked_to_correct(xiaoman, site)
    await xiaoman.get(f"/cases/{case}/correct")
    await xiaoman.post(
        f"/cases/{case}/acts/supplement/files/lease", files={"file": ("错的.png", picture("red"), "image/png")}
    )
    gone = xiaoman.hidden("without")
    assert gone.startswith("lease:") and "错的.png" in xiaoman.text
    await xiaoman.post(f"/cases/{case}/acts/supplement", {"file": gone, "without": gone})
    assert "错的.png" not in xiaoman.text


async def test_a_mistake_in_a_correction_keeps_what_was_typed_and_the_files(xiaoman: Person, site: Site):
    case = await asked_to_correct(xiaoman, site)
    await xiaoman.get(f"/cases/{case}/correct")
    await xiaoman.post(
        f"/cases/{case}/acts/supplement/files/lease", files={"file": ("签名页.png", picture("red"), "image/png")}
    )
    fields = {"key": xiaoman.hidden("key"), "version": xiaoman.hidden("version"), "file": xiaoman.hidden("file")}
    page = await xiaoman.post(f"/cases/{case}/acts/supplement", {**fields, "lives_at": ""})
    assert page.status_code == 422 and 'href="#f-lives_at"' in page.text and "签名页.png" in xiaoman.text


async def test_before_a_refusal_the_person_is_heard_on_the_pages(xiaoman: Person, site: Site):
    case = await submitted(xiaoman)
    await act(site, CLERK, case, "accept")
    await act(site, APPROVER, case, "propose-refusal", reasons="住址与备案不符。", law=["L6-2"])
    await xiaoman.get(f"/cases/{case}/correct")
    assert "说说您的意见" in xiaoman.text and "住址与备案不符" in xiaoman.text
    fields = {"key": xiaoman.hidden("key"), "version": xiaoman.hidden("version"), "message": "门牌换过，是同一处。"}
    await xiaoman.post(f"/cases/{case}/acts/state-view", fields)
    assert "门牌换过，是同一处。" in xiaoman.text and "已听取意见" in xiaoman.text


async def certified(xiaoman: Person, site: Site) -> str:
    """王小满's residence permit; its number."""
    case = await submitted(xiaoman)
    await act(site, CLERK, case, "accept")
    await act(site, APPROVER, case, "grant")
    page = await xiaoman.get(f"/cases/{case}")
    found = re.search(r'href="/certificates/([^"]+)"', page.text)
    assert found, xiaoman.text
    return found[1]


async def test_the_certificate_is_shown_downloaded_and_checked_by_a_stranger(xiaoman: Person, site: Site):
    number = await certified(xiaoman, site)
    await xiaoman.get("/certificates")
    assert number in xiaoman.page.text and "居住证" in xiaoman.text
    await xiaoman.get(f"/certificates/{number}")
    assert "王小满" in xiaoman.text and "演示证照" in xiaoman.text
    pdf = (await xiaoman.get(f"/certificates/{number}/certificate.pdf")).content
    record = (await xiaoman.get(f"/certificates/{number}/certificate.json")).content
    fields = (await xiaoman.get(f"/certificates/{number}/certificate.sd-jwt")).content
    jwt, *hidden = fields.decode().split("~")
    fewer = "~".join((jwt, *hidden[:2], "")).encode()
    code = await xiaoman.get(f"/certificates/{number}/qr.svg")
    assert pdf.startswith(b"%PDF") and code.headers["content-type"].startswith("image/svg+xml")
    await xiaoman.get("/me")
    await xiaoman.post("/logout")
    for name, data in (("居住证.pdf", pdf), ("居住证.json", record), ("a.sd-jwt", fields), ("b.sd-jwt", fewer)):
        await xiaoman.get("/verify")
        await xiaoman.post("/verify", files={"file": (name, data, "application/octet-stream")})
        assert "证照真实有效" in xiaoman.text
    await xiaoman.get("/verify")
    await xiaoman.post("/verify", files={"file": ("x.json", record.replace("王".encode(), "李".encode()), "x/y")})
    assert "证照真实有效" not in xiaoman.text
    assert (await xiaoman.client.get(f"/certificates/{number}")).status_code in (303, 401)


async def test_the_code_leads_to_the_answer_and_a_made_up_one_is_called_so(xiaoman: Person, site: Site):
    from tongban import certs

    number = await certified(xiaoman, site)
    found = await certs.store.get(site.db, number)
    assert found
    await xiaoman.get(certs.verify_link("", found.record))
    assert "证照真实有效" in xiaoman.text
    await xiaoman.get(f"/verify?c={number}&h=AAAAAAAAAAAAAAAAAAAAAA")
    assert "证照真实有效" not in xiaoman.text
    assert found.record.holder.name not in xiaoman.text.partition("<main")[2], "a number alone shows nobody's"
    await xiaoman.get("/verify?c=1.2.156.3005.2.X.Y.Z.001.A&h=x")
    assert "没有发过这样一张证照" in xiaoman.text


async def test_the_code_for_offline_checks_is_answered_at_once_and_the_published_list_says_the_same(
    xiaoman: Person, site: Site, clock: SettableClock
):
    from tongban import certs
    from tongban.certs.compactcwt import code_text, to_cwt
    from tongban.certs.statuslist import StatusLists
    from tongban.web.open.status import place

    number = await certified(xiaoman, site)
    found = await certs.store.get(site.db, number)
    assert found
    code = code_text(to_cwt(found.record, site.keys, status=place(site, found)))
    await xiaoman.get("/verify")
    await xiaoman.post("/verify", {"text": code})
    assert "证照真实有效" in xiaoman.text and "联网" not in xiaoman.text and number in xiaoman.text
    assert (await xiaoman.client.get("/status/0")).status_code == 200, "kept from now on for a minute"

    async with site.db.transaction() as connection:
        withdrawn = certs.Revocation(at=site.clock(), by="post:x", reason="暂扣（行政处罚法 9） Suspend (行政处罚法 9)")
        await certs.store.suspend(connection, number, withdrawn)
    for text in (code, found.certificate.jws):
        await xiaoman.get("/verify")
        await xiaoman.post("/verify", {"text": text})
        assert "证照真实有效" not in xiaoman.text and "已被暂停" in xiaoman.text
    clock.advance(minutes=2)
    listed = await xiaoman.client.get("/status/0")
    assert listed.headers["content-type"] == "application/statuslist+jwt"
    lists = StatusLists.read([listed.text], site.keys.public)
    assert lists.check(place(site, found), site.clock()).fault == "suspended"
    await xiaoman.get(certs.verify_link("", found.record))
    assert "证照真实有效" not in xiaoman.text and "已被暂停" in xiaoman.text
    await xiaoman.get("/certificates")
    assert "已暂停使用" in xiaoman.text
    assert withdrawn.why.zh == "暂扣（行政处罚法 9）" and withdrawn.why.en.startswith("Suspend "), "one language a page"
    assert (await xiaoman.client.get("/status/7")).status_code == 404


async def test_a_certificate_of_somebody_else_does_not_exist(xiaoman: Person, site: Site):
    number = await certified(xiaoman, site)
    await xiaoman.get("/me")
    await xiaoman.post("/logout")
    await xiaoman.log_in("p-sunhao@@")
    for part in ("", "/certificate.pdf", "/certificate.json", "/qr.svg"):
        assert (await xiaoman.get(f"/certificates/{number}{part}")).status_code == 404


async def test_a_filed_document_is_saved_and_never_shown_as_a_page_of_ours(xiaoman: Person):
    case = await submitted(xiaoman)
    page = await xiaoman.get(f"/cases/{case}")
    link = re.search(rf'href="(/cases/{case}/documents/[^"]+)"', page.text)
    assert link
    file = await xiaoman.get(link[1])
    assert Image.open(io.BytesIO(file.content)).size == (40, 40)
    assert file.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in file.headers["content-security-policy"]


@pytest.mark.parametrize("slug", ["licensing", "confirmation", "benefit", "filing", "instant"])
async def test_every_act_open_to_applicants_has_a_page_for_what_it_says(site: Site, slug: str):
    for name, act in site.catalogue.procedure(slug).acts.items():
        if Who.APPLICANT in act.who:
            kinds = {spec.type for spec in act.says.values()}
            assert kinds <= TEXTS | {"facts", "documents"}, name


@pytest.mark.parametrize(("services", "days", "seen"), [("*", 9, 200), ("food-licence", 9, 404)])
async def test_a_mandate_shows_the_certificates_of_its_services_only(
    xiaoman: Person, site: Site, services: str, days: int, seen: int
):
    number = await certified(xiaoman, site)
    mandate = Mandate(
        id="m-test",
        from_party="p-wangxiaoman",
        from_name="王小满",
        to_person="p-sunhao",
        services=frozenset({services}),
        since=site.clock() - timedelta(days=1),
        until=site.clock() + timedelta(days=days),
    )
    async with site.db.transaction() as connection:
        await store.save_mandates(connection, [mandate])
    await xiaoman.get("/me")
    await xiaoman.post("/logout")
    await xiaoman.log_in("p-sunhao@@m-test")
    assert (await xiaoman.get(f"/certificates/{number}")).status_code == seen


@pytest.mark.parametrize(
    ("login", "knows"), [("p-zhoujiahe@@m-zhoujiahe", "92990101MA0000011W"), ("p-sunhao@@m-test", "")]
)
async def test_the_records_of_who_acts_do_not_answer_for_whom_they_act(
    anyone: Person, site: Site, login: str, knows: str
):
    mandate = Mandate(
        id="m-test",
        from_party="p-wangxiaoman",
        from_name="王小满",
        to_person="p-sunhao",
        since=site.clock() - timedelta(days=1),
        until=site.clock() + timedelta(days=9),
    )
    async with site.db.transaction() as connection:
        await store.save_mandates(connection, [mandate])
    await anyone.log_in(login)
    await anyone.get("/services/food-licence/start")
    await anyone.post("/services/food-licence/start", {"region": "990101", "lookups": "yes"})
    await let_stand(anyone)
    person, _, given = login.split("@")
    known = {m.id: m for m in [*demo.mandates(), mandate]}[given]
    actor = Actor.citizen(next(p for p in demo.citizens() if p.id == person), known)
    draft = await site.cases.draft(actor, "food-licence")
    assert draft
    records = draft.content.get("records", {})
    assert (records.get("uscc") or {"value": ""})["value"] == knows
    assert "full_name" not in records and "id_number" not in records
