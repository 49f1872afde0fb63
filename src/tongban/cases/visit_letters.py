"""What people are told of a visit that several cases share: one letter to each person, whatever the number of cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from tongban.base.i18n import LANGS, Text, words
from tongban.cases.loaded import Case
from tongban.cases.model import Letter
from tongban.cases.own import Own
from tongban.catalog.wording import day_words, joined

LAW = "浙江省保障“最多跑一次”改革规定 18、36"

_TITLES = {
    Own.VISIT_SET: Text("现场约好了，几件事一次看完", "One visit for several matters"),
    Own.VISIT_OFF: Text("现场改期，先不用等", "The visit is put off"),
    Own.VISITED: Text("现场已登记", "The visit is registered"),
}
_BODIES = {
    Own.VISIT_SET: Text(
        "{name}：{cases}要到现场看。这个地址要看的不止一件，合在一起只来一次：{day}，{place}，{bodies}一起来。"
        "请有人在场；来的人至少两位，会出示证件，不收费。",
        "{name}: {cases} is looked at on the spot. More than one matter is to be looked at there, so they come once:"
        " {day}, {place}, {bodies} together. Please have somebody there; at least two officials come and show who they"
        " are, and it is free.",
    ),
    Own.VISIT_OFF: Text(
        "{name}：{cases}原定{day}的现场不来了。原因：{reasons} 另约日子再告诉您，办理期限不变。",
        "{name}: the visit of {day} for {cases} does not take place. Why: {reasons} You will be told another day; the"
        " terms stay as they are.",
    ),
    Own.VISITED: Text(
        "{name}：{day}到现场看了一次，登记号{visit}，到场人员：{inspectors}。看了：{seen} "
        "{cases}的结论，由各机关分别告诉您。",
        "{name}: on {day} there was one visit, registered as {visit}; present: {inspectors}. Looked at: {seen} What"
        " follows for {cases} each body tells you.",
    ),
}


def letter(kind: Own, cases: Sequence[Case], bodies: Text, payload: Mapping[str, Any]) -> Letter:
    """The letter to the applicant of these cases, who is the same in all of them."""
    applicant = cases[0].state.case.applicant
    said = {name: Text(str(value), str(value)) for name, value in payload.items()}
    values = said | {
        "name": Text(applicant.name, applicant.name),
        "cases": joined([_named(case) for case in cases]),
        "day": day_words(date.fromisoformat(payload["day"])),
        "bodies": bodies,
    }
    return Letter(applicant.id, _TITLES[kind], _BODIES[kind].format(**values), kind.value)


def _named(case: Case) -> Text:
    zh, en = (words(case.definition.service.name, lang) for lang in LANGS)
    number = case.state.case.case
    return Text(f"“{zh}”（办件号{number}）", f"“{en}” (number {number})")
