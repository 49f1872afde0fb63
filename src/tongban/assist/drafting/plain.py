"""The drafter without a model: the files' own words and the case's own facts, put together sentence by sentence.

It never argues against the rules: reasons for a refusal are drafted only where the rules speak against the person, and
reasons for a grant only where they speak for them. Otherwise nothing is offered and the official writes alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from tongban.assist.drafting.model import Drafted, Kind, Sentence
from tongban.assist.drafting.sources import Gathered, accepted, material_id, record_id
from tongban.assist.model import Evidence
from tongban.base.i18n import LANGS, Text, words
from tongban.cases.views import MaterialView
from tongban.catalog.reasons import Reading
from tongban.catalog.tables import Outcome

AGAINST: frozenset[Outcome] = frozenset({"no", "not-yet"})
"""Outcomes of the rules for which reasons of a refusal can be drafted."""
_LONGEST_QUOTE = 120
"""Characters of a person's words that a reply repeats; the whole stands in the case."""


def draft(case: Gathered, kind: Kind, items: Sequence[str] = ()) -> Drafted | None:
    """A draft of one kind; None where the case holds nothing to say. `items` are what a correction asks for."""
    sentences = tuple(_correction(case, items) if kind is Kind.CORRECTION else _WRITERS[kind](case))
    return Drafted(kind, sentences) if sentences else None


class _Writer:
    """Sentences over the sources of one case."""

    def __init__(self, case: Gathered) -> None:
        self._case = case

    def say(self, zh: str, en: str, *cites: str, **values: Text) -> Sentence:
        """A sentence with its values, resting on each of the cited sources as a whole."""
        sources = self._case.sources
        evidence = tuple(Evidence(cited, sources[cited].text.zh, 0) for cited in cites if cited in sources)
        return Sentence(Text(zh, en).format(**values), evidence)

    def by(self, law: str) -> tuple[Text, tuple[str, ...]]:
        """“（依据……）” for a law id, and what to cite; nothing for none."""
        if not law or f"law:{law}" not in self._case.sources:
            return Text("", ""), ()
        named = self._case.view.definition.cite(law)
        return Text("（依据{law}）", " (by {law})").format(law=named), (f"law:{law}",)


def _correction(case: Gathered, items: Sequence[str]) -> Iterator[Sentence]:
    view, writer = case.view, _Writer(case)
    wanted = set(items) or _plainly_missing(case)
    lines = [
        *(_paper(case, writer, one) for one in view.materials if one.slug in wanted),
        *(line for name in view.definition.service.facts if name in wanted for line in _fact(case, writer, name)),
    ]
    if not lines:
        return
    yield writer.say(
        "{name}您好：您申请的“{service}”还要补充下面的内容，都写在这里了。",
        "Dear {name}, your application for “{service}” needs the following; this is all of it.",
        case.opening,
        name=Text(view.opening.applicant.name, view.opening.applicant.name),
        service=view.service_name,
    )
    yield from lines


def _plainly_missing(case: Gathered) -> set[str]:
    view = case.view
    papers = {one.slug for one in view.materials if one.status == "missing"}
    differing = {one.name for one in case.facts() if one.agrees is False}
    return papers | differing


def _paper(case: Gathered, writer: _Writer, one: MaterialView) -> Sentence:
    law, cited = writer.by(one.material.law)
    hint = Text(*(words(one.material.hint, lang) for lang in LANGS))
    return writer.say(
        "“{label}”：{hint}可以交{kinds}{law}。",
        "“{label}”: {hint} Send {kinds}{law}." if hint.en else "“{label}”: {hint}send {kinds}{law}.",
        material_id(case.view, one.slug),
        *cited,
        label=one.label,
        hint=hint,
        kinds=accepted(one),
        law=law,
    )


def _fact(case: Gathered, writer: _Writer, name: str) -> Iterator[Sentence]:
    one = next((fact for fact in case.facts() if fact.name == name), None)
    if one is None:
        if f"fact:{name}" in case.sources:
            label = case.view.definition.label(name)
            yield writer.say(
                "“{label}”没有填，请补上。", "“{label}” is not answered; please add it.", f"fact:{name}", label=label
            )
        return
    claim = case.sources[f"fact:{name}"].text
    if one.record is None or one.agrees is not False:
        yield writer.say(
            "“{claim}”，请核对后改正或者说明。",
            "“{claim}”: please check it and correct or explain it.",
            f"fact:{name}",
            claim=claim,
        )
        return
    yield writer.say(
        "您填的是“{claim}”，政府数据是“{stands}”，请核对后改正，或者告诉我们为什么不同。",
        "You wrote “{claim}”; the record says “{stands}”. Please correct it or tell us why they differ.",
        f"fact:{name}",
        record_id(one),
        claim=claim,
        stands=case.sources[record_id(one)].text,
    )


