"""A consultation, what is said in it, and what everybody may read of the votes."""

from collections.abc import Container, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

import msgspec

from tongban.base.i18n import Text
from tongban.voice.participation.groups.model import Agreement, Representative

FEWEST_SHOWN = 10
"""A statement, or a group's share on it, is told from this many votes on; below it a guess would name people."""
YOUNGEST = 14
"""Under fourteen a guardian must consent to the handling of personal data (个人信息保护法 31): they only read."""
LONGEST_STATEMENT = 140
MOST_STATEMENTS = 5
"""Statements of one person in one consultation."""


class Vote(StrEnum):
    """What one can say to a statement."""

    AGREE = "agree"
    DISAGREE = "disagree"
    PASS = "pass"  # noqa: S105 -- a vote, no password


VALUE: dict[Vote, int] = {Vote.AGREE: 1, Vote.DISAGREE: -1, Vote.PASS: 0}


class Ground(StrEnum):
    """Why a statement is taken out. That somebody is against something is no ground."""

    PERSONAL = "personal-data"
    INSULT = "insult"
    UNLAWFUL = "unlawful"
    ADVERTISING = "advertising"
    DUPLICATE = "duplicate"
    ELSEWHERE = "elsewhere"


GROUNDS: dict[Ground, Text] = {
    Ground.PERSONAL: Text("写了别人的个人信息", "It tells somebody's personal data"),
    Ground.INSULT: Text("辱骂、歧视他人", "It insults or discriminates"),
    Ground.UNLAWFUL: Text("内容违法", "What it says is unlawful"),
    Ground.ADVERTISING: Text("广告", "It is advertising"),
    Ground.DUPLICATE: Text("和另一条说的是一回事", "Another statement says the same"),
    Ground.ELSEWHERE: Text("说的是另一件事", "It is about something else"),
}


class Outcome(StrEnum):
    """What came of a statement."""

    ADOPTED = "adopted"
    PARTLY = "partly"
    NOT = "not-adopted"


OUTCOMES: dict[Outcome, Text] = {
    Outcome.ADOPTED: Text("采纳", "Adopted"),
    Outcome.PARTLY: Text("部分采纳", "Adopted in part"),
    Outcome.NOT: Text("没有采纳", "Not adopted"),
}


class Moderated(msgspec.Struct, frozen=True):
    """One act about a statement. `official` and `post` are empty for what its author said."""

    act: Literal["removed", "objected", "restored", "upheld"]
    ground: str
    words: str
    official: str
    post: str
    on_day: date


def taken_out(history: Sequence[Moderated]) -> bool:
    """Whether what the acts are about is taken out as things stand."""
    decided = [one.act for one in history if one.act in ("removed", "restored")]
    return bool(decided) and decided[-1] == "removed"


def objected(history: Sequence[Moderated]) -> Moderated | None:
    """An objection of the author that waits for an answer."""
    return history[-1] if history and history[-1].act == "objected" else None


class Statement(msgspec.Struct, frozen=True):
    """A sentence that people agree or disagree with. Who wrote it is told to nobody."""

    number: int
    words: str
    said_on: date
    history: tuple[Moderated, ...] = ()

    @property
    def removed(self) -> bool:
        """Whether it is taken out as things stand."""
        return taken_out(self.history)

    @property
    def objection(self) -> Moderated | None:
        """An objection that waits for an answer."""
        return objected(self.history)


class Tally(msgspec.Struct, frozen=True):
    """Votes on one statement, and each group's share that agrees and disagrees; None below `FEWEST_SHOWN` votes."""

    number: int
    words: str
    agree: int | None
    disagree: int | None
    passed: int | None
    groups: tuple[tuple[float, float] | None, ...] = ()


class Camp(msgspec.Struct, frozen=True):
    """A group as everybody may see it."""

    name: str
    size: int
    x: float
    y: float
    representative: tuple[Representative, ...]


class Results(msgspec.Struct, frozen=True):
    """What is published of the votes. Nothing in it is of one voter; nothing of votes under fifty voters."""

    at: datetime
    voters: int
    counted: int
    votes: int
    clear: bool
    reasons: tuple[Text, ...]
    silhouette: float
    tallies: tuple[Tally, ...]
    camps: tuple[Camp, ...]
    agreement: tuple[Agreement, ...]
    k: int
    candidate: int
    streak: int

    def without(self, removed: Container[int]) -> "Results":
        """The same without the words of statements that were taken out since it was counted."""
        return msgspec.structs.replace(
            self,
            tallies=tuple(one for one in self.tallies if one.number not in removed),
            camps=tuple(
                msgspec.structs.replace(
                    camp, representative=tuple(one for one in camp.representative if int(one.statement) not in removed)
                )
                for camp in self.camps
            ),
            agreement=tuple(one for one in self.agreement if int(one.statement) not in removed),
        )


class Answered(msgspec.Struct, frozen=True):
    """What the body did about a statement and why."""

    number: int
    outcome: Outcome
    why: str


class Report(msgspec.Struct, frozen=True):
    """The closing report. `resulted` is the file that came of it, `slug@version`; empty where nothing was changed."""

    at: datetime
    official: str
    post: str
    summary: str
    answers: tuple[Answered, ...]
    resulted: str


class Consultation(msgspec.Struct, frozen=True):
    """One consultation on a file. It is open until `closes_at`; by `report_by` the body must say what came of it."""

    region: str
    id: str
    body: str
    title: Text
    question: Text
    kind: Literal["policy", "service"]
    subject: str
    version: str
    replaces: str
    from_age: int
    opened_at: datetime
    closes_at: datetime
    report_by: date
    opened_by: str
    closed_at: datetime | None = None
    results: Results | None = None
    report: Report | None = None

    def open_at(self, now: datetime) -> bool:
        """Whether one can vote."""
        return self.closed_at is None and self.opened_at <= now < self.closes_at
