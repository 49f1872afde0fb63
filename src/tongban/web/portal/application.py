"""An application being filled in: what was typed, what the records say, what is still to be asked.

Saving never checks anything; the same `parse_fact` that the API uses decides what an answer means. What is kept in
the draft is what was typed, so nothing is lost to a mistake.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import msgspec

from tongban.base.errors import Problem, Refused
from tongban.base.i18n import Text, words
from tongban.catalog import Assessment, Needed, Question, Variant, assess, parse_fact, variant
from tongban.catalog.model import Fact, FactType, Service, Source
from tongban.sharing import Lookup, Shared, sources
from tongban.web.forms import Form

Typed = str | list[str]
"""What was typed: one text, or the three boxes of a date."""
BLANK_DATE = ["", "", ""]


class Upload(msgspec.Struct, frozen=True):
    """One file that was uploaded, as the page names it; `id` is what is sent."""

    id: str
    name: str
    size: int


class Disputed(msgspec.Struct, frozen=True, omit_defaults=True):
    """A record that the person says is wrong: it is not used, the question is asked instead."""

    record: Shared
    case: str = ""
    """The case that asks the source to correct it, once that is opened."""


class Content(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a draft keeps."""

    region: str = ""
    """Where it will be handed in."""
    answers: dict[str, str | list[str]] = {}
    documents: dict[str, tuple[Upload, ...]] = {}
    """Uploads, under the material they are for."""
    records: dict[str, Shared] = {}
    """What the state holds and the person has let stand."""
    told: bool = False
    """Whether the person was told what would be looked up; without that nothing is."""
    declined: tuple[str, ...] = ()
    """Facts and materials that the person would rather answer than have looked up."""
    found: dict[str, Shared] = {}
    """What was looked up and the person has not seen yet; used for nothing."""
    missing: dict[str, Text] = {}
    """What was looked up in vain, with the reason in words."""
    waiting: tuple[str, ...] = ()
    """Those of the missing whose source did not answer and is asked again."""
    disputed: dict[str, Disputed] = {}
    again: tuple[str, ...] = ()
    """Asked once more although the person has answered, because they want it so."""


