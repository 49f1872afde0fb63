"""Two consultations of the demonstration: one is open, one has run out and is counted and closed by the first turn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from tongban.base.database import Database
from tongban.base.i18n import Text
from tongban.voice.participation import secrecy, store
from tongban.voice.participation.consultations import REPORT_DAYS
from tongban.voice.participation.model import YOUNGEST, Consultation

AGREE, PASS, DISAGREE = 1, 0, -1


@dataclass(frozen=True, slots=True)
class Said:
    """A statement and how much each camp agrees with it, 0 to 1."""

    words: str
    camps: tuple[float, ...]


SCHOOL = (
    Said("孩子的户口、住址，政府有记录的就不要再让家长交复印件", (0.95, 0.4)),
    Said("家长不愿意让系统查记录的，交纸质材料也一样办", (0.6, 0.9)),
    Said("查记录之前，应当告诉家长查谁的、查什么", (0.95, 0.96)),
    Said("全程在网上办，报名那天不用请假去学校", (0.92, 0.3)),
    Said("网上报名对爷爷奶奶带的孩子不公平，窗口要一直留着", (0.2, 0.93)),
    Said("登记的住址常常是旧的，还是要看租房合同", (0.12, 0.85)),
    Said("分到哪所学校、为什么，要写清楚规则和名次", (0.97, 0.94)),
    Said("七月底以前要知道结果，好安排暑假和租房", (0.8, 0.75)),
    Said("按先来后到报名的办法应当取消", (0.85, 0.25)),
)
RENT = (
    Said("新毕业的人来这里工作，头两年最需要租房补贴", (0.9, 0.4, 0.5)),
    Said("补贴应当先给有孩子上学的家庭", (0.2, 0.9, 0.5)),
    Said("符合条件的不用自己申请，系统算好直接发", (0.92, 0.88, 0.2)),
    Said("自动发钱容易发错，应当先问一声再发", (0.15, 0.2, 0.9)),
    Said("算出来不符合的，也要告诉我差在哪一条", (0.95, 0.93, 0.9)),
    Said("补贴多少要看当地房租，不能全市一个数", (0.75, 0.7, 0.8)),
    Said("单位已经给住房补助的，不应当再领", (0.15, 0.85, 0.7)),
    Said("我的工资和租房信息，不想让系统自己去查", (0.1, 0.15, 0.85)),
)


async def seed(db: Database, now: datetime, zone: ZoneInfo) -> None:
    """Once; invented voters, and nobody of the demonstration is among them."""
    today = now.astimezone(zone).date()
    await _put(
        db,
        _made(
            "990101", "demo-school", "990101.education",
            Text("随迁子女入学少交材料，您怎么看", "Fewer papers for enrolling migrants' children"),
            Text("入学办法要改，请一条一条说说您的看法。", "The rules are to change: please tell us, point by point."),
            ("service", "migrant-school-enrolment", "2", "1"),
            today - timedelta(days=9), today + timedelta(days=21), zone,
        ),
        SCHOOL, (46, 33),
    )  # fmt: skip
    await _put(
        db,
        _made(
            "990101", "demo-rent", "990101.housing",
            Text("租房补贴怎么发才合理", "How rent subsidies should be paid"),
            Text("租房补贴要改成自动找人，您怎么看？", "They are to come by themselves: what do you think?"),
            ("policy", "rent-subsidy", "1", ""), today - timedelta(days=25), today - timedelta(days=4), zone,
        ),
        RENT, (48, 39, 27),
    )  # fmt: skip


def _made(
    region: str,
    number: str,
    body: str,
    title: Text,
    question: Text,
    about: tuple[str, str, str, str],
    opened: date,
    last: date,
    zone: ZoneInfo,
) -> Consultation:
    kind, subject, version, replaces = about
    return Consultation(
        region, number, body, title, question, "policy" if kind == "policy" else "service", subject, version, replaces,
        YOUNGEST, datetime.combine(opened, time(9), zone), datetime.combine(last, time(23, 59, 59), zone),
        last + timedelta(days=REPORT_DAYS), "demo",
    )  # fmt: skip


async def _put(db: Database, one: Consultation, said: Sequence[Said], sizes: Sequence[int]) -> None:
    chance = Random(one.id)  # noqa: S311 -- a demonstration
    async with db.transaction() as connection:
        if not await store.add(connection, one):
            return
        for each in said:
            await store.add_statement(connection, one, b"", each.words, one.opened_at.date())
        key = await secrecy.key_of(db.sealer, connection, one)
        rows: list[tuple[str, str, bytes, str]] = []
        for camp, size in enumerate(sizes):
            for n in range(size):
                votes: secrecy.Votes = {}
                for number, each in enumerate(said, start=1):
                    if chance.random() < 0.9:
                        mind = chance.random()
                        votes[number] = AGREE if mind < each.camps[camp] else PASS if mind > 0.95 else DISAGREE
                voter = secrecy.named(key, f"demonstration {camp} {n}")
                rows.append((one.region, one.id, voter, secrecy.sealed(key, one, voter, votes)))
        await store.add_ballots(connection, rows)
