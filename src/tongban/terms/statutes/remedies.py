"""Reconsideration (行政复议法) and the suit that may follow it."""

from __future__ import annotations

from tongban.terms.rules import Consequence, TermRule
from tongban.terms.spans import Span, Text, Unit
from tongban.terms.statutes.citing import ACCEPTED, APPLIED, calendar, law, longer, working

_RECONSIDERATION = Text("《行政复议法》", "Administrative Reconsideration Law")

TERMS = (
    TermRule(
        "reconsideration.application",
        calendar(60),
        law(_RECONSIDERATION, "20"),
        Text("申请行政复议", "application for reconsideration"),
        Text("知道行政行为", "Learning of the act"),
        consequence=Consequence.LAPSE,
        tag="V",
    ),
    # When the person was not told of the right: the outer limit, from learning what the act says.
    TermRule(
        "reconsideration.application-untold",
        Span(1, Unit.YEAR),
        law(_RECONSIDERATION, "20"),
        Text("未告知权利时申请行政复议", "application when the right was not told"),
        Text("知道行政行为内容", "Learning what the act says"),
        consequence=Consequence.LAPSE,
        tag="V",
    ),
    # Art. 30 says deemed accepted; that it counts from expiry rather than receipt is from memory [M].
    TermRule(
        "reconsideration.intake-review",
        working(5),
        law(_RECONSIDERATION, "30"),
        Text("复议申请审查", "review of the application"),
        APPLIED,
        consequence=Consequence.DEEMED_ACCEPTED_ON_EXPIRY,
        tag="V",
    ),
    TermRule(
        "reconsideration.correction-notice",
        working(5),
        law(_RECONSIDERATION, "31"),
        Text("复议补正通知", "notice of corrections"),
        APPLIED,
        tag="V",
    ),
    TermRule(
        "reconsideration.correction",
        working(10),
        law(_RECONSIDERATION, "31"),
        Text("复议申请补正", "correction by the applicant"),
        Text("收到补正通知", "Receipt of the notice"),
        tag="V",
    ),
    # The approver is from memory [M].
    TermRule(
        "reconsideration.decision",
        calendar(60),
        law(_RECONSIDERATION, "62"),
        Text("复议决定", "decision on reconsideration"),
        ACCEPTED,
        extension=longer(calendar(30), "reconsideration-head", law(_RECONSIDERATION, "62")),
        consequence=Consequence.MAY_SUE,
        tag="V",
    ),
    TermRule(
        "reconsideration.simple-decision",
        calendar(30),
        law(_RECONSIDERATION, "62"),
        Text("简易程序复议决定", "decision under simple procedure"),
        ACCEPTED,
        consequence=Consequence.MAY_SUE,
        tag="V",
    ),
    TermRule(
        "litigation.after-silence",
        calendar(15),
        law(_RECONSIDERATION, "34"),
        Text("不受理或逾期不答复后起诉", "suing after refusal or silence"),
        Text("收到决定或复议期满", "Receipt of the decision or end of the term"),
        consequence=Consequence.LAPSE,
        tag="V",
    ),
)
