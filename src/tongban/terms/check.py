"""May this entry be written? The law's limits on pausing and extending, asked before anything is recorded."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import assert_never

from tongban.terms.calendars import Calendar
from tongban.terms.counting import count
from tongban.terms.ledger import Ended, Entry, Extended, HandedOver, Ledger, Paused, Resumed, Run, Started, fold
from tongban.terms.rules import Direction, Extension, TermRule
from tongban.terms.spans import TermError, say


def check_entry(rule: TermRule, ledger: Ledger, entry: Entry, calendar: Calendar, zone: tzinfo) -> None:
    """Return if ``entry`` may follow ``ledger`` under ``rule``; otherwise raise TermError.

    Codes: those of :func:`tongban.terms.ledger.fold`, and ``origin-missing``, ``pause-ground``,
    ``pause-notice``, ``pause-law``, ``expired``, ``no-extension``, ``extension-approver``,
    ``extension-again``, ``extension-unit``, ``extension-too-long``, ``extension-reason``, ``holder-missing``.
    """
    fold((*ledger, entry))
    match entry:
        case Started():
            if rule.direction is Direction.BACKWARD and entry.origin is None:
                raise TermError(
                    "origin-missing",
                    f"{rule.name}是倒算期限，请写明从哪一天往前算",
                    f"{rule.name} counts back; state the day it counts back from",
                )
        case Paused():
            _check_pause(rule, entry)
            _check_not_expired(rule, ledger, entry.at, calendar, zone)
        case Extended():
            _check_extension(rule, ledger, entry)
            _check_not_expired(rule, ledger, entry.at, calendar, zone)
        case HandedOver():
            if not entry.holder:
                raise TermError("holder-missing", "请写明移交给谁", "Say to whom the case is handed over")
        case Resumed() | Ended():
            pass
        case _:
            assert_never(entry)


def _check_pause(rule: TermRule, entry: Paused) -> None:
    if entry.ground not in rule.pauses:
        lawful = "、".join(rule.pauses) or "无"
        raise TermError(
            "pause-ground",
            f"{rule.name}不能因“{entry.ground}”暂停；可以暂停的事由：{lawful}",
            f"{rule.name} may not pause on “{entry.ground}”; lawful grounds: {', '.join(rule.pauses) or 'none'}",
        )
    if not entry.notice:
        raise TermError(
            "pause-notice",
            "暂停计时须书面告知申请人，请写明告知书编号",
            "The person must be told in writing of a pause; give the notice's number",
        )
    lawful_text = rule.pauses[entry.ground]
    if entry.law and say(entry.law, "zh") != say(lawful_text, "zh"):
        raise TermError(
            "pause-law",
            f"“{entry.ground}”的依据应为{say(lawful_text, 'zh')}",
            f"The ground “{entry.ground}” rests on {say(lawful_text, 'en')}",
        )


def _check_extension(rule: TermRule, ledger: Ledger, entry: Extended) -> None:
    lawful = rule.extension
    if lawful is None:
        raise TermError("no-extension", f"{rule.name}依法不得延长", f"The law gives no extension of {rule.name}")
    if entry.approver != lawful.approver:
        who_zh, who_en = say(lawful.title, "zh") or lawful.approver, say(lawful.title, "en") or lawful.approver
        raise TermError(
            "extension-approver",
            f"延长须经{who_zh}批准（{lawful.approver}），不能由{entry.approver}批准",
            f"Only {who_en} ({lawful.approver}) may extend, not {entry.approver}",
        )
    granted = sum(isinstance(e, Extended) for e in ledger)
    if granted >= lawful.times:
        raise TermError(
            "extension-again",
            f"已延长{granted}次，依法最多延长{lawful.times}次",
            f"Already extended {granted} time(s); the law allows {lawful.times}",
        )
    _check_length(lawful, entry)
    if not entry.reason:
        raise TermError("extension-reason", "延长期限须告知申请人理由，请填写", "State the reason the person is told")


def _check_length(lawful: Extension, entry: Extended) -> None:
    unit, amount = entry.span.measure()
    lawful_unit, most = lawful.span.measure()
    if unit is not lawful_unit:
        raise TermError(
            "extension-unit",
            f"延长期限须以{lawful.span.text('zh')}的单位计算",
            f"The extension must be in the unit of {lawful.span.text('en')}",
        )
    if amount > most:
        raise TermError(
            "extension-too-long",
            f"最多延长{lawful.span.text('zh')}，不能延长{entry.span.text('zh')}",
            f"At most {lawful.span.text('en')} of extension, not {entry.span.text('en')}",
        )


def _check_not_expired(rule: TermRule, ledger: Ledger, at: datetime, calendar: Calendar, zone: tzinfo) -> None:
    run: Run | None = fold(ledger)
    due = None if run is None else count(rule, run, calendar, zone).due
    if due is not None and at.replace(microsecond=0) > due:
        raise TermError(
            "expired",
            f"期限已于{due:%Y-%m-%d %H:%M}届满，届满后不能再暂停或延长",
            f"The term ran out at {due:%Y-%m-%d %H:%M}; it can no longer be paused or extended",
        )
