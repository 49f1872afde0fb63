"""Consultations in a browser without a script: vote, write, be answered; officials moderate and report in public."""

from datetime import timedelta

import pytest
from tests.web.citizen import Person
from tests.web.desk_people import Official

from tongban.base.clock import SettableClock
from tongban.web.site import Site

pytestmark = pytest.mark.database

NEW = {
    "about": "service:migrant-school-enrolment@2",
    "title_zh": "入学少交材料", "title_en": "Fewer papers",
    "question_zh": "您怎么看？", "question_en": "What do you think?",
    "statements": "记录里有的不要再交\n窗口要一直留着\n结果要早点告诉家长",
    "closes_on": "2026-11-20",
}  # fmt: skip


@pytest.fixture
async def asked(site: Site) -> str:
    """The number of a consultation that the head of the education bureau began."""
    head = await Official(site).sit("education.head")
    await head.get("/desk/consultations/new")
    await head.post("/desk/consultations/new", NEW)
    assert "已经开始" in head.text, head.text[:500]
    return head.page.url.path.rpartition("/")[2]


async def test_a_person_reads_what_changes_votes_and_changes_a_vote(asked: str, xiaoman: Person) -> None:
    await xiaoman.get(f"/consultations/{asked}")
    assert "对申请人更好" in xiaoman.text and "户籍登记" in xiaoman.text
    for left in (3, 2, 1):
        assert f"还有{left}条" in xiaoman.text
        await xiaoman.post(f"/consultations/{asked}/vote", {"statement": xiaoman.hidden("statement"), "vote": "agree"})
    assert "都表过态了" in xiaoman.text
    await xiaoman.get(f"/consultations/{asked}?at=2")
    await xiaoman.post(f"/consultations/{asked}/vote", {"statement": "2", "vote": "disagree"})
    assert "窗口要一直留着 · <b>不同意</b>" in xiaoman.page.text
    await xiaoman.get(f"/open/consultations/{asked}")
    assert "1人表态" in xiaoman.text and "暂时没有结果" in xiaoman.text


async def test_without_logging_in_one_reads_and_is_asked_to_log_in(asked: str, anyone: Person) -> None:
    await anyone.get("/open/consultations")
    assert "入学少交材料" in anyone.text
    await anyone.get(f"/consultations/{asked}")
    assert "登录后表态" in anyone.text and 'name="vote"' not in anyone.page.text
    done = await anyone.post(f"/consultations/{asked}/vote", {"statement": "1", "vote": "agree"})
    assert done.status_code == 403  # a form of nobody's
    assert (await anyone.get("/consultations/none")).status_code == 404


async def test_taken_out_objected_to_and_put_back_is_all_public(asked: str, xiaoman: Person, site: Site) -> None:
    await xiaoman.get(f"/consultations/{asked}")
    await xiaoman.post(f"/consultations/{asked}/statements", {"words": "报名那天人太多"})
    assert "您的陈述已经放出" in xiaoman.text
    clerk = await Official(site).sit("education.approver")
    await clerk.get(f"/desk/consultations/{asked}")
    assert "王小满" not in clerk.text
    await clerk.post(f"/desk/consultations/{asked}/statements/4", {"ground": "", "words": "不合适"})
    assert "请选择" in clerk.text
    await clerk.post(f"/desk/consultations/{asked}/statements/4", {"ground": "elsewhere", "words": "说的是窗口秩序"})
    await xiaoman.get(f"/open/consultations/{asked}")
    assert "说的是窗口秩序" in xiaoman.text
    await xiaoman.get(f"/consultations/{asked}")
    assert "您认为移除得不对" in xiaoman.text
    await xiaoman.post(f"/consultations/{asked}/statements/4/objection", {"objection-4": "说的就是入学报名"})
    head = await Official(site).sit("education.head")
    await head.get(f"/desk/consultations/{asked}")
    assert "说的就是入学报名" in head.text
    await head.post(f"/desk/consultations/{asked}/statements/4", {"act": "restore", "words": "确实有关"})
    await xiaoman.get(f"/open/consultations/{asked}")
    assert "说的是窗口秩序" not in xiaoman.text


async def test_when_it_has_closed_the_body_answers_in_public(
    asked: str, xiaoman: Person, site: Site, clock: SettableClock
) -> None:
    clock.set(clock() + timedelta(days=18))
    await site.participation.closing.turn()
    await xiaoman.get(f"/consultations/{asked}")
    assert "已经在11月20日结束" in xiaoman.text
    await xiaoman.get(f"/open/consultations/{asked}")
    assert "12月20日前公布答复" in xiaoman.text
    head = await Official(site).sit("education.head")
    await head.get(f"/desk/consultations/{asked}")
    said = {
        "summary": "都听到了",
        "outcome.1": "adopted",
        "why.1": "新版本已经这样写",
        "resulted": "migrant-school-enrolment@2",
    }
    await head.post(f"/desk/consultations/{asked}/report", said)
    assert "报告已经公开" in head.text
    await xiaoman.get(f"/open/consultations/{asked}?lang=en")
    assert "Adopted" in xiaoman.text and "migrant-school-enrolment@2" in xiaoman.text
    told = await xiaoman.get(f"/open/consultations/{asked}/results.json")
    assert told.json()["report"]["answers"] == [{"number": 1, "outcome": "adopted", "why": "新版本已经这样写"}]


async def test_another_body_neither_sees_nor_moderates_it(asked: str, site: Site) -> None:
    stranger = await Official(site).sit("market.approver")
    await stranger.get(f"/desk/consultations/{asked}")
    assert stranger.page.status_code == 403
    await stranger.get("/desk/consultations")
    assert "入学少交材料" not in stranger.text
