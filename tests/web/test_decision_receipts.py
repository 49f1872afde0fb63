"""The receipt of a decision on the page and over the API: signed, whole, for the person it is about and nobody else."""

import json

import pytest
from tests.web.citizen import Person
from tests.web.test_human_look import HEQING, at_once, suggest

from tongban.base.keylist import read_keys
from tongban.base.keys import Use
from tongban.base.statements import believed, read, stated
from tongban.cases.deciding_again import decide_again, read_receipt
from tongban.cases.decision_receipt import KIND, DecisionReceipt
from tongban.web.site import Site

pytestmark = pytest.mark.database


def opened(site: Site, keys: bytes, file: bytes) -> DecisionReceipt:
    now = site.clock()
    return read_receipt(believed(read(file), KIND, Use.DECISION, read_keys(keys, now), now))


async def test_the_person_saves_a_signed_receipt_from_which_the_decision_comes_out_again(
    site: Site, anyone: Person
) -> None:
    view = await at_once(site)
    await suggest(site, view)
    await anyone.log_in(HEQING)
    await anyone.get(f"/cases/{view.case}")
    assert "下载决定凭据" in anyone.text
    saved = await anyone.get(f"/cases/{view.case}/decision-receipt")
    assert "attachment" in saved.headers["content-disposition"]
    keys = await anyone.get("/.well-known/tongban-keys.json")
    receipt = opened(site, keys.content, saved.content)
    again = decide_again(receipt, site.catalogue.versions(view.opening.service))
    assert again.same, again.differences
    assert receipt.decided.by == "rules" and receipt.decided.law.zh
    assert receipt.applicant == "何清" and receipt.demo
    assert [(one.said.zh, one.followed) for one in receipt.machine.suggestions] in (
        [],
        [("请核对租约日期。", "open")],
    )
    assert "规则" in receipt.machine.summary.zh
    looked_up = [one for one in receipt.inputs if one.from_ == "record"]
    assert all(one.source and one.read_at for one in looked_up)


async def test_an_undecided_case_offers_none_and_says_when(site: Site, anyone: Person) -> None:
    view = await at_once(site, people_only=True)
    await anyone.log_in(HEQING)
    await anyone.get(f"/cases/{view.case}")
    assert "下载决定凭据" not in anyone.text
    refused = await anyone.get(f"/cases/{view.case}/decision-receipt")
    assert refused.status_code == 409 and "还没有作出决定" in anyone.text


async def test_nobody_else_gets_it_and_a_post_is_not_a_person(site: Site, anyone: Person) -> None:
    view = await at_once(site)
    address = f"/cases/{view.case}/decision-receipt"
    assert "login" in str((await anyone.get(address)).url)
    await anyone.log_in()
    assert (await anyone.get(address)).status_code == 404
    assert (await anyone.get(f"/api/v1{address}")).status_code == 404


async def test_the_api_gives_the_same(site: Site, anyone: Person) -> None:
    view = await at_once(site)
    await anyone.log_in(HEQING)
    page = json.loads((await anyone.get(f"/cases/{view.case}/decision-receipt")).content)
    api = (await anyone.get(f"/api/v1/cases/{view.case}/decision-receipt")).json()
    assert api["said"] == page["said"] and api["kind"] == KIND


async def test_anybody_checks_it_on_the_page_and_is_told_in_words_what_holds_and_what_does_not(
    site: Site, anyone: Person
) -> None:
    view = await at_once(site)
    await site.public_log.turn()
    await anyone.log_in(HEQING)
    file = (await anyone.get(f"/cases/{view.case}/decision-receipt")).text
    receipt = (await anyone.get(f"/cases/{view.case}/proof")).text
    await anyone.get("/me")
    await anyone.post("/logout")

    async def said(text: str) -> str:
        await anyone.get("/verify")
        await anyone.post("/verify", {"text": text})
        return anyone.text

    page = await said(file)
    assert "按公布的规则重新算，结果完全一样" in page
    assert "电子签名，签于" in page
    assert "不证明这些事实是真的" in page
    altered = await said(file.replace("何清", "李清"))
    assert "不能相信这份决定凭据：内容被改过，或签名是假的" in altered
    assert "何清" not in altered
    assert "李清" not in altered

    # signed by us, yet not what the published rules come to: that is said, and not called genuine without a word
    told = read(file.encode())
    other = {**told.said, "outputs": {**told.said["outputs"], "made_up": 1}}
    forged = stated(site.keys, Use.DECISION, KIND, other, site.clock())
    assert "重新算，结果不一样" in await said(forged.as_file().decode())

    assert "回执有效" in await said(receipt)
    assert "回执无效" in await said(receipt.replace("index ", "index 1"))
