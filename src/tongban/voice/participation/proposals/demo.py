"""Four proposals of the demonstration: one to sign, one that waits for its answer, one that is carried out, one that
too few signed. The signers are invented, and nobody of the demonstration is among them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tongban.cases.service import Cases
from tongban.org import Actor
from tongban.org import store as people
from tongban.voice.participation import secrecy
from tongban.voice.participation.model import YOUNGEST
from tongban.voice.participation.proposals import store
from tongban.voice.participation.proposals.model import Ended, Kind, Proposal
from tongban.voice.participation.proposals.rooms import Rooms
from tongban.voice.participation.proposals.service import end

_REGION = "990101"


@dataclass(frozen=True, slots=True)
class _Story:
    id: str
    days: int
    body: str
    signed: int
    ended: Ended
    kind: Kind
    title: str
    what: str
    why: str


_STORIES = (
    _Story("demo-toilets", 12, "housing", 21, Ended.NOT, Kind.PROPOSAL, "公园厕所晚上也开",
           "请把翠湖公园厕所的开放时间延到晚上十点。", "晚饭后散步的老人、孩子多，六点就锁门了。"),
    _Story("demo-canteen", 20, "education", 30, Ended.REACHED, Kind.QUESTION, "学校食堂的钱怎么用",
           "各校食堂一学期收了多少、买菜花了多少、结余用在哪里？", "家长想知道，学校之间差得也大。"),
    _Story("demo-machine", 30, "police", 30, Ended.REACHED, Kind.PROPOSAL, "自助签注机夜里也能用",
           "请把清源大厅的居住证自助签注机放到门外，夜里也能用。", "白天上班的人来不了，周末要排队。"),
    _Story("demo-kites", 70, "housing", 6, Ended.SHORT, Kind.PROPOSAL, "河边划一块地放风筝",
           "请在清源河边划一块没有电线的空地放风筝。", "现在到处是树和电线。"),
)  # fmt: skip


async def seed(rooms: Rooms, cases: Cases, now: datetime) -> None:
    """Each once; what a crash left out follows. `now` is in the zone of the law. Raises Refused if a file stops it."""
    db, today = cases.engine.db, now.date()
    for story in _STORIES:
        opened = today - timedelta(days=story.days)
        one = Proposal(
            _REGION, story.id, f"{_REGION}.{story.body}", story.kind, story.title, story.what, story.why, YOUNGEST, 30,
            opened, opened + timedelta(days=60),
        )  # fmt: skip
        async with db.transaction() as connection:
            key = await secrecy.key_of_proposal(db.sealer, connection, one.id)
            names = [secrecy.named(key, f"demonstration {n}") for n in range(story.signed)]
            if not await store.add(connection, one, b""):
                continue
            await store.add_signatures(connection, one, names)
            if story.ended:
                await end(db, connection, one, story.ended, now)
    await rooms.answering.turn()
    asked = await rooms.proposals.one("demo-machine")
    if not asked.case or (asked.answer and asked.answer.outcome):
        return
    says = {
        "outcome": "partly", "reasons": "自助签注机移到大厅北门外，全天可用；打印机怕潮，留在厅内。",
        "first_step": "北门外接电、装雨棚", "first_by": str(today + timedelta(days=20)),
        "whole_by": str(today + timedelta(days=60)),
    }  # fmt: skip
    directory = cases.engine.directory
    post = directory.post(f"{asked.body}.head")
    head = await people.person(db, directory.holders(post.id)[0])
    if head is None:
        raise LookupError(post.id)
    actor = Actor.official(head, post, directory.body(post.body))
    await cases.act(actor, asked.case, "adopt", says, version=None, key="demo-proposal-adopt")
