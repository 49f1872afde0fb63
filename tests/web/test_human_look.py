"""这件事里机器做了什么, 请人看一看, 只由人来办: on the pages of the person, of the official and of everybody."""

from pathlib import Path

import httpx
import pytest
from tests.web.citizen import Person, let_stand, submitted

from tongban.assist.model import Evidence, Proposed
from tongban.assist.records import Asked
from tongban.base.i18n import Text
from tongban.cases import CaseView, QueueFilter
from tongban.cli import main
from tongban.ledger.records import record_proof, verify_record
from tongban.org import Actor, demo
from tongban.org import store as org_store
from tongban.web.portal.human_look import county
from tongban.web.portal.start import look_up
from tongban.web.site import Site

pytestmark = pytest.mark.database

HEQING = "p-heqing@@"
FILING = {"insured_region": "990101", "insurance_status": "active", "going_region": "990201", "stay": "retired"}


async def citizen(site: Site, person: str) -> Actor:
    found = await org_store.person(site.db, person)
    assert found is not None
    return Actor.citizen(found)


def official(site: Site, body: str, post: str) -> Actor:
    found = site.directory.post(f"{body}.{post}")
    person = {one.id: one for one in demo.officials()}[site.directory.holders(found.id)[0]]
    return Actor.official(person, found, site.directory.body(found.body))


async def at_once(
    site: Site, *, people_only: bool = False, looked_up: bool = True, key: str = "at-once-01"
) -> CaseView:
    """何清's filing of treatment elsewhere: the rules grant it in the moment in which it is sent."""
    facts = {
        **FILING,
        "promise": "true",
        "full_name": "何清",
        "id_number": "110105194912310021",
        "phone": "15400000007",
    }
    person = await citizen(site, "p-heqing")
    facts["id_number"] = person.number
    slug = "out-of-area-medical-filing"
    records = await look_up(site, person, site.catalogue.service(slug), "990101", facts) if looked_up else {}
    return await site.cases.submit(
        person, slug, facts, region="990101", key=key, records=records, people_only=people_only
    )


async def suggest(site: Site, view: CaseView) -> str:
    """A registered use says something about a case; the id of the suggestion, or why there is none."""

    async def run() -> Proposed[str]:
        return Proposed(
            value="x",
            text=Text("请核对租约日期", "Please check the date of the lease"),
            evidence=(Evidence("fact:lives_at", "东街"),),
            confidence=0.9,
        )

    asked = Asked(use="guide", region=view.opening.region, subject=view.case, person=view.opening.applicant.id)
    found = await site.assist.gate.consult(asked, run)
    return found.id if hasattr(found, "evidence") else getattr(found, "code", "")


async def test_the_page_says_which_steps_no_person_did(site: Site, anyone: Person) -> None:
    case = await at_once(site)
    assert case.state.state == "issued"
    await anyone.log_in(HEQING)
    await anyone.get(f"/cases/{case.case}")
    assert "这件事里机器做了什么" in anyone.text
    assert "结果是规则按您的情况直接得出的，没有经过人" in anyone.text
    assert "系统按规则：当场办成" in anyone.text
    assert "没有算法给过建议" in anyone.text
    assert "没有经过人；您可以在办件页请人看一看" in anyone.text, "the letter says so too"
    await anyone.get(f"/certificates/{case.certificates[0].record.id}")
    assert "结果是规则按您的情况直接得出的，没有经过人" in anyone.text, "and the certificate"


async def test_where_no_machine_took_part_it_says_so_plainly(site: Site) -> None:
    case = await at_once(site, people_only=True, looked_up=False)
    assert case.state.state == "received"
    told = await site.assist.account.of(case)
    assert told.nothing
    assert told.summary.zh.startswith("没有机器替您办这件事")
    assert told.summary.en.startswith("No machine handled this case")


async def test_a_suggestion_stands_with_what_the_official_did_and_why(site: Site, xiaoman: Person) -> None:
    number = await submitted(xiaoman)
    person = await citizen(site, "p-wangxiaoman")
    view = await site.cases.view(person, number)
    call = await suggest(site, view)
    examiner = official(site, "990101.police", "examiner")
    await site.assist.gate.settle(call, examiner, "declined", "日期没有问题")
    await xiaoman.get(f"/cases/{number}")
    assert "建议：请核对租约日期" in xiaoman.text
    assert "审查岗没有采纳，理由：日期没有问题" in xiaoman.text
    assert "/open/algorithms/guide" in xiaoman.text
    assert "自动调取的记录" in xiaoman.text
    assert "请核对租约日期" in (await site.assist.account.of(view)).suggestions[0].said.zh


