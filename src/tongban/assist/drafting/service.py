"""`Drafting`: a draft asked for, taken or turned down by an official, and what they made of it.

A draft is words beside a form. The act itself goes the ordinary way, under the official's name, whether or not a draft
was asked for, came, or was used; nothing in here can do an act.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from tongban.assist.drafting import plain
from tongban.assist.drafting.changes import kept_share
from tongban.assist.drafting.kinds import drafted_for, kind_of
from tongban.assist.drafting.model import Drafted, Kind
from tongban.assist.drafting.sources import Gathered, gather
from tongban.assist.drafting.verify import verified
from tongban.assist.drafting.worded import worded
from tongban.assist.gate import Asked, Gate
from tongban.assist.gate.model_port import LanguageModel, ModelFailed, NoModelHere
from tongban.assist.model import Abstain, Evidence, Proposed, Suggestion
from tongban.assist.records import Call
from tongban.assist.store import Store, drafts
from tongban.assist.store.drafts import SentDraft
from tongban.base.clock import Clock
from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Lang, Text
from tongban.base.ids import region_of
from tongban.base.page import Page, cursor, read_cursor
from tongban.cases import FAR, CaseView
from tongban.catalog.wording import RegionName, no_region
from tongban.org import Actor

NOTICE, SUMMARY = "notice-draft", "case-summary"
"""The two uses in the register."""
_MODEL_SECONDS = 15
"""A model that takes longer is not waited for: the draft without it is offered."""
_TITLES = {
    Kind.CORRECTION: Text("补正告知的草稿", "A draft of what is missing"),
    Kind.ACCEPTANCE: Text("受理说明的草稿", "A draft of the acceptance"),
    Kind.REFUSAL: Text("不予办理理由的草稿", "A draft of reasons against it"),
    Kind.DECISION: Text("准予理由的草稿", "A draft of reasons for it"),
    Kind.REPLY: Text("答复的草稿", "A draft of the answer"),
    Kind.SUMMARY: Text("案情摘要", "A summary of the case"),
}
_NOTHING = {
    Kind.CORRECTION: Text("材料都齐了，没有要补的。", "Nothing is missing."),
    Kind.ACCEPTANCE: Text("还有必须交的材料没有交。", "A required paper is still missing."),
    Kind.REFUSAL: Text("规则没有认为不符合条件，不起草拒绝的理由。", "The rules do not speak against it."),
    Kind.DECISION: Text("规则没有认为符合条件，不起草准予的理由。", "The rules do not speak for it."),
    Kind.REPLY: Text("本人没有留下要答复的话。", "The person has left no words to answer."),
    Kind.SUMMARY: Text("办件里还没有内容。", "There is nothing in the case yet."),
}
"""Why there is no draft of a kind."""


@dataclass(frozen=True, slots=True)
class Drafting:
    """Drafts of one process."""

    gate: Gate
    store: Store
    clock: Clock
    model: LanguageModel

    async def offer(
        self,
        view: CaseView,
        act: str,
        field: str,
        items: Sequence[str] = (),
        *,
        lang: Lang = "zh",
        region: RegionName = no_region,
    ) -> Suggestion[Drafted] | Abstain:
        """A draft for one field of an act that the reader of the view may do now. Raises Refused `no-draft` (404)."""
        spec = view.act(act)
        known = spec is not None and field in spec.says and drafted_for(view.definition.service)
        kind = kind_of(view.definition.procedure, act, field) if known else None
        if kind is None:
            raise _no_draft()
        return await self._draft(SUMMARY if kind is Kind.SUMMARY else NOTICE, view, kind, items, lang, region)

    async def summary(
        self, view: CaseView, *, lang: Lang = "zh", region: RegionName = no_region
    ) -> Suggestion[Drafted] | Abstain:
        """The case in a few sentences, for the official who takes it up. Raises Refused `no-draft` (404)."""
        if not drafted_for(view.definition.service):
            raise _no_draft()
        return await self._draft(SUMMARY, view, Kind.SUMMARY, (), lang, region)

    async def _draft(
        self, use: str, view: CaseView, kind: Kind, items: Sequence[str], lang: Lang, region: RegionName
    ) -> Suggestion[Drafted] | Abstain:
        case = await asyncio.to_thread(gather, view, region)
        opening = view.opening
        asked = Asked(
            use=use,
            region=opening.region,
            subject=view.case,
            person=opening.applicant.id,
            post=view.reader.post,
            inputs=msgspec.json.encode((kind, items, list(case.sources.values()))),
            names=tuple(_names(case)),
            sources={source.id: source.text.zh for source in case.sources.values()},
        )

        async def run() -> Proposed[Drafted] | Abstain:
            base = _held(case, plain.draft(case, kind, items))
            if base is None:
                return Abstain(use=use, code="unsure", why=_NOTHING[kind])
            drafted = await self._worded(use, case, base) if lang == "zh" else base
            return Proposed(
                value=drafted,
                text=_TITLES[kind],
                evidence=tuple(_each(drafted)),
                confidence=1.0,
                law=tuple(dict.fromkeys(one.source[4:] for one in _each(drafted) if one.source.startswith("law:"))),
            )

        return await self.gate.consult(asked, run)

    async def _worded(self, use: str, case: Gathered, base: Drafted) -> Drafted:
        """The model's words for the same, if the service's file allows them, the register names this model, it answers,
        and anything of it stands."""
        if case.view.definition.service.ai.draft != "allowed":
            return base
        entry = self.gate.register.use(use)
        if entry is None or entry.model.kind != "language-model" or entry.model.name != self.model.name:
            return base
        try:
            async with asyncio.timeout(_MODEL_SECONDS):
                return await worded(self.model, case, base) or base
        except (NoModelHere, ModelFailed, TimeoutError):
            return base

    # --- what the official does with it ------------------------------------------------------------------------------

    async def offered(self, view: CaseView, call: str) -> Drafted:
        """A draft that was offered for this case. Raises Refused `unknown-suggestion` (404)."""
        return _drafted(await self._call(view, call))

    async def declined(self, by: Actor, view: CaseView, call: str, reason: str) -> None:
        """It was no use, and why. Raises Refused `reason-missing`, `already-settled`, `unknown-suggestion`."""
        found = await self._call(view, call)
        await self.gate.settle(call, by, "declined", reason, self._shown(found))

    async def useful(self, by: Actor, view: CaseView, call: str) -> None:
        """It was read and was of use, without words taken from it. Raises Refused as `declined`."""
        found = await self._call(view, call)
        await self.gate.settle(call, by, "accepted", "", self._shown(found))

    async def sent(self, by: Actor, view: CaseView, call: str, act: str, field: str, text: str, lang: Lang) -> None:
        """The official did the act with these words, having taken the draft. Call it after the act, not before."""
        found = await self._call(view, call)
        offered = _drafted(found).words(lang)
        await self.gate.settle(call, by, "accepted", "", self._shown(found))
        kept = SentDraft(
            region=found.region,
            call=call,
            person=by.id,
            subject=view.case,
            body=by.body,
            post=by.post,
            name=by.name,
            act=act,
            field=field,
            at=self.clock(),
            offered=offered,
            sent=text,
            kept=kept_share(offered, text),
        )
        key = await self.store.owner(view.opening.applicant.id)
        async with self.store.acting() as connection:
            await drafts.add(connection, kept, key)

    async def of_case(self, view: CaseView) -> list[SentDraft]:
        """The drafts that were taken in this case. Whoever may see the case may see them, if they are staff."""
        if not view.inside:
            return []
        async with self.store.acting() as connection:
            found = await drafts.of_case(connection, region_of(view.case), view.case)
        return await self._opened(found)

    async def of_bodies(self, bodies: Sequence[str], after: str | None = None, limit: int = 50) -> Page[SentDraft]:
        """The drafts taken in some bodies, newest first; which bodies somebody may see is the caller's to ask."""
        before = read_cursor(after, tuple[type(FAR), str]) if after else (FAR, "")
        async with self.store.acting() as connection:
            rows = await drafts.of_bodies(connection, bodies, before, limit + 1)
        following = cursor(rows[limit - 1].at, rows[limit - 1].call) if len(rows) > limit else None
        return Page(tuple(await self._opened(rows[:limit])), following)

    async def _opened(self, found: Sequence[SentDraft]) -> list[SentDraft]:
        return drafts.opened(await self.store.ring(drafts.texts(found)), found)

    async def _call(self, view: CaseView, call: str) -> Call:
        found = await self.gate.one(call)
        if found is None or found.subject != view.case or found.use not in (NOTICE, SUMMARY) or not found.suggestion:
            raise refuse("unknown-suggestion", "没有这条建议", "There is no such suggestion", status=404)
        return found

    def _shown(self, call: Call) -> float:
        return (self.clock() - call.at).total_seconds()


def _no_draft() -> Refused:
    return refuse("no-draft", "这里没有草稿，请您自己写", "There is no draft for this; please write it", status=404)


def _held(case: Gathered, drafted: Drafted | None) -> Drafted | None:
    """A draft of our own goes through the verifier like any other."""
    if drafted is None:
        return None
    found = verified(drafted.sentences, case.sources, case.day, case.region)
    return Drafted(drafted.kind, found.kept, "rules", len(found.dropped)) if found.kept else None


def _drafted(call: Call) -> Drafted:
    return msgspec.convert((call.suggestion or {})["value"], Drafted)


def _each(drafted: Drafted) -> Sequence[Evidence]:
    return [one for sentence in drafted.sentences for one in sentence.evidence]


def _names(case: Gathered) -> Sequence[str]:
    """Names that must not leave: the applicant's, those of everybody who acted, and of a business."""
    view = case.view
    facts = [str(one.value) for one in view.facts if one.fact.type == "text"]
    return [view.opening.applicant.name, *(event.by.name for event in view.loaded.events), *facts]