@dataclass(frozen=True)
class Application:
    """A draft with its service on a day."""

    service: Service
    content: Content
    today: date

    # --- what is known ----------------------------------------------------------------------------------------------

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """Records, and over them every answer that can be understood."""
        found: dict[str, Any] = {name: record.value for name, record in self.content.records.items()}
        for name, typed in self.content.answers.items():
            fact = self.service.facts.get(name)
            if fact is not None:
                found[name] = self._value(name, fact, typed)
        return found

    @cached_property
    def variant(self) -> Variant:
        """The service as it is for this person."""
        return variant(self.service, self.values, self.today)

    @cached_property
    def assessment(self) -> Assessment:
        """What the rules say about it so far."""
        return assess(self.service, self.values, self.today)

    def _value(self, name: str, fact: Fact, typed: Typed) -> Any:
        try:
            return parse_fact(fact, typed, field=name, today=self.today)
        except Refused:
            return None

    # --- what is asked ----------------------------------------------------------------------------------------------

    @cached_property
    def asked(self) -> tuple[Question, ...]:
        """The questions of this person, in order: what no record answers, or what they chose to correct."""
        return tuple(q for q in self.variant.questions if self.is_asked(q.name))

    def is_asked(self, name: str) -> bool:
        """Whether this fact is asked rather than taken from a record."""
        return name not in self.content.records or name in self.content.answers

    @cached_property
    def to_look_up(self) -> dict[str, Source]:
        """What a record may answer, applies to this person for certain, and nobody has asked for yet.

        A source whose facts do not apply is not asked (PIPL 6); an answer that makes it apply makes it asked then.
        """
        content = self.content
        if not content.told:
            return {}
        applies = {q.name for q in self.variant.questions} | {need.slug for need in self.materials}
        done = {*content.declined, *content.records, *content.found, *content.missing, *content.disputed}
        return {
            name: source
            for name, source in sources(self.service).items()
            if name in applies and name not in done and (name not in content.answers or name in content.again)
        }

    @cached_property
    def known(self) -> tuple[Question, ...]:
        """What the state has and the person need not say."""
        return tuple(q for q in self.variant.questions if not self.is_asked(q.name) and q.value is not None)

    @cached_property
    def materials(self) -> tuple[Needed, ...]:
        """What may have to be uploaded, in order."""
        return tuple(need for need in self.variant.materials if need.certain)

    @cached_property
    def to_upload(self) -> tuple[Needed, ...]:
        """Materials that no record replaces."""
        return tuple(need for need in self.materials if need.slug not in self.content.records)

    def question(self, name: str) -> Question | None:
        """A question by name, also one that a record answers."""
        return next((q for q in self.variant.questions if q.name == name), None)

    def typed(self, question: Question) -> Typed:
        """What stands in the form: what was typed, else what the record says."""
        typed = self.content.answers.get(question.name)
        if typed is None:
            record = self.content.records.get(question.name)
            return blank(question.fact) if record is None else as_typed(question.fact, record.value)
        return typed if isinstance(typed, list) == (question.fact.type is FactType.DATE) else blank(question.fact)

    # --- where to go ------------------------------------------------------------------------------------------------

    def address(self, *parts: str) -> str:
        """A page of this application."""
        return "/".join(("/apply", self.service.service, *parts))

    def after(self, name: str) -> str:
        """The page after a question: the next one, then the uploads, then the check."""
        names = [q.name for q in self.asked]
        at = names.index(name) + 1 if name in names else len(names)
        if at < len(names):
            return self.address("q", names[at])
        if self.to_look_up or self.content.found:
            return self.address("records")
        return self.address("materials") if self.to_upload else self.address("check")

    def before(self, name: str) -> str:
        """The page before a question."""
        names = [q.name for q in self.asked]
        at = names.index(name) if name in names else len(names)
        return self.address("q", names[at - 1]) if at > 0 else f"/services/{self.service.service}/start"

    def resume(self) -> str:
        """Where to go on: the first question without a good answer, else the check."""
        if self.to_look_up or self.content.found:
            return self.address("records")
        for question in self.asked:
            if question.name not in self.content.answers or self.problem(question):
                return self.address("q", question.name)
        missing = any(self.lacks(need) for need in self.to_upload)
        return self.address("materials") if missing else self.address("check")

    # --- what is wrong ----------------------------------------------------------------------------------------------

    def problem(self, question: Question) -> Problem | None:
        """What is wrong with the answer to a question."""
        try:
            parse_fact(question.fact, self.typed(question), field=question.name, today=self.today)
        except Refused as refused:
            return refused.problems[0]
        return None

    def problems(self) -> list[Problem]:
        """Everything that still has to be put right before it can be sent."""
        wrong = [problem for question in self.asked if (problem := self.problem(question))]
        for need in self.to_upload:
            if self.lacks(need):
                name = need.material.name
                text = Text(f"还没传：{words(name, 'zh')}", f"Not uploaded yet: {words(name, 'en')}")
                wrong.append(Problem("material-missing", text, need.slug))
        return wrong

    def lacks(self, need: Needed) -> bool:
        """Whether a file must still be uploaded. One whose record did not answer may follow: the source is asked on."""
        given = self.content.documents.get(need.slug)
        return need.material.need == "required" and not given and need.slug not in self.content.waiting

    # --- what changes -----------------------------------------------------------------------------------------------

    def with_answer(self, name: str, typed: Typed) -> "Application":
        """With one answer as it was typed."""
        return self._with(answers={**self.content.answers, name: typed})

    def looked(self, answer: Lookup, wanted: Collection[str]) -> "Application":
        """After a look: what was found waits for the person's eye, what was not is asked."""
        content = self.content
        missing = {name: text for name, text in content.missing.items() if name not in wanted} | answer.missing
        waiting = {name for name in content.waiting if name not in wanted} | answer.waiting
        return self._with(
            found={**content.found, **answer.found}, missing=missing, waiting=tuple(sorted(waiting)), again=()
        )

    def taken(self, wrong: Collection[str]) -> "Application":
        """The person has seen what was found: what is `wrong` is asked instead, the rest is used from here on."""
        content = self.content
        used = {name: record for name, record in content.found.items() if name not in wrong}
        disputed = {name: Disputed(content.found[name]) for name in content.found if name not in used}
        answers = {name: typed for name, typed in content.answers.items() if name not in used}
        still = {name: one for name, one in content.disputed.items() if name not in used}
        return self._with(
            records={**content.records, **used}, found={}, answers=answers, disputed={**still, **disputed}
        )

    def dispute(self, name: str) -> "Application":
        """A record that had been let stand is wrong after all."""
        records = dict(self.content.records)
        record = records.pop(name)
        return self._with(records=records, disputed={**self.content.disputed, name: Disputed(record)})

    def corrected_by(self, name: str, case: str) -> "Application":
        """The source has been asked to correct it."""
        one = msgspec.structs.replace(self.content.disputed[name], case=case)
        return self._with(disputed={**self.content.disputed, name: one})

    def once_more(self) -> "Application":
        """Ask again what did not answer, and what was wrong and may have been corrected. The answers stay."""
        content = self.content
        again = {*content.waiting, *content.disputed}
        return self._with(
            missing={name: text for name, text in content.missing.items() if name not in again},
            waiting=(),
            again=tuple(sorted(again)),
            disputed={name: one for name, one in content.disputed.items() if name not in again},
        )

    def with_record(self, name: str, record: Shared) -> "Application":
        """With something that stands for a paper and that the person has brought themselves."""
        return self._with(records={**self.content.records, name: record})

    def with_upload(self, slug: str, upload: Upload) -> "Application":
        """With one more file for a material; the same file again changes nothing."""
        kept = tuple(one for one in self.content.documents.get(slug, ()) if one.id != upload.id)
        return self._with(documents={**self.content.documents, slug: (*kept, upload)})

    def without_upload(self, slug: str, upload: str) -> "Application":
        """Without one file of a material."""
        kept = tuple(one for one in self.content.documents.get(slug, ()) if one.id != upload)
        return self._with(documents={**self.content.documents, slug: kept})

    def _with(self, **changes: Any) -> "Application":
        return replace(self, content=msgspec.structs.replace(self.content, **changes))

    def facts(self) -> dict[str, Any]:
        """What the person says: the answers that apply, understood."""
        return {q.name: q.value for q in self.asked if q.name in self.content.answers and q.value is not None}

    def files(self) -> dict[str, list[str]]:
        """Upload ids of the materials that apply."""
        uploads = {need.slug: self.content.documents.get(need.slug, ()) for need in self.to_upload}
        return {slug: [one.id for one in files] for slug, files in uploads.items() if files}


def blank(fact: Fact) -> Typed:
    """An empty answer."""
    return BLANK_DATE if fact.type is FactType.DATE else ""


def sent(question: Question, form: Form) -> Typed:
    """What a form says about a question."""
    return form.boxes(question.name) if question.fact.type is FactType.DATE else form.text(question.name)


def as_typed(fact: Fact, value: Any) -> Typed:
    """A known value as one would have typed it."""
    match fact.type:
        case FactType.DATE:
            day = value if isinstance(value, date) else date.fromisoformat(str(value))
            return [str(day.year), str(day.month), str(day.day)]
        case FactType.BOOLEAN:
            return "true" if value else "false"
        case _:
            return str(value)
