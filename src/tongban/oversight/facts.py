"""Event facts: what of the event history is counted. Narrow rows without a person.

Three tables, each documented column by column in `COLUMNS`:

* `cases`: one row for a case, replaced whole when the case moves on;
* `events`: one row for each event of a case, with the due dates of the authority's term that it ended;
* `moments`: what is no event of a case and counts all the same: a rating, a wait at a counter, an official's answer
  to a suggestion.

Every time is local time of the authority's zone, to the second, for a month begins there. Nothing names or describes a
person: no name, number, address, free text or uploaded file. What says a little about
somebody (age band, language) lies apart, sealed. Case numbers are in the facts of the installation, for officials who
may open the case, and in no release.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Literal, NamedTuple

import msgspec

from tongban.base.i18n import Text

Table = Literal["cases", "events", "moments"]
Kind = Literal["text", "time", "count", "flag"]
"""What a column holds: a code, a local time, a whole number, yes or no. There is no fraction anywhere."""

DUCK: dict[Kind, str] = {"text": "VARCHAR", "time": "TIMESTAMP", "count": "INTEGER", "flag": "BOOLEAN"}


class Column(NamedTuple):
    """One column and what it says."""

    name: str
    kind: Kind
    says: Text


class _Fact(msgspec.Struct, frozen=True, kw_only=True):
    pass


class _Where(_Fact, frozen=True, kw_only=True):
    case_id: str
    region: str
    body: str
    service: str
    version: str
    procedure: str
    channel: str
    applicant: str
    matter: str
    part: bool


class CaseFact(_Where, frozen=True, kw_only=True):
    """One case as it stands."""

    seq: int
    opened_at: datetime
    accepted_at: datetime | None
    decided_at: datetime | None
    ended_at: datetime | None
    stage: str
    outcome: str
    statutory_due: datetime | None
    promised_due: datetime | None
    by_law: bool
    statutory_days: int
    promised_days: int
    used_days: int
    pauses: int
    paused_days: int
    extended: bool
    questions: int
    materials: int
    from_records: int
    visits: int
    corrections: int
    deemed: bool
    by_rules: bool
    cross_region: bool
    reopened: int
    escalated: int


class EventFact(_Where, frozen=True, kw_only=True):
    """One event of a case."""

    seq: int
    act: str
    actor: str
    happened_at: datetime
    stage: str
    ended: bool
    term: str
    started: datetime | None
    statutory_due: datetime | None
    promised_due: datetime | None
    by_law: bool
    kept: str
    missed: str
    term_pauses: int
    pauses: bool
    resumes: bool
    ground: str
    asks: int
    chosen: str
    decides: str
    adverse: bool
    reopens: bool


class Moment(_Fact, frozen=True, kw_only=True):
    """What counts and is no event of a case; `id` is unique within its kind."""

    kind: str
    id: str
    case_id: str
    region: str
    body: str
    service: str
    channel: str
    happened_at: datetime
    value: int
    code: str


def _column(name: str, kind: Kind, zh: str, en: str) -> Column:
    return Column(name, kind, Text(zh, en))


_HERE = (
    _column("case_id", "text", "办件号；任何发布里都没有", "the case's number; in no release"),
    _column("region", "text", "答复机关所在区划，六位代码", "six-digit code of the region of the body that answers"),
    _column("body", "text", "欠答复的机关", "the body that owes the answer"),
    _column("service", "text", "事项", "the service"),
    _column("version", "text", "事项版本", "its version"),
    _column("procedure", "text", "办理流程（哪一类办件）", "the procedure: which kind of case it is"),
    _column(
        "channel",
        "text",
        "从哪儿来的：online 网上、counter 窗口（热线是话务员或窗口代录）、agent 代办、proxy-intake 异地代收、"
        "handover 他处移来、offline 离线收件",
        "how it came: online, counter (for the hotline also by telephone), agent, proxy-intake, handover, offline",
    ),
    _column("applicant", "text", "谁申请：person 个人、body 单位", "who asked: person or body"),
    _column(
        "matter",
        "text",
        "谁的事：service 给个人和单位办的、government 机关之间的",
        "whose matter: service for people and businesses, government between bodies",
    ),
    _column("part", "flag", "是一件事里的一项", "it is a part of a bundle"),
)

COLUMNS: dict[Table, tuple[Column, ...]] = {
    "cases": (
        *_HERE,
        _column("seq", "count", "到第几个事件", "the number of its last event"),
        _column("opened_at", "time", "提交的时间", "when it was submitted"),
        _column("accepted_at", "time", "头一次受理的时间", "when it was first accepted"),
        _column("decided_at", "time", "头一次答复的时间", "when it was first answered"),
        _column("ended_at", "time", "头一次办结的时间", "when it first ended"),
        _column("stage", "text", "现在的环节", "the stage it is in"),
        _column(
            "outcome",
            "text",
            "结果：favourable 准予、adverse 不准、neutral 其他；没办结为空",
            "favourable, adverse or neutral; empty while it is open",
        ),
        _column(
            "statutory_due",
            "time",
            "法定到期；法律没有写几天的（by_law 为否），是平台定的日子",
            "due by law; where the law names no days (by_law is no), by the platform's own rule",
        ),
        _column(
            "promised_due",
            "time",
            "承诺到期；没有另外承诺的同法定",
            "due as promised; as by law if nothing was promised",
        ),
        _column("by_law", "flag", "期限是法律写的；否则是平台自己定的", "a law gives the time, not the platform"),
        _column(
            "statutory_days",
            "count",
            "法定给多少天（到期日减起算日）",
            "days that the law gives, due day less first day",
        ),
        _column("promised_days", "count", "承诺多少天", "days that were promised"),
        _column("used_days", "count", "用了多少天", "days that were used"),
        _column("pauses", "count", "停了几次钟", "how often the clock was paused"),
        _column("paused_days", "count", "停钟共多少整天", "whole days for which it was paused"),
        _column("extended", "flag", "延长过", "it was extended"),
        _column("questions", "count", "申请人自己填了几项", "questions that the applicant answered"),
        _column("materials", "count", "申请人交了几份材料", "materials that the applicant gave"),
        _column(
            "from_records", "count", "用记录代替、没有再问的项数", "questions and materials that records answered alone"
        ),
        _column("visits", "count", "到窗口几天", "days on which somebody came to a counter for it"),
        _column("corrections", "count", "要求补正几次", "how often something was asked for again"),
        _column("deemed", "flag", "机关不作声，按法律视为已受理", "the authority was silent and the law accepted"),
        _column("by_rules", "flag", "由规则直接办结", "the rules decided it"),
        _column("cross_region", "flag", "异地代收、移来或移走", "taken in elsewhere, or handed over between regions"),
        _column("reopened", "count", "办结后又开几次", "how often it was opened again after its end"),
        _column("escalated", "count", "逾期督办几级", "rungs it climbed when overdue"),
    ),
    "events": (
        *_HERE,
        _column("seq", "count", "第几个事件", "the number of the event in its case"),
        _column("act", "text", "动作", "the act"),
        _column("actor", "text", "谁做的：person、official、clock、rules", "by whom: person, official, clock, rules"),
        _column("happened_at", "time", "时间", "when"),
        _column("stage", "text", "之后的环节", "the stage after it"),
        _column("ended", "flag", "之后办结了", "the case has ended after it"),
        _column(
            "term", "text", "它结束了机关的哪个期限；没有为空", "the authority's term that it ended; empty if none"
        ),
        _column("started", "time", "那个期限从何时起算", "when that term began to run"),
        _column("statutory_due", "time", "那个期限的法定到期", "when that term was due by law"),
        _column("promised_due", "time", "那个期限的承诺到期", "when it was due as promised"),
        _column("by_law", "flag", "那个期限是法律写的，不是平台自己定的", "a law gives that time, not the platform"),
        _column(
            "kept",
            "text",
            "它按期做完了机关的哪些期限：;期限;，如 ;contact;decide;",
            "the authority's terms that it ended in time: ;term;, such as ;contact;decide;",
        ),
        _column(
            "missed",
            "text",
            "到它这里已经超期的是机关的哪些期限，没做的也算；每个期限只算一次",
            "the authority's terms that had run out before it, done late or not at all; each told once",
        ),
        _column("term_pauses", "count", "那个期限停过几次", "how often that term had been paused"),
        _column("pauses", "flag", "它让钟停", "it paused a clock of the authority"),
        _column("resumes", "flag", "它让钟走", "it let one run on"),
        _column("ground", "text", "停钟的理由代码", "the ground of the pause, a code"),
        _column("asks", "count", "要求补几项", "how many things it asked for again"),
        _column(
            "chosen",
            "text",
            "选了什么（只有代码）：;字段=代码;，如 ;solved=yes;",
            "what was chosen, codes only: ;field=code;, such as ;solved=yes;",
        ),
        _column("decides", "text", "favourable、adverse 或空", "favourable, adverse or empty"),
        _column("adverse", "flag", "对申请人不利", "it is against the applicant"),
        _column("reopens", "flag", "办结后又开", "it opened a case that had ended"),
    ),
    "moments": (
        _column("kind", "text", "哪一类，见 docs/indicators.md", "which kind; docs/indicators.md lists them"),
        _column("id", "text", "这一类里唯一的编号", "its number, once in its kind"),
        _column(
            "case_id", "text", "有关的办件号，可空；任何发布里都没有", "the case it is about, if any; in no release"
        ),
        _column("region", "text", "机关所在区划", "the region of the body"),
        _column("body", "text", "机关", "the body"),
        _column("service", "text", "事项，可空", "the service, if any"),
        _column("channel", "text", "从哪儿来的", "how it came"),
        _column("happened_at", "time", "时间", "when"),
        _column(
            "value", "count", "数：星级、等候秒数、是（1）否（0）", "a number: stars, seconds waited, yes (1) or no (0)"
        ),
        _column("code", "text", "代码", "a code"),
    ),
}
"""Every column of the facts, in the order in which files have them."""

ASKING = frozenset({"region", "body", "service", "channel", "applicant", "matter", "part", "cross_region"})
"""Columns that say who asks for what, where and how: what stands before anybody has done anything about it."""

ROWS: dict[Table, type[msgspec.Struct]] = {"cases": CaseFact, "events": EventFact, "moments": Moment}


def kinds(table: Table) -> dict[str, Kind]:
    """The columns of a table and what each holds."""
    return {column.name: column.kind for column in COLUMNS[table]}


_MEANING = 3
"""Goes up when a column comes to say something else."""
SHAPE = sha256(
    repr([_MEANING, *((t, [(c.name, c.kind) for c in columns]) for t, columns in COLUMNS.items())]).encode()
).hexdigest()[:8]
"""Names the columns and what they say: facts of another shape are made anew, never mixed with these."""
