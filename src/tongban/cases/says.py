"""What an act says, checked field by field: every mistake at once, each naming its field in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, cast

import msgspec

from tongban.base.errors import Problem, Refused
from tongban.base.i18n import LANGS, Text, words
from tongban.cases.definition import Definition
from tongban.cases.model import START, Attachment, By
from tongban.catalog import compile_service, parse_fact
from tongban.catalog.model import Service
from tongban.catalog.procedure import Act, Field
from tongban.catalog.run import Run
from tongban.catalog.wording import day_words
from tongban.sharing import Shared
from tongban.terms import Span, Unit

_MAX_ITEMS = 50
_MAX_FILES = 20
_DATE = re.compile(r"(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})\D?", re.ASCII)
_ARTICLE = re.compile(r"第.{1,12}条|art(\.|icle)\s*\d", re.IGNORECASE)

FILES_ACCEPTED: dict[str, tuple[str, ...]] = {
    "pdf": ("application/pdf",),
    "image": ("image/jpeg", "image/png", "image/webp"),
    "word": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",),
    "ofd": ("application/ofd",),
}
"""Media types of the words that `Material.accepts` uses."""

NOTHING_READ: Mapping[str, Any] = {}

_OPENING = {
    "facts": Field(type="facts", name=Text("填写的内容", "Answers"), required=False),  # the records may answer all
    "documents": Field(type="documents", name=Text("材料", "Documents"), required=False),
}
"""Whoever opens a case says these two, whatever the procedure file adds."""


class Said(msgspec.Struct):
    """What an act says, sorted by what it changes. `problems` is empty when all of it can be used."""

    payload: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    documents: dict[str, tuple[Attachment, ...]] = {}
    asks: tuple[str, ...] = ()
    named: dict[str, By] = {}
    problems: list[Problem] = []

    def wrong(self, code: str, place: str, zh: str, en: str, *, law: str = "") -> None:
        self.problems.append(Problem(code, Text(zh, en), place, law))


@dataclass
class Given:
    """What is said of the facts when a case is opened, read once for everything that asks of it.

    `read` holds answers that were read already, for a form that reads them in the same way (`Composed.read_of`).
    """

    service: Service
    day: date
    raw: Any
    records: Mapping[str, Shared]
    read: Mapping[str, Any]

    @cached_property
    def said(self) -> tuple[dict[str, Any], list[Problem]]:
        """Answers as they are stored, and what is wrong with those that cannot be."""
        return said_facts(self.service, self.raw, self.day, self.read)

    @cached_property
    def known(self) -> dict[str, Any]:
        """What is known of each fact, as far as it can be read; what was said stands before what a record says."""
        return {name: record.value for name, record in self.records.items()} | self.said[0]

    @cached_property
    def run(self) -> Run:
        """The service run on what is known. Raises Refused if it does not compile."""
        facts = {name: value for name, value in self.known.items() if name in self.service.facts}
        return Run(compile_service(self.service), facts, self.day)

    def under(self, service: Service) -> Given:
        """The same under another text of the service."""
        return self if service is self.service else Given(service, self.day, self.raw, self.records, self.read)

    def is_of(self, service: Service, raw: object, day: date) -> bool:
        """Whether these are the answers `raw` to the questions of `service`, read on that day."""
        return raw is self.raw and service is self.service and day == self.day


def fields_of(act: Act) -> Mapping[str, Field]:
    """Every field an act may say."""
    return {**_OPENING, **act.says} if START in act.from_ else act.says


def read(definition: Definition, name: str, says: Mapping[str, Any], today: date, given: Given | None = None) -> Said:
    """Check `says` against the act's fields. A value that is missing, too long, of another kind or unknown is named.

    `given` are its answers, where they have been read already.
    """
    said, act = Said(), definition.procedure.acts[name]
    fields = fields_of(act)
    for unknown in sorted(says.keys() - fields.keys()):
        said.wrong(
            "unknown-field",
            unknown,
            f"“{act.name.zh}”没有“{unknown}”这一项，请去掉；可以填：{'、'.join(fields) or '无'}",
            f"“{act.name.en}” has no field “{unknown}”; leave it out. It takes: {', '.join(fields) or 'nothing'}",
        )
    for field_name, spec in fields.items():
        raw = says.get(field_name)
        if _blank(raw):
            if spec.required:
                said.wrong("field-missing", field_name, f"请填写“{spec.name.zh}”", f"Please fill in “{spec.name.en}”")
            continue
        _READERS[spec.type](_Reading(definition, name, field_name, spec, today, said, given), raw)
    return said


def _blank(raw: Any) -> bool:
    return raw is None or (isinstance(raw, str) and not raw.strip()) or (isinstance(raw, list | dict) and not raw)


class _Reading(msgspec.Struct, frozen=True):
    """One field being read."""

    definition: Definition
    act: str
    name: str
    spec: Field
    today: date
    said: Said
    given: Given | None

    def wrong(self, code: str, zh: str, en: str, *, place: str = "") -> None:
        self.said.wrong(code, place or self.name, f"{self.spec.name.zh}：{zh}", f"{self.spec.name.en}: {en}")

    def put(self, value: Any) -> None:
        self.said.payload[self.name] = value


def _text(reading: _Reading, raw: Any) -> None:
    if not isinstance(raw, str):
        return reading.wrong("field-not-text", "请填文字", "please give text")
    clean = raw.strip()
    if len(clean) > reading.spec.max_length:
        most = reading.spec.max_length
        return reading.wrong(
            "field-too-long", f"最多{most}个字，现在是{len(clean)}个", f"at most {most} characters, now {len(clean)}"
        )
    return reading.put(clean)


def _date(reading: _Reading, raw: Any) -> None:
    text = "-".join(str(part) for part in cast("list[object]", raw)) if isinstance(raw, list) else str(raw).strip()
    match = _DATE.fullmatch(text)
    try:
        day = date(*map(int, match.groups())) if match else None
    except ValueError:
        day = None
    if day is None:
        return reading.wrong("field-not-a-date", "请填日期，例如 2026-12-8", "please give a date such as 2026-12-8")
    if reading.spec.ahead and day < (first := _earliest(reading)):
        words_of = day_words(first)
        return reading.wrong("date-too-soon", f"最早是{words_of.zh}", f"{words_of.en} at the earliest")
    return reading.put(day.isoformat())


def _earliest(reading: _Reading) -> date:
    """The first day that is far enough ahead, in the calendar of the law."""
    span, calendar, today = Span.parse(reading.spec.ahead), reading.definition.calendar, reading.today.toordinal()
    if span.unit is Unit.WORKING_DAY:
        return date.fromordinal(calendar.select(calendar.count(today) + span.amount))
    return date.fromordinal(today + span.amount)


def _official(reading: _Reading, raw: Any) -> None:
    """Somebody in a post, looked up by whoever calls: a name that was typed names nobody."""
    if not isinstance(raw, By):
        return reading.wrong("field-not-an-official", "请从名单里选一个人", "please choose somebody from the list")
    reading.said.named[reading.name] = raw
    return reading.put(raw.name)


def _integer(reading: _Reading, raw: Any) -> None:
    text = str(raw).strip()
    if isinstance(raw, bool) or not re.fullmatch(r"-?\d{1,15}", text, re.ASCII):
        return reading.wrong("field-not-a-number", "请填整数", "please give a whole number")
    return reading.put(int(text))


def _choice(reading: _Reading, raw: Any) -> None:
    allowed = dict(reading.spec.choices)
    if not isinstance(raw, str) or raw not in allowed:
        return reading.wrong(
            "field-not-a-choice",
            f"请从这些里选：{'、'.join(name.zh for name in allowed.values())}",
            f"please choose one of: {', '.join(allowed)}",
        )
    return reading.put(raw)


def _items(reading: _Reading, raw: Any) -> None:
    items = _strings(raw)
    service = reading.definition.service
    known = service.materials.keys() | {name for name, fact in service.facts.items() if not fact.derive}
    if items is None or len(items) > _MAX_ITEMS:
        return reading.wrong(
            "field-not-a-list", f"请列出材料或事项，最多{_MAX_ITEMS}项", f"please give a list of at most {_MAX_ITEMS}"
        )
    for item in items:
        if item not in known:
            reading.wrong(
                "item-unknown",
                f"“{item}”不是本事项的材料或填写项；不得要求与事项无关的材料（行政许可法第31条）",
                f"“{item}” is neither a material nor a question of this service; nothing else may be asked for",
            )
    if reading.spec.only == "later":
        _may_follow(reading, items)
    reading.said.asks = tuple(dict.fromkeys(items))
    return reading.put(list(reading.said.asks))


def _may_follow(reading: _Reading, items: list[str]) -> None:
    """容缺: only what the service file says may follow; everything else is needed to be accepted (浙江 11)."""
    for item in items:
        material = reading.definition.service.materials.get(item)
        if material is None or material.need != "later":
            name = reading.definition.label(item)
            reading.wrong(
                "item-may-not-follow",
                f"“{name.zh}”不在可以后补的材料里",
                f"“{name.en}” is not among the papers that may follow",
            )


def _law(reading: _Reading, raw: Any) -> None:
    articles = _strings(raw)
    if articles is None or len(articles) > _MAX_ITEMS:
        return reading.wrong("field-not-a-list", "请写明条款", "please name the articles")
    for article in articles:
        if article not in reading.definition.laws and not _ARTICLE.search(article):
            reading.wrong(
                "law-without-article",
                f"“{article}”没有写明第几条；请引用到条，例如《行政许可法》第38条",
                f"“{article}” names no article; cite the article, such as Administrative Licensing Law art. 38",
            )
        if len(article) > reading.spec.max_length:
            reading.wrong("field-too-long", "条款太长", "the citation is too long")
    return reading.put(articles)


def _facts(reading: _Reading, raw: Any) -> None:
    if not isinstance(raw, Mapping):
        return reading.wrong("field-not-facts", "请按“名称：内容”填写", "please give names with their values")
    service, given, answers = reading.definition.service, reading.given, cast("Mapping[str, Any]", raw)
    known = given is not None and given.is_of(service, answers, reading.today)
    facts, problems = given.said if given and known else said_facts(service, answers, reading.today)
    reading.said.facts.update(facts)
    reading.said.problems.extend(problems)
    return None


def said_facts(
    service: Service, raw: Any, today: date, read: Mapping[str, Any] = NOTHING_READ
) -> tuple[dict[str, Any], list[Problem]]:
    """Answers as they are stored, and what is wrong with those that cannot be. `read` has those read already."""
    facts: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, value in cast("Mapping[str, Any]", raw).items() if isinstance(raw, Mapping) else ():
        if name in read:
            facts[name] = read[name]
            continue
        fact = service.facts.get(name)
        if fact is None or fact.derive:
            words_of = Text(f"本事项没有“{name}”这一问", f"This service has no question “{name}”")
            problems.append(Problem("fact-unknown", words_of, str(name)))
            continue
        try:
            facts[name] = msgspec.to_builtins(parse_fact(fact, value, field=name, today=today))
        except Refused as error:
            problems.extend(error.problems)
    return facts, problems


def _documents(reading: _Reading, raw: Any) -> None:
    """Files of materials; or a plain list of papers of the act's own (a report, a signed record), filed under it."""
    if _attachments(raw):
        reading.said.documents[reading.act] = tuple(raw)
        return None
    if not isinstance(raw, Mapping):
        return reading.wrong("field-not-files", "请说明每份材料的文件", "please give the files of each material")
    for name, files in cast("Mapping[str, Any]", raw).items():
        material = reading.definition.service.materials.get(name)
        if material is None:
            reading.wrong(
                "material-unknown", f"本事项没有“{name}”这份材料", f"this service has no material “{name}”", place=name
            )
            continue
        if not _attachments(files):
            reading.wrong(
                "field-not-files",
                f"每份材料1到{_MAX_FILES}个文件，请先上传",
                f"1 to {_MAX_FILES} files for each material; upload them first",
                place=name,
            )
            continue
        accepted = [media for word in material.accepts for media in FILES_ACCEPTED[word]]
        for file in files:
            if file.type not in accepted:
                kinds = "、".join(material.accepts)
                names = [words(material.name, lang) for lang in LANGS]
                reading.wrong(
                    "file-kind-not-accepted",
                    f"“{names[0]}”只收{kinds}文件，“{file.name}”不是",
                    f"“{names[1]}” takes {', '.join(material.accepts)}; “{file.name}” is something else",
                    place=name,
                )
        reading.said.documents[name] = tuple(files)
    return None


def _attachments(files: Any) -> bool:
    return (
        isinstance(files, list | tuple)
        and 1 <= len(cast("list[Any]", files)) <= _MAX_FILES
        and all(isinstance(file, Attachment) for file in cast("list[Any]", files))
    )


def _strings(raw: Any) -> list[str] | None:
    values = [raw] if isinstance(raw, str) else raw
    if not isinstance(values, list | tuple):
        return None
    found = [value.strip() for value in cast("list[Any]", values) if isinstance(value, str) and value.strip()]
    return found if len(found) == len(cast("list[Any]", values)) else None


_READERS: dict[str, Callable[[_Reading, Any], None]] = {
    "text": _text,
    "long-text": _text,
    "date": _date,
    "integer": _integer,
    "items": _items,
    "choice": _choice,
    "law": _law,
    "documents": _documents,
    "facts": _facts,
    "official": _official,
    "body": _text,  # whether it can be handed to is asked of the hand-overs that are possible
}
