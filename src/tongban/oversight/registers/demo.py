"""The demonstration's registers: two companies that keep systems running, one that has left, projects and one review.

All through the registers' own verbs, by a job once the pages are there; again is harmless. Companies and projects are
invented.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from tongban.base.database import Database
from tongban.base.ids import uscc_check
from tongban.cases.service import Cases
from tongban.org import Actor
from tongban.org import store as people
from tongban.oversight.registers.operators import Contract, Holding, Operators, Way
from tongban.oversight.registers.operators import store as operators
from tongban.oversight.registers.projects.funding import Reviews
from tongban.oversight.registers.projects.model import Project
from tongban.oversight.registers.projects.register import Projects
from tongban.sharing.directory.registered import DataDirectory

_TOP: Final = "990000"
_CENTRE: Final = f"{_TOP}.digital-centre"
_COMPANIES: Final = (
    ("岚数运〔2026〕1号", "岚江云维科技有限公司（演示）", "91990100MA0DEM001",
     "机房、主机、备份的日常运维，故障处置；不接触个人信息", ("办件平台", "备份库"), -300, 430),
    ("岚数运〔2025〕4号", "清源数联软件有限公司（演示）", "91990100MA0DEM002",
     "旧预约系统的维护，系统停用后合同到期", ("旧预约系统",), -700, -20),
)  # fmt: skip
_PROJECTS: Final = (
    Project("LJ-2024-07", "社保综合服务系统", f"{_TOP}.hr", "existing",
            "办理社会保险登记、参保查询和养老待遇发放，支持线上申请和审核",
            ("人口基本信息", "社会保险参保信息", "银行账户"), ("社会保险登记", "养老待遇领取", "失业登记")),
    Project("LJ-2026-03", "社保掌上通办", f"{_TOP}.hr", "planned",
            "手机上办理社会保险登记和养老待遇领取，提供线上申请、审核和查询",
            ("人口基本信息", "社会保险参保信息"), ("社会保险登记", "养老待遇领取")),
    Project("LJ-2026-05", "断面水质在线监测", f"{_TOP}.ecology", "planned",
            "在河道断面布设传感器，实时监测水质并预警污染", ("水质监测数据",), ("排污许可",)),
    Project("LJ-2023-11", "不动产登记平台", f"{_TOP}.planning", "existing",
            "办理房屋和土地的登记、查询和抵押", ("不动产登记信息", "人口基本信息"), ("不动产转移登记",)),
)  # fmt: skip


async def seed(db: Database, registered: Operators, cases: Cases, listed: DataDirectory) -> bool:
    """Put them there unless somebody has entered something; whether they were put."""
    if await operators.entries(db, _TOP, None, 1):
        return False
    engine = cases.engine
    centre, head = await _at(db, cases, "digital-centre.supervisor"), await _at(db, cases, "digital-centre.head")
    today = engine.clock().astimezone(engine.zone).date()
    for number, name, code, duties, systems, since, until in _COMPANIES:
        days = today + timedelta(days=since), today + timedelta(days=until)
        made = Contract(
            region="", id="", number=number, operator=name, uscc=code + uscc_check(code), duties=duties, body=_CENTRE,
            systems=systems, since=days[0], until=days[1],
        )  # fmt: skip
        await registered.enter(centre, made)
    running, over = [one.contract for one in await operators.entries(db, _TOP, None, 2)]
    await registered.let_in(head, running.id, "换备份盘，核对容量", engine.clock() + timedelta(hours=4))
    await registered.leave(centre, over.id, "系统停用，合同到期")
    held = (
        Holding("旧预约系统", Way.SHREDDED, "密钥销毁记录〔2026〕第3号，两人在场"),
        Holding("运维账号三个", Way.ERASED, "账号清单逐个核对，均已注销"),
    )
    await registered.check(head, over.id, held)
    await Projects(db, engine.directory, engine.clock).take_in(centre, _PROJECTS)
    asking = await _at(db, cases, "hr.examiner")
    reviews = Reviews(db, cases, engine.directory, listed)
    why = "老年人常在手机上办不成，做一个字大、能语音的入口；钱用来改造和测试。"
    case = await reviews.ask(asking, _TOP, "LJ-2026-03", "build", 120, why, "demo-review")
    advice = {
        "about_overlap": "登记、领取的功能原系统都有，只有语音和大字是新的。",
        "about_sharing": "参保信息已经进目录，没有超期不答复的。",
        "advice": "on-condition",
    }
    examiner = await _at(db, cases, "digital-centre.examiner")
    await cases.act(examiner, case, "advise", advice, version=None, key="demo-review-advise")
    return True


async def _at(db: Database, cases: Cases, seat: str) -> Actor:
    directory = cases.engine.directory
    post = directory.post(f"{_TOP}.{seat}")
    (holder,) = directory.holders(post.id)[:1]
    person = await people.person(db, holder)
    if person is None:
        raise LookupError(holder)
    return Actor.official(person, post, directory.body(post.body))
