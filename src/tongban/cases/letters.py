"""The words of a notice: a procedure's text with the case's names, dates, reasons and remedies put in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, cast

import msgspec

from tongban.base.i18n import LANGS, Lang, Text, words
from tongban.cases import joint
from tongban.cases.clocks import Running
from tongban.cases.definition import Definition
from tongban.cases.model import CaseState, Letter
from tongban.catalog.procedure import Act, Notice
from tongban.catalog.wording import day_words, joined
from tongban.terms import Span, add_months, statute

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_SUIT = Span.parse("6 months")
"""起诉期限六个月: 行政诉讼法 46 [M], from memory; see notes on reconsideration for what was read."""

_NOTHING = Text("", "")
_UNDECIDED = Text(
    "原来那件还没有作出决定；决定书会写明不服时向谁、在哪天前申请复议或者起诉。",
    "The other case has not been decided; its decision will say where and by when to seek reconsideration or sue.",
)
"""What there is to say of remedies where a case is about another that is still open."""
_UNDATED = Text("恢复计时后另行告知的日期", "a date you will be told when the clock resumes")


BY_RULES = Text(
    "这个结果是系统按规则当场办成的，没有经过人；您可以在办件页请人看一看。",
    "The rules reached this outcome and no person looked at it; on the page of your case you can ask for a human look.",
)
"""What a letter says of an outcome that the rules reached alone (PIPL 24)."""


def write(
    definition: Definition,
    act: Act,
    state: CaseState,
    payload: Mapping[str, Any],
    due: Running | None,
    at: datetime,
    remark: Text = _NOTHING,
    by: str = "",
) -> Letter | None:
    """The letter of an act that sends one; `state` is the state after it, `due` the term that now matters.

    `remark` is added if the letter tells of an outcome; `by` is the name of who acted.
    """
    if act.notice is None:
        return None
    notice = definition.procedure.notices[act.notice]
    values = {**_values(definition, act, state, payload, due, at, notice), "official": Text(by, by)}
    body = _fill(notice.body, values)
    if act.decides or act.issues or definition.ended(state):
        body = and_then(and_then(body, remark), BY_RULES if _by_rules(definition, state) else _NOTHING)
    return Letter(state.case.applicant.id, _fill(notice.title, values), body, act.notice)


def done_for(letter: Letter | None, state: CaseState, act: Text, by: str, service: Text, *, official: bool) -> Letter:
    """What the applicant is told of an act that somebody else did for them: in its letter, or in one of its own."""
    who = Text(by, by)
    how = _BY_OFFICIAL if official else _BY_AGENT
    if letter is not None:
        return msgspec.structs.replace(letter, body=and_then(letter.body, how.format(by=who)))
    body = _STEP.format(by=who, act=act, service=service, case=state.case.case)
    return Letter(state.case.applicant.id, _STEP_TITLE, and_then(body, _END_IT), DONE_FOR)


DONE_FOR = "done-for"
"""Name of the letter that tells of an act done for somebody, where the act sends none itself."""
_BY_AGENT = Text(
    "这一步是{by}替您办的；不想让他再办，到“我的—别人替我办的”里结束授权。",
    "{by} did this for you; to end the mandate go to Me, Acting for me.",
)
_BY_OFFICIAL = Text("这一步是窗口工作人员{by}替您录入的。", "{by}, an official at the counter, entered this for you.")
_STEP_TITLE = Text("有人替您办了一步", "Somebody acted for you")
_STEP = Text("{by}替您办理“{service}”（{case}）：{act}。", "{by} acted for you in {service} ({case}): {act}.")
_END_IT = Text(
    "不是您的意思，请到“我的—别人替我办的”里马上结束授权。", "If you do not want this, end it under Me, Acting for me."
)


def signed(letter: Letter, signature: Text) -> Letter:
    """The letter with who exercised the power, and in whose name (行政许可法 24)."""
    return msgspec.structs.replace(letter, body=and_then(letter.body, signature))


def _by_rules(definition: Definition, state: CaseState) -> bool:
    """Whether the decision that stands was made by the rules."""
    acts = definition.procedure.acts
    deciding = [done for done in state.acts if done.type in acts and acts[done.type].decides]
    return bool(deciding) and deciding[-1].by.kind == "rules"


def and_then(text: Text, more: Text) -> Text:
    """One text after another."""
    if not text.zh or not more.zh:
        return more if more.zh else text
    return Text(f"{text.zh}{more.zh}", f"{text.en} {more.en}")


def _values(
    definition: Definition,
    act: Act,
    state: CaseState,
    payload: Mapping[str, Any],
    due: Running | None,
    at: datetime,
    notice: Notice,
) -> dict[str, Text]:
    case = state.case
    service = definition.service.name
    said = {name: said_words(definition, act, name, value) for name, value in payload.items()}
    return {
        **_said_before(definition, state),
        **said,
        "service": Text(*(words(service, lang) for lang in LANGS)),
        "case": Text(case.number, case.number),
        "name": Text(case.applicant.name, case.applicant.name),
        "body": state.office.name,
        "due": _due(definition, due),
        "remedies": remedies(definition, state, at) if notice.remedies else Text("", ""),
        "link": Text(f"/cases/{case.case}", f"/cases/{case.case}"),
        "parts": _parts(state),
        "bodies": joint.bodies(state),
        "inspectors": joint.who_comes(state),
        "findings": joint.findings(definition.procedure, state),
    }


def _said_before(definition: Definition, state: CaseState) -> dict[str, Text]:
    """The day, the place, the matter and the certificate that an earlier act named, as the last one that did has it."""
    acts, found = definition.procedure.acts, dict[str, Text]()
    for done in state.acts:
        if name := done.payload.get("certificate_name"):
            found["certificate"] = Text(str(name), str(done.payload.get("certificate_name_en") or name))
        for name in ("day", "place", "matter"):
            if name in done.payload and done.type in acts:
                found[name] = said_words(definition, acts[done.type], name, done.payload[name])
    return found


def _parts(state: CaseState) -> Text:
    """Each part of a whole: how it went, or by when it is promised; of those to come only that they follow."""
    told: list[Text] = []
    for part in state.parts:
        body = part.office.name if part.office else _NOTHING
        if part.ended:
            how = part.outcome
        elif part.due:
            day = day_words(part.due)
            how = Text(f"{body.zh}，最晚{day.zh}", f"{body.en}, by {day.en}")
        else:
            how = body
        told.append(Text(f"{part.title.zh}（{how.zh}）", f"{part.title.en} ({how.en})"))
    later = len(set(state.case.parts) - {part.name for part in state.parts})
    if later:
        told.append(Text(f"另有{later}项等前面的办好再开始", f"{later} more begin when what they need is there"))
    return joined(told)


def said_words(definition: Definition, act: Act, name: str, value: Any) -> Text:
    """What was said under one field of an act, as people read it."""
    spec = act.says.get(name)
    match spec.type if spec else "text", value:
        case "items", list():
            return joined([definition.label(str(item)) for item in cast("list[object]", value)])
        case "law", list():
            return joined([definition.cite(str(article)) for article in cast("list[object]", value)])
        case "choice", str() if spec:
            return dict(spec.choices)[value]
        case "date", str():
            return day_words(date.fromisoformat(value))
        case _:
            return Text(str(value), str(value))


def _due(definition: Definition, due: Running | None) -> Text:
    moment = due.binding.due if due else None
    return day_words(definition.local(moment)) if moment else _UNDATED


class OpenRemedies(NamedTuple):
    """Where a decision can be contested, and the last day of each way."""

    reconsideration_at: Text
    reconsideration_by: date
    days: int
    sue_at: Text
    sue_by: date


def open_remedies(definition: Definition, state: CaseState, at: datetime) -> OpenRemedies | None:
    """Reconsideration within 60 calendar days (行政复议法 20), also online where the decision came online (22); a suit
    within six months (行政诉讼法 46 [M]). None where the case is about another that is not decided yet."""
    day, office, about = definition.local(at), state.office, state.case.about
    if about and about.decided_on is None:
        return None
    if about and about.decided_on:  # the time runs from the decision itself, not from the answer about it
        day = about.decided_on
    days = statute("reconsideration.application").span.amount
    return OpenRemedies(
        office.reconsideration, day + timedelta(days=days), days, office.court, add_months(day, _SUIT.amount)
    )


def remedies(definition: Definition, state: CaseState, at: datetime) -> Text:
    """救济途径 with its dates, in words."""
    found = open_remedies(definition, state, at)
    if found is None:
        return _UNDECIDED
    sixty, half_year = day_words(found.reconsideration_by), day_words(found.sue_by)
    above, court, contact = found.reconsideration_at, found.sue_at, state.office.contact
    contact = Text(f"（{contact.zh}）", f" ({contact.en})") if contact.zh else contact
    return Text(
        f"不服本决定的，可以自知道之日起{found.days}日内（最晚{sixty.zh}）"
        f"向{above.zh}{contact.zh}申请行政复议，"
        f"也可以在线提交复议申请；或者在六个月内（最晚{half_year.zh}）向{court.zh}提起行政诉讼。",
        f"If you disagree, you may apply to {above.en}{contact.en} for reconsideration within "
        f"{found.days} days of learning of this (by {sixty.en}), also online, or sue before "
        f"{court.en} within six months (by {half_year.en}).",
    )


def _fill(text: Text, values: Mapping[str, Text]) -> Text:
    def one(lang: Lang) -> str:
        return _PLACEHOLDER.sub(lambda m: values[m[1]][lang] if m[1] in values else "", text[lang]).strip()

    return Text(one("zh"), one("en"))
