"""What a person is told, fact by fact: every word from the catalogue, with the item's version and the article.

Nothing here is written by a model or made up from the question. A fact carries the place in the file that it stands
at, so that anybody can look; `traced` does look, and a test holds every answer to it.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal, cast

import msgspec

from tongban.assist.guide.engine import Item
from tongban.assist.guide.model import Ask, Decision, Found
from tongban.base.i18n import Lang, Text, words
from tongban.catalog.acts import cite
from tongban.catalog.model import Material, Service, Situation, Words
from tongban.catalog.where import ANY_DOOR, who_answers

ID_LENGTH = 12
"""Sixty bits: short enough to be read out, long enough that no two answers meet."""

Kind = Literal["name", "summary", "situation", "condition", "bring", "spared", "where", "how", "when", "fee", "result"]
_MODES: dict[str, Text] = {
    "online": Text("网上办", "online"),
    "counter": Text("到窗口办", "at a counter"),
    "proxy-intake": Text("异地窗口代收", "at a counter elsewhere that takes it in"),
    "joint": Text("几个地方联办", "several places together"),
}


class Fact(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One thing that is said.

    text    as shown; `note` beside it
    source  `item:SERVICE@VERSION`, or `listed:ID`
    path    where in the file it stands, as `materials.lease.name`
    law     id of the article in the file; `cited` is how it is written
    """

    kind: Kind
    text: Text
    note: Text | None = None
    source: str
    path: str
    law: str = ""
    cited: Text | None = None


class Named(msgspec.Struct, frozen=True, omit_defaults=True):
    """An item as it was named in an answer."""

    key: str
    name: Text
    department: str = ""
    version: str = ""
    link: str = ""


class Due(msgspec.Struct, frozen=True):
    """When a clock of the service would run out if one applied on the day: worked out by the clock that will run."""

    term: str
    name: Text
    says: Text