def _acceptance(case: Gathered) -> Iterator[Sentence]:
    view, writer = case.view, _Writer(case)
    needed = [one for one in view.materials if one.status in ("present", "replaced", "missing")]
    missing = [one for one in needed if one.status == "missing"]
    if any(one.material.need == "required" for one in missing):
        return
    yield writer.say(
        "“{service}”需要的材料齐了，符合受理的要求。" if not missing else "“{service}”的主要材料齐了，可以先受理。",
        "The papers for “{service}” are complete."
        if not missing
        else "The main papers for “{service}” are there; it can be accepted.",
        case.opening,
        *(material_id(view, one.slug) for one in needed),
        service=view.service_name,
    )
    for one in missing:
        yield writer.say("“{label}”可以后补。", "“{label}” may follow.", material_id(view, one.slug), label=one.label)


def _refusal(case: Gathered) -> Iterator[Sentence]:
    """Each thing the person said stands first, in their words, so that the reasons answer it (行政许可法 36)."""
    if case.explained.outcome in AGAINST:
        yield from _heard(case)
        yield from _grounds(case)


def _decision(case: Gathered) -> Iterator[Sentence]:
    if case.explained.outcome == "eligible":
        yield from _grounds(case)


def _grounds(case: Gathered) -> Iterator[Sentence]:
    """What counted, what the rules say to it, by which law, and what would change it."""
    writer, told = _Writer(case), case.explained
    for reading in told.counted:
        yield from _reading(writer, case, reading)
    for table in told.tables:
        for row in table.rows:
            source = f"{case.item}#rules/{table.table}/{row.row}"
            if row.standing != "counts" or source not in case.sources:
                continue
            law, cited = writer.by(row.law or "")
            yield writer.say(
                "按规定：{says}{law}。", "The rules say: {says}{law}.", source, *cited, says=row.says, law=law
            )
    for number, sentence in enumerate(told.outlook.sentences):
        yield writer.say("{it}", "{it}", f"{case.item}#outlook/{number}", it=sentence)


def _reading(writer: _Writer, case: Gathered, reading: Reading) -> Iterator[Sentence]:
    source = f"fact:{reading.name}"
    if reading.origin not in ("answer", "record") or source not in case.sources:
        return
    taken = Text("您填的", "as you stated") if reading.record is None else Text("来自政府数据", "from a record")
    yield writer.say("“{it}”（{taken}）。", "“{it}” ({taken}).", source, it=case.sources[source].text, taken=taken)


def _reply(case: Gathered) -> Iterator[Sentence]:
    if any(told.outside for told in case.told):
        yield from _heard(case)
        yield from _grounds(case)


def _heard(case: Gathered) -> Iterator[Sentence]:
    writer = _Writer(case)
    for told in case.told:
        if told.outside:
            yield writer.say("您说：“{words}”。", "You said: “{words}”.", told.source, words=_short(told.words))


def _short(told: Text) -> Text:
    return Text(_cut(told.zh), _cut(told.en))


def _cut(text: str) -> str:
    """The beginning of a text, never ending inside a number or a word."""
    if len(text) <= _LONGEST_QUOTE:
        return text
    head = text[:_LONGEST_QUOTE]
    stop = max(head.rfind(mark) for mark in "。；，！？\n ")
    return head[:stop] if stop > 0 else head.rstrip("0123456789-./零〇一二三四五六七八九十百千万亿")


def _summary(case: Gathered) -> Iterator[Sentence]:
    view, writer = case.view, _Writer(case)
    yield writer.say("{it}", "{it}", case.opening, it=case.sources[case.opening].text)
    for term in view.terms:
        source = f"record:case/{view.case}#term/{term.term}"
        if source in case.sources:
            yield writer.say("{it}", "{it}", source, it=case.sources[source].text)
    for one in case.facts():
        if one.agrees is False:
            yield from _fact_of_summary(case, writer, one.name, record_id(one))
    for paper in view.materials:
        if paper.status == "missing":
            yield writer.say(
                "“{label}”还没有交。", "“{label}” is not filed.", material_id(view, paper.slug), label=paper.label
            )
    for told in case.told:
        yield writer.say(
            "{who}，{what}：“{words}”。" if not told.outside else "{what}，本人的话：“{words}”。",
            "{who}, {what}: “{words}”." if not told.outside else "{what}, in their own words: “{words}”.",
            told.source,
            who=told.who,
            what=told.what,
            words=_short(told.words),
        )
    outcome = f"{case.item}#outcome"
    yield writer.say("规则的结果：{it}。", "The rules say: {it}.", outcome, it=case.sources[outcome].text)
    yield from _grounds(case)


def _fact_of_summary(case: Gathered, writer: _Writer, name: str, record: str) -> Iterator[Sentence]:
    yield writer.say(
        "不一致：本人填“{claim}”，政府数据“{stands}”。",
        "They differ: the person wrote “{claim}”, the record says “{stands}”.",
        f"fact:{name}",
        record,
        claim=case.sources[f"fact:{name}"].text,
        stands=case.sources[record].text,
    )


_WRITERS: Mapping[Kind, Callable[[Gathered], Iterator[Sentence]]] = {
    Kind.ACCEPTANCE: _acceptance,
    Kind.REFUSAL: _refusal,
    Kind.DECISION: _decision,
    Kind.REPLY: _reply,
    Kind.SUMMARY: _summary,
}
