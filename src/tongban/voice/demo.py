"""The demonstration's ratings and requests, invented by us, played through the same verbs by a clock of their own.

It is done by a job once the pages are there, so that the first page waits for nothing; again is harmless.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.i18n import Text
from tongban.base.keys import KeyRing, Use
from tongban.cases.service import Cases
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.tables import both
from tongban.org import Actor
from tongban.org import store as people
from tongban.voice.hotline.model import Asked
from tongban.voice.hotline.service import Hotline
from tongban.voice.improvements import demo as improved
from tongban.voice.improvements.service import Improvements
from tongban.voice.ratings.model import Channel, Rating
from tongban.voice.store import hotline as requests
from tongban.voice.store import ratings as store

_REGION = "990101"
_STEPS = ("dispatch", "contact", "reply", "call-back")


@dataclass(frozen=True, slots=True)
class _Story:
    """A request: so many days ago, and how far it has come (0: just taken in)."""

    days: int
    said: str
    body: str
    place: str
    kind: str = "help"
    urgency: str = "general"
    steps: int = 4
    solved: str = "yes"
    satisfied: str = "yes"
    reply: str = "已经去现场办好了，谢谢您告诉我们。"
    about: str = ""


_REQUESTS = (
    _Story(8, "翠湖小区北门的路灯三天不亮", "housing", "翠湖小区北门", reply="线路短路，已修好，七盏灯都亮了。"),
    _Story(8, "桂花巷早市占道，电动车过不去", "market", "桂花巷", "complaint", solved="partly", satisfied="fairly"),
    _Story(7, "隔壁工地半夜打桩，睡不着", "ecology", "河埠巷", "complaint", satisfied="fairly"),
    _Story(7, "居住证签注在网上传照片总说不合格，也不说哪里不合格", "police", "", "complaint", about="residence-permit",
           solved="no", satisfied="no", reply="照片要求已写进说明，请按新说明再传。"),
    _Story(6, "办居住证，窗口要我再交一份房东的房产证复印件，指南里没写", "police", "清源大厅", "complaint",
           about="residence-permit", reply="不该要这份，已经告诉窗口，指南以外的材料不收。"),
    _Story(6, "失业金怎么还没到账，申请二十天了", "hr", "", "question", reply="卡号错了一位，已更正，三天内到账。"),
    _Story(5, "小区电梯一个月坏了三次", "market", "锦绣园3号楼", "report", solved="partly", satisfied="no"),
    _Story(5, "整栋楼从早上停水", "housing", "百花路12号", urgency="utilities", reply="爆管已抢修，水来了。"),
    _Story(4, "孩子转学，学校和教育局说的不一样", "education", "", "question", steps=3),
    _Story(4, "公园的健身器材掉了一颗螺丝，会夹手", "housing", "翠湖公园", "suggestion", steps=3),
    _Story(3, "超市标价和收款不一样", "market", "百花路", "report", steps=2),
    _Story(3, "老旧小区没有电动车充电的地方", "development-reform", "锦绣园", "suggestion", "complex", steps=2),
    _Story(2, "工地拖欠两个月工资，一共六个人", "hr", "", "complaint", steps=1),
    _Story(2, "路口红绿灯时间太短，老人走不完", "police", "清源路口", "suggestion", steps=1),
    _Story(1, "居住证网上传照片又被退回来，没说原因", "police", "", "complaint", about="residence-permit", steps=1),
    _Story(1, "河面漂着油，有味道", "ecology", "清源河东桥", "report", steps=0),
    _Story(0, "翠湖小区北门的路灯又不亮了", "housing", "翠湖小区北门", steps=0),
    _Story(0, "垃圾站两天没清，臭", "housing", "百花路", "complaint", steps=0),
)  # fmt: skip
_WHY = {
    "housing": "管市政设施和住房",
    "market": "管市场秩序和特种设备",
    "ecology": "管噪声和水污染",
    "police": "管户口、居住证和道路秩序",
    "hr": "管社会保险和劳动监察",
    "education": "管学校",
    "development-reform": "管电力和充电设施",
}

_RATED: tuple[tuple[str, str, str, tuple[tuple[int, int, str], ...]], ...] = (
    ("police", "residence-permit", "online",
     ((5, 9, "fast"), (4, 4, "easy"), (3, 1, ""), (2, 2, "more-papers"), (1, 1, "no-reason"))),
    ("hr", "unemployment-benefit", "letter", ((5, 5, "guide"), (4, 3, ""), (2, 1, "late"))),
    ("civil", "advanced-age-allowance", "phone", ((5, 7, "easy"), (4, 1, ""))),
    ("market", "individual-business-registration", "online", ((5, 6, "fast"), (4, 4, "usable"), (3, 2, ""))),
    ("service-centre", "", "window", ((5, 8, "kind"), (4, 3, "once"), (2, 1, "waited"))),
)  # fmt: skip
"""Body, service, channel, and (level, how many, tag)."""
_SHOWN = {5: "半天就办好了，没跑腿。", 2: "指南里没有的材料也要，跑了两趟。"}


async def seed(db: Database, hotline: Hotline, improvements: Improvements, data_dir: Path, now: datetime) -> bool:
    """Put them there unless there are some; whether they were put. Raises Refused if a service file stops a step."""
    engine = hotline.cases.engine
    if await requests.listed(db, _REGION, "", open_only=False, limit=1):
        return False
    for rating in _ratings(engine.catalogue, now):
        await store.add(db, rating)
        if rating.level in _SHOWN and rating.said:
            await store.cleared(db, rating, "shown", rating.said, "o-990100.digital-centre.supervisor")
    clock = SettableClock(now)
    played = Cases(
        db, engine.catalogue, engine.directory, engine.calendar, engine.keys, clock,
        data_dir=data_dir, zone=engine.zone, demo=True,
    )  # fmt: skip
    player = _Player(replace(hotline, cases=played, clock=clock), clock, now, past=_signs(engine.keys, now))
    for n, story in enumerate(_REQUESTS):
        await player.play(n, story)
    await improved.seed(improvements, played, clock, now)
    await hotline.turn(whole=True)  # they come with dates of days ago
    return True


def _ratings(catalogue: Catalogue, now: datetime) -> Iterator[Rating]:
    said = set[int]()
    for body, service, channel, levels in _RATED:
        name = both(catalogue.service(service).name) if service else Text("清源区大厅", "Qingyuan hall")
        n = 0
        for level, many, tag in levels:
            for _ in range(many):
                n += 1
                subject = sha256(f"demo {body} {service} {n}".encode()).digest()
                words = _SHOWN.get(level, "") if service == "residence-permit" and level not in said else ""
                said |= {level} if words else set()
                yield Rating(
                    region=_REGION, id=f"00000000-0000-7000-8000-{subject.hex()[:12]}", subject=subject,
                    kind="case" if service else "visit", body=f"{_REGION}.{body}", service=service,
                    version=catalogue.service(service).version if service else "", channel=_channel(channel),
                    level=level, tags=(tag,) if tag else (), said=words, at=now - timedelta(days=n, hours=level),
                    comment="waiting" if words else "none", name=name,
                )  # fmt: skip


def _signs(keys: KeyRing, now: datetime) -> bool:
    try:
        keys.signer(Use.RECEIPT, now - timedelta(days=max(one.days for one in _REQUESTS) + 1))
    except LookupError:
        return False
    return True


def _channel(name: str) -> Channel:
    found: dict[str, Channel] = {"online": "online", "letter": "letter", "phone": "phone", "window": "window"}
    return found[name]


@dataclass(frozen=True, slots=True)
class _Player:
    hotline: Hotline
    clock: SettableClock
    now: datetime
    past: bool
    """Whether the keys are old enough for what lies days back; otherwise all of it is of today."""

    async def play(self, number: int, story: _Story) -> None:
        """One request, each step an hour after the one before and none later than now."""
        morning = self.now - timedelta(days=story.days if self.past else 0, minutes=20 + number)
        clerk, examiner = await self._at("service-centre.clerk"), await self._at(f"{story.body}.examiner")
        self.clock.set(morning)
        asked = Asked(story.kind, story.said, story.urgency, story.place, story.about)
        case, _ = await self.hotline.ask(None, asked, _REGION, f"demo-request-{number}")
        says: dict[str, tuple[Actor, dict[str, Any]]] = {
            "dispatch": (clerk, {"body": f"{_REGION}.{story.body}", "reasons": _WHY[story.body]}),
            "contact": (examiner, {"said": "电话联系了，约好去看。"}),
            "reply": (examiner, {"reply": story.reply}),
            "call-back": (clerk, {"contacted": "yes", "solved": story.solved, "satisfied": story.satisfied}),
        }
        for n, act in enumerate(_STEPS[: story.steps], start=1):
            self.clock.set(min(morning + timedelta(hours=n), self.now))
            actor, said = says[act]
            await self.hotline.cases.act(actor, case, act, said, version=None, key=f"demo-{number}-{act}")

    async def _at(self, seat: str) -> Actor:
        directory = self.hotline.directory
        post = directory.post(f"{_REGION}.{seat}")
        (holder,) = directory.holders(post.id)[:1]
        person = await people.person(self.hotline.db, holder)
        if person is None:
            raise LookupError(holder)
        return Actor.official(person, post, directory.body(post.body))
