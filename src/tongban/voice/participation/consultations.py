"""Consultations as everybody may read them, their opening, and the closing report of the body."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tongban.assist.gate.public import for_everybody
from tongban.base.clock import Clock
from tongban.base.database import Database
from tongban.base.errors import Refused, refuse
from tongban.base.i18n import LANGS, Text
from tongban.base.page import Page, cursor, read_cursor
from tongban.catalog.catalogue import Catalogue
from tongban.org import Actor
from tongban.org.model import Role
from tongban.voice.participation import store
from tongban.voice.participation.model import (
    LONGEST_STATEMENT,
    YOUNGEST,
    Answered,
    Consultation,
    Report,
    Results,
    Statement,
)
from tongban.voice.participation.refusals import need_body, need_role, owed_answers, there, words_of

REPORT_DAYS = 30
"""Calendar days after closing by which the body says what came of it: this platform's promise."""
LONGEST_DAYS = 90
LONGEST_WORDS = 2_000
PAGE = 20


@dataclass(frozen=True, slots=True)
class Draft:
    """What an official writes to open a consultation."""

    title: Text
    question: Text
    kind: str
    subject: str
    version: str
    closes_on: date
    statements: tuple[str, ...]


class Consultations:
    """Consultations of one installation."""

    def __init__(self, db: Database, catalogue: Catalogue, clock: Clock, zone: ZoneInfo) -> None:
        self._db = db
        self._catalogue = catalogue
        self._clock = clock
        self._zone = zone

    async def page(self, body: str = "", after: str = "", limit: int = PAGE) -> Page[Consultation]:
        """The latest to close first. Raises Refused `bad-cursor` (400)."""
        found = await store.page(self._db, body, read_cursor(after, tuple[datetime, str]) if after else None, limit + 1)
        items = tuple(found[:limit])
        return Page(items, cursor(items[-1].closes_at, items[-1].id) if len(found) > limit else None)

    async def one(self, consultation: str) -> Consultation:
        """Raises Refused `unknown-consultation` (404)."""
        return there(await store.find(self._db, consultation))

    async def statements(self, one: Consultation) -> list[Statement]:
        """All, also what was taken out, with the reasons."""
        return await store.statements(self._db, one)

    def published(self, one: Consultation, statements: Sequence[Statement]) -> Results | None:
        """What everybody may read of the votes: what was taken out since it was counted is not in it."""
        return one.results and one.results.without({each.number for each in statements if each.removed})

    async def voters(self, one: Consultation) -> int:
        """How many have voted."""
        return one.results.voters if one.closed_at and one.results else await store.voters(self._db, one)

    def open_now(self, one: Consultation) -> bool:
        """Whether one can vote."""
        return one.open_at(self._clock())

    async def begin(self, official: Actor, draft: Draft) -> Consultation:
        """Open a consultation now. Raises Refused: `not-your-role` (403), `unknown-policy`, `unknown-service`,
        `unknown-version` (404), `bad-day`, `field-missing`, `too-long`, `personal-data`, `too-few-statements`."""
        need_role(official, Role.HEAD)
        now = self._clock()
        if not self._today() < draft.closes_on <= self._today() + timedelta(days=LONGEST_DAYS):
            raise refuse(
                "bad-day",
                f"截止日期要在明天以后、{LONGEST_DAYS}天以内",
                f"The last day must be after today and within {LONGEST_DAYS} days",
                place="closes_on",
            )
        replaces = self._replaced(draft)
        written = (words_of(one, "statements", LONGEST_STATEMENT) for one in draft.statements)
        statements = tuple(dict.fromkeys(for_everybody(one, "statements") for one in written))
        if len(statements) < 3:
            raise refuse(
                "too-few-statements",
                "至少写3条陈述，正反两面都要有，大家才有得表态",
                "Write at least three statements, for and against, so that there is something to vote on",
                place="statements",
            )
        one = Consultation(
            official.region,
            f"{now.astimezone(self._zone):%y%m%d}-{secrets.token_hex(4)}",
            official.body,
            _public(draft.title, "title", (80, 160)),
            _public(draft.question, "question", (LONGEST_WORDS, LONGEST_WORDS)),
            "policy" if draft.kind == "policy" else "service",
            draft.subject,
            draft.version,
            replaces,
            YOUNGEST,
            now,
            datetime.combine(draft.closes_on, time(23, 59, 59), self._zone),
            draft.closes_on + timedelta(days=REPORT_DAYS),
            official.id,
        )
        async with self._db.transaction() as connection:
            await store.add(connection, one)
            for words in statements:
                await store.add_statement(connection, one, b"", words, self._today())
        return one

    async def answer(
        self, official: Actor, consultation: str, summary: str, answers: Sequence[Answered], resulted: str
    ) -> Report:
        """The closing report: what came of each statement and why, and which file. Once, and in public.

        Every statement that tells a group apart or that all agree on must be answered. Raises Refused: `not-your-role`,
        `not-your-body` (403), `still-open`, `reported-already` (409), `unanswered`, `field-missing`, `unknown-file`.
        """
        need_role(official, Role.HEAD)
        one = await self.one(consultation)
        need_body(official, one)
        if one.closed_at is None:
            raise refuse(
                "still-open", "还没有结束，结束后再写", "It is still open; report when it has closed", status=409
            )
        owed = owed_answers(one.results)
        missing = sorted(owed - {each.number for each in answers})
        if missing:
            numbers_zh, numbers_en = "、".join(map(str, missing)), ", ".join(map(str, missing))
            raise refuse(
                "unanswered",
                f"这些陈述还没有答复：{numbers_zh}。各群体都同意的和各群体有代表性的，都要说明采纳没有、为什么",
                f"Not answered yet: {numbers_en}. What all groups say, and what tells a group apart, needs an answer"
                " and a reason",
                place="answers",
            )
        for each in answers:
            for_everybody(words_of(each.why, f"why.{each.number}", LONGEST_WORDS), f"why.{each.number}")
        if resulted:
            self._known(resulted, one.kind)
        text = for_everybody(words_of(summary, "summary", LONGEST_WORDS), "summary")
        report = Report(self._clock(), official.id, official.post, text, tuple(answers), resulted)
        if not await store.keep_report(self._db, one, report):
            raise refuse("reported-already", "报告已经发布了", "The report is published already", status=409)
        return report

    def _replaced(self, draft: Draft) -> str:
        if draft.kind == "policy":
            self._catalogue.policy(draft.subject, draft.version)
            return ""
        self._catalogue.service(draft.subject, draft.version)
        versions = [one.version for one in self._catalogue.versions(draft.subject)]
        older = versions[versions.index(draft.version) + 1 :]
        return older[0] if older else ""

    def _known(self, file: str, kind: str) -> None:
        slug, _, version = file.partition("@")
        try:
            self._catalogue.policy(slug, version) if kind == "policy" else self._catalogue.service(slug, version)
        except Refused:
            raise refuse(
                "unknown-file",
                f"没有“{file}”这个文件；写成 事项@版本，例如 residence-permit@2",
                f"There is no file '{file}'; write slug@version, such as residence-permit@2",
                place="resulted",
            ) from None

    def _today(self) -> date:
        return self._clock().astimezone(self._zone).date()


def _public(text: Text, place: str, most: tuple[int, int]) -> Text:
    """Both languages of what everybody will read. Raises Refused as `words_of` and `for_everybody`."""
    zh, en = (words_of(text[lang], f"{place}_{lang}", longest) for lang, longest in zip(LANGS, most, strict=True))
    return Text(for_everybody(zh, f"{place}_zh"), for_everybody(en, f"{place}_en"))