async def test_whoever_is_told_of_a_suggestion_proves_that_it_was_made_without_its_words_being_told(
    site: Site, xiaoman: Person, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = await submitted(xiaoman)
    call = await suggest(site, await site.cases.view(await citizen(site, "p-wangxiaoman"), number))
    await xiaoman.get(f"/cases/{number}")
    address = f"/cases/{number}/suggestions/{call}/proof"
    assert address in xiaoman.text
    assert (await xiaoman.get(address.replace(call, "nothing"))).status_code == 404
    await site.public_log.turn()
    proof = tmp_path / "suggestion.tlog-proof"
    proof.write_bytes((await xiaoman.get(address)).content)
    found = verify_record(proof.read_bytes(), site.public_log.policy, site.clock())
    assert found.holds and found.record and found.record["subject"] == number
    assert "请核对租约日期".encode() not in proof.read_bytes()
    await xiaoman.get("/verify")
    await xiaoman.post("/verify", files={"file": ("proof", proof.read_bytes())})
    assert "给出过建议" in xiaoman.text and "原文不在里面" in xiaoman.text
    policy = tmp_path / "policy.json"
    policy.write_bytes(bytes(site.public_log.policy))
    for words, status in ((("record",), 0), ((), 0), (("receipt",), 1), (("nonsense",), 2)):
        with pytest.raises(SystemExit) as end:
            main(["verify", *words, str(proof), "--log", str(policy)])
        assert end.value.code == status, words
    assert "给出过建议" in capsys.readouterr().out


async def test_what_was_measured_of_an_algorithm_is_proven_by_whoever_may_read_it(site: Site, tmp_path: Path) -> None:
    await site.db.execute(
        "INSERT INTO assist_round (region, use, at, found) VALUES ('990101', 'guide', $1, '{\"calls\": 3}')",
        site.clock(),
    )
    await site.public_log.turn()
    key, said = await site.assist.watch.committed("guide", "990101") or ("", "")
    found = verify_record(await record_proof(site.db, "machine-score", key, said), site.public_log.policy, site.clock())
    assert found.holds and found.record and found.record["found"] == {"calls": 3}
    assert await site.assist.watch.committed("guide", "990102") is None


async def test_the_letter_of_the_outcome_mentions_it_in_a_sentence(site: Site, xiaoman: Person) -> None:
    number = await submitted(xiaoman)
    person = await citizen(site, "p-wangxiaoman")
    await suggest(site, await site.cases.view(person, number))
    clerk = official(site, "990101.service-centre", "clerk")
    done = await site.cases.act(
        clerk, number, "tell-not-needed", {"reasons": "不用办"}, version=None, key="not-needed-1"
    )
    letter = done.letters[-1][1]
    assert "给过1条建议，工作人员采纳了0条；决定是人作的" in letter.body.zh
    assert "made 1 suggestion in this case and officials took 0" in letter.body.en


def test_whoever_lives_where_nobody_here_answers_is_looked_after_in_the_first_county(site: Site) -> None:
    """Identity cards of the whole country are used here; the register of regions knows this province alone."""
    assert county(site, "990201") == "990201"
    assert county(site, "440106") == county(site, "") == "990101"


async def test_one_button_opens_a_case_of_its_own_and_both_show_each_other(site: Site, anyone: Person) -> None:
    case = (await at_once(site)).case
    await anyone.log_in(HEQING)
    await anyone.get(f"/human-look?case={case}")
    assert "最晚" in anyone.text
    key = anyone.hidden("key")
    await anyone.post("/human-look", {"key": key, "about": "case", "case": case, "wish": "参保地填错了"})
    assert anyone.page.url.path.startswith("/cases/")
    look = anyone.page.url.path.split("/")[2]
    assert "已提出，会有一位没有经手的工作人员来看" in anyone.text
    assert case in anyone.text
    await anyone.get(f"/cases/{case}")
    assert look in anyone.text
    tasks = await site.cases.queue(official(site, "990100.health-insurance", "approver"))
    assert look in [row.case_id for row in tasks.items]


async def test_what_the_rules_got_wrong_is_put_right_by_a_person_and_the_old_paper_is_void(site: Site) -> None:
    """何清 was asked where she goes, and said the wrong place: an official corrects it and the receipt is made anew."""
    case = await at_once(site)
    person = await citizen(site, "p-heqing")
    facts = {"about": "case", "case_number": case.case}
    look = await site.cases.submit(person, "human-look", facts, region="990101", key="look-000001")
    assert look.opening.about is not None
    assert look.opening.about.by_rules
    approver = official(site, case.opening.office.id, "approver")
    await site.cases.act(approver, look.case, "take-up", {}, version=None, key="take-000001")
    said = {"facts": {"going_region": "990202"}, "reasons": "去的是另一个县"}
    righted = await site.cases.act(approver, case.case, "put-right", said, version=None, key="right-00001")
    assert [one.revocation is None for one in righted.certificates].count(True) == 1
    assert len(righted.certificates) == 2
    changed = {"changed": "就医地已更正，回执已重新出", "reasons": "填错了"}
    done = await site.cases.act(approver, look.case, "change", changed, version=None, key="change-0001")
    assert done.state.state == "changed"
    told = await site.assist.account.of(righted)
    assert "由人更正结果" in [act.zh for act in told.by_people]


async def test_people_only_waits_for_an_official_and_no_use_is_asked(site: Site, anyone: Person) -> None:
    await anyone.log_in(HEQING)
    await anyone.get("/people-only")
    await anyone.post("/people-only", {"choice": "people"})
    assert "已保存，马上起作用" in anyone.text
    case = await at_once(site)
    assert case.state.state == "received"
    assert case.state.people_only
    assert await suggest(site, case) == "opted-out"
    await anyone.get(f"/cases/{case.case}")
    assert "申请人要求只由人来办" in anyone.text
    await anyone.get("/people-only")
    await anyone.post("/people-only", {"choice": "usual"})
    assert (await at_once(site, key="at-once-02")).state.state == "issued"


async def test_a_case_can_be_taken_out_of_automation_alone(site: Site, xiaoman: Person) -> None:
    number = await submitted(xiaoman)
    await xiaoman.get(f"/cases/{number}/people-only")
    assert "法定期限不变，结果不会因此变差" in xiaoman.text
    await xiaoman.post(f"/cases/{number}/people-only", {"key": xiaoman.hidden("key")})
    assert "从现在起只由人来办" in xiaoman.text
    view = await site.cases.view(await citizen(site, "p-wangxiaoman"), number)
    assert await suggest(site, view) == "opted-out", "no use is asked about a case that people handle"


async def test_the_last_page_before_sending_offers_people_only_with_the_date(site: Site, anyone: Person) -> None:
    await anyone.log_in(HEQING)
    await anyone.get("/services/out-of-area-medical-filing/start")
    await anyone.post("/services/out-of-area-medical-filing/start", {"region": "990101", "lookups": "yes"})
    await let_stand(anyone)
    await anyone.get("/apply/out-of-area-medical-filing/check")
    assert "只由人来办" in anyone.text
    assert "本来可能当场办成，选了要等工作人员办，最晚" in anyone.text


async def test_somebody_elses_case_cannot_be_looked_into_by_the_form(site: Site, xiaoman: Person) -> None:
    case = (await at_once(site)).case
    assert (await xiaoman.get(f"/human-look?case={case}")).status_code == 404
    await xiaoman.get("/people-only")
    answer = await xiaoman.post("/human-look", {"key": "look-somebody", "about": "case", "case": case})
    assert answer.status_code == 404


async def test_the_register_and_the_guide_lead_to_a_human_look(site: Site, xiaoman: Person) -> None:
    await xiaoman.get("/open/algorithms/guide")
    assert 'href="/human-look?use=guide"' in xiaoman.page.text
    await xiaoman.get("/search?q=居住证")
    assert 'href="/human-look?use=guide&amp;suggestion=' in xiaoman.page.text
    await xiaoman.get("/human-look?use=guide")
    key = xiaoman.hidden("key")
    await xiaoman.post("/human-look", {"key": key, "about": "use", "use": "guide"})
    assert xiaoman.page.url.path.startswith("/cases/"), xiaoman.text
    number = xiaoman.page.url.path.split("/")[2]
    view = await site.cases.view(await citizen(site, "p-wangxiaoman"), number)
    assert view.opening.office.id.endswith("digital-centre")


async def test_the_official_reads_the_same_words_and_is_told_of_the_look(site: Site, anyone: Person) -> None:
    case = (await at_once(site)).case
    person = await citizen(site, "p-heqing")
    facts = {"about": "case", "case_number": case}
    await site.cases.submit(person, "human-look", facts, region="990101", key="look-000001")
    seen = await site.cases.view(official(site, "990100.health-insurance", "approver"), case)
    told = await site.assist.account.of(seen)
    assert told.decided_by_rules
    tasks = await site.cases.queue(official(site, "990100.health-insurance", "approver"), QueueFilter(view="tasks"))
    assert [(row.case_id, row.labels) for row in tasks.items] == [(case, ("questioned",))]


async def test_a_program_reads_what_machines_did(site: Site, anyone: Person) -> None:
    case = (await at_once(site)).case
    await anyone.log_in(HEQING)
    answer: httpx.Response = await anyone.client.get(f"/api/v1/cases/{case}/machine")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["nothing"] is False
    assert [step["kind"] for step in found["steps"]] == ["rules", "rules", "rules"]
    assert (await anyone.client.get("/api/v1/people-only")).json()["people_only"] is False


async def test_outcomes_are_published_for_everybody_and_small_groups_are_hidden(site: Site, anyone: Person) -> None:
    person = await citizen(site, "p-heqing")
    for n in range(5):
        facts = {"about": "use", "use": "guide"} if n < 4 else {"about": "answer", "suggestion": "x"}
        await site.cases.submit(person, "human-look", facts, region="990101", key=f"look-00000{n}")
    answer = await anyone.client.get("/open/algorithms/objections.json?year=2026")
    found = answer.json()
    assert found["all"]["asked"] == 5
    assert found["uses"] == []
    page = await anyone.get("/open/algorithms/objections?year=2026")
    assert page.status_code == 200
    assert "请人看的" in anyone.text
    assert (await anyone.client.get("/open/algorithms/objections.json?year=1999")).status_code == 404
