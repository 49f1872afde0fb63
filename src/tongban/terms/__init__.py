"""Statutory and promised time limits that explain themselves.

A term is a budget (:class:`TermRule`) plus an append-only ledger of runs, pauses, extensions and hand-overs;
its due date is derived by :func:`assess`, never stored as truth. Pure: no I/O, no clock of the machine.

    rule = statute("licensing.decision")
    ledger = [Started(received), Paused(sent, Ground.TESTING, notice="…"), Resumed(back)]
    standing = assess(rule, ledger, Calendar.china(), ZoneInfo("Asia/Shanghai"), at=now)
    standing.due, standing.left, standing.explain("zh")
"""

from tongban.terms.calendars import Calendar, Notice, notice_from_mapping
from tongban.terms.check import check_entry
from tongban.terms.ledger import (
    Ended,
    Entry,
    Extended,
    HandedOver,
    Ledger,
    Paused,
    Resumed,
    Started,
)
from tongban.terms.rules import (
    CONSEQUENCE_NAMES,
    DAY_END,
    GROUND_NAMES,
    Consequence,
    Direction,
    Extension,
    Ground,
    Start,
    TermRule,
)
from tongban.terms.spans import Lang, Span, TermError, Text, Unit, Words, add_months, say
from tongban.terms.standing import (
    Both,
    Change,
    Expiry,
    PausedSpan,
    Standing,
    State,
    assess,
    assess_both,
    consequence_at,
    recompute,
    split,
)
from tongban.terms.statutes import APPROVERS, STATUTES, statute

__all__ = [
    "APPROVERS",
    "CONSEQUENCE_NAMES",
    "DAY_END",
    "GROUND_NAMES",
    "STATUTES",
    "Both",
    "Calendar",
    "Change",
    "Consequence",
    "Direction",
    "Ended",
    "Entry",
    "Expiry",
    "Extended",
    "Extension",
    "Ground",
    "HandedOver",
    "Lang",
    "Ledger",
    "Notice",
    "Paused",
    "PausedSpan",
    "Resumed",
    "Span",
    "Standing",
    "Start",
    "Started",
    "State",
    "TermError",
    "TermRule",
    "Text",
    "Unit",
    "Words",
    "add_months",
    "assess",
    "assess_both",
    "check_entry",
    "consequence_at",
    "notice_from_mapping",
    "recompute",
    "say",
    "split",
    "statute",
]