class Answer(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What was said to a question on a day, whole: the same content has the same id, whoever asks.

    question  with everything personal masked
    use       version of the use file under which it was said
    """

    question: str
    lang: Lang
    on: date
    decision: Decision
    use: str
    items: tuple[Named, ...]
    facts: tuple[Fact, ...] = ()
    situation: str = ""
    ask: Ask | None = None
    handover: Text | None = None

    @property
    def id(self) -> str:
        """The first bits of the content's hash: what was said cannot be changed without another address."""
        digest = hashlib.sha256(msgspec.json.encode(self)).digest()
        return base64.b32encode(digest).decode().lower()[:ID_LENGTH]


def answer(
    found: Found,
    question: str,
    lang: Lang,
    on: date,
    use: str,
    service: Service | None,
    dues: Sequence[Due] = (),
) -> Answer:
    """The answer as it is shown and kept. `service` is the first item's file; `question` is masked already."""
    said: tuple[Fact, ...] = ()
    if found.decision == "answer":
        said = tuple(facts(service, found.situation, dues)) if service else tuple(listed_facts(found.items[0].item))
    shown = found.items if found.decision != "refuse" else ()
    return Answer(
        question=question,
        lang=lang,
        on=on,
        decision=found.decision,
        use=use,
        items=tuple(named(one.item) for one in shown),
        facts=said,
        situation=found.situation,
        ask=found.ask,
        handover=found.handover if found.decision != "answer" else None,
    )


def named(item: Item) -> Named:
    return Named(item.key, item.title, item.department, item.version, item.link)


def facts(service: Service, situation: str = "", dues: Sequence[Due] = ()) -> Iterator[Fact]:
    """Everything a person needs to know before starting, for one situation where it is known."""
    says = _Says(service)
    yield says("name", service.name, "name")
    yield says("summary", service.summary, "summary")
    chosen = next((one for one in service.situations if one.id == situation), None)
    if chosen is not None:
        at = service.situations.index(chosen)
        yield says("situation", chosen.name, f"situations.{at}.name", chosen.law, chosen.note)
    for at, condition in enumerate(service.conditions):
        yield says("condition", condition, f"conditions.{at}")
    yield from _materials(says, service, chosen)
    yield _where(says, service)
    modes = [_MODES[mode] for mode in service.reach.modes]
    told = Text("、".join(mode.zh for mode in modes), ", ".join(mode.en for mode in modes))
    yield says("how", told, "reach.modes", note=_visits(service.visits.max))
    for due in dues:
        if due.term in service.terms:
            yield says("when", due.name, f"terms.{due.term}", service.terms[due.term].law, due.says)
    yield says("fee", _fee(service), "fee.charged", service.fee.law, service.fee.standard or service.fee.note)
    yield says("result", service.result.name, "result.name")


def _where(says: "_Says", service: Service) -> Fact:
    """The body, at the place that the rule of competence names where there is one."""
    note = service.authority.note
    if not service.competence:
        return says("where", service.authority.name, "authority.name", note=note)
    told = Text(f"{_both(note).zh}。{ANY_DOOR.zh}", f"{_both(note).en}. {ANY_DOOR.en}") if note else ANY_DOOR
    return says("where", who_answers(service), "competence.0.by", service.competence[0].law, told)


def listed_facts(item: Item) -> Iterator[Fact]:
    """All that is known of an item that has no file yet: its name, and whose it is."""
    source = f"listed:{item.key}"
    yield Fact(kind="name", text=item.title, source=source, path="name")
    yield Fact(kind="where", text=Text(item.department, item.department), source=source, path="department")


def _materials(says: "_Says", service: Service, chosen: Situation | None) -> Iterator[Fact]:
    others = {one.when for one in service.situations if chosen is not None and one.id != chosen.id}
    by_condition = {one.when: one.name for one in service.situations}
    for slug, material in service.materials.items():
        path = f"materials.{slug}.name"
        if material.replaced_by is not None and material.origin == "government":
            yield says("spared", material.name, path, material.law, _from(material))
        elif not (material.when and material.when in others):
            case = "" if chosen is not None and material.when == chosen.when else by_condition.get(material.when, "")
            yield says("bring", material.name, path, material.law, _bring_note(material, case))
    for name, fact in service.facts.items():
        if fact.source is not None:
            yield says("spared", fact.name, f"facts.{name}.name", fact.law, _from_record(fact.source.name))


def _bring_note(material: Material, case: Words) -> Text | None:
    parts: list[Text] = []
    if case:
        parts.append(Text(f"（{words(case, 'zh')}才要）", f"(only: {words(case, 'en')})"))
    if material.need == "optional":
        parts.append(Text("可以不交。", "Optional."))
    if material.need == "later":
        parts.append(Text("可以后补。", "Can follow later."))
    if material.replaced_by is not None:
        record = material.replaced_by.name
        zh = f"先到{words(record, 'zh')}查，查到了就不用交。"
        parts.append(Text(zh, f"Looked up first ({words(record, 'en')}); if it is there you need not bring it."))
    if material.hint:
        parts.append(Text(words(material.hint, "zh"), words(material.hint, "en")))
    return Text("".join(p.zh for p in parts), " ".join(p.en for p in parts)) if parts else None


def _from(material: Material) -> Text | None:
    return _from_record(material.replaced_by.name) if material.replaced_by else None


def _from_record(record: Words) -> Text:
    return Text(f"来自{words(record, 'zh')}", f"from: {words(record, 'en')}")


def _visits(most: int) -> Text:
    if most == 0:
        return Text("一次都不用跑", "no visit needed")
    return Text(f"最多跑{most}次", f"at most {most} visit{'s' if most > 1 else ''}")


def _fee(service: Service) -> Text:
    return Text("收费", "There is a fee") if service.fee.charged else Text("不收费", "Free of charge")


class _Says:
    """Makes facts of one version of one service."""

    def __init__(self, service: Service) -> None:
        self._source = f"item:{service.service}@{service.version}"
        self._laws = {law.id: law for law in service.law}

    def __call__(self, kind: Kind, text: Words, path: str, law: str = "", note: Words | None = None) -> Fact:
        cited = self._laws.get(law)
        return Fact(
            kind=kind,
            text=_both(text),
            note=_both(note) if note else None,
            source=self._source,
            path=path,
            law=law if cited else "",
            cited=cite(cited) if cited else None,
        )


def _both(text: Words) -> Text:
    return Text(words(text, "zh"), words(text, "en"))


def traced(fact: Fact, service: Service) -> bool:
    """Whether a fact stands in this version of this service, word for word, with an article of its file."""
    if fact.source != f"item:{service.service}@{service.version}":
        return False
    if fact.law and fact.law not in {law.id for law in service.law}:
        return False
    stands = _stands(service, fact.path.split("."))
    if stands is None or fact.kind in ("how", "when", "fee"):
        return stands is not None
    return fact.text == (who_answers(service) if fact.kind == "where" else _both(stands))


def _stands(found: Any, path: Sequence[str]) -> Any:
    """What stands at a place of a file; None where nothing does."""
    for step in path:
        if isinstance(found, Mapping):
            found = cast("Mapping[str, Any]", found).get(step)
        elif isinstance(found, tuple):
            rows = cast("tuple[Any, ...]", found)
            found = rows[int(step)] if step.isdigit() and int(step) < len(rows) else None
        else:
            found = getattr(found, step, None)
    return found
