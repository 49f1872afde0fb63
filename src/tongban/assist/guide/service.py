"""The guide of one process: asked through the gate, its answers kept, and what departments let it learn."""

import asyncio
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import msgspec

from tongban.assist.gate import Gate
from tongban.assist.gate.masking import Masking
from tongban.assist.gate.reasons import abstain
from tongban.assist.guide import finding
from tongban.assist.guide.answering import ID_LENGTH, Answer
from tongban.assist.guide.deciding import likelihood
from tongban.assist.guide.engine import Item
from tongban.assist.guide.finding import Guide
from tongban.assist.guide.model import Found
from tongban.assist.guide.words import open_words
from tongban.assist.model import Abstain, Evidence, Proposed, Suggestion
from tongban.assist.records import EVERYWHERE, Asked
from tongban.assist.store import Store
from tongban.assist.store import guide as rows
from tongban.assist.store.guide import Learned, Missed, Proposal
from tongban.base.clock import Clock
from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.grams import runs
from tongban.catalog.model import Service
from tongban.org import Actor, Directory
from tongban.org.model import Role

USE = "guide"
MOST_PROPOSALS = 100
LONGEST_ALIAS = 24
_NUMBER = re.compile(rf"[a-z2-7]{{{ID_LENGTH}}}")
HOSTS = frozenset({"service-centre", "digital-centre"})
"""Kinds of bodies that answer for items without a file, and so without an authority of ours."""
REVIEWERS = frozenset({Role.DECIDE, Role.HEAD, Role.SUPERVISE})
"""Roles that may decide what a service is called."""


class GuideService:
    """Ask, keep, learn. The index is immutable; an accepted alias, here or in another process, makes a new one."""

    def __init__(
        self, store: Store, gate: Gate, catalogue: Catalogue, directory: Directory, clock: Clock, data_dir: Path
    ) -> None:
        self._store = store
        self._gate = gate
        self._catalogue = catalogue
        self._directory = directory
        self._clock = clock
        self._lexicon = open_words(data_dir)
        self._learned: Sequence[Learned] = ()
        self._count = -1
        self._guide: Guide | None = None
        self._day: date | None = None

    @property
    def guide(self) -> Guide:
        """The index as of today; built here only where `prepare` has not done so yet."""
        if self._guide is None or self._day != self._catalogue.today:
            self._day, self._guide = self._build()
        return self._guide

    def _build(self) -> tuple[date, Guide]:
        """An index over what is in force today, with what was learned."""
        aliases: dict[str, tuple[str, ...]] = {}
        for one in self._learned:
            if one.state == "accepted":
                aliases[one.item] = (*aliases.get(one.item, ()), one.alias)
        return self._catalogue.today, finding.of_catalogue(self._catalogue, self._lexicon, aliases)

    async def prepare(self) -> None:
        """Build the index beside the pages, so that nobody's question waits a second for it."""
        if self._guide is None or self._day != self._catalogue.today:
            count = self._count
            day, guide = await asyncio.to_thread(self._build)
            if count == self._count:
                self._day, self._guide = day, guide

    async def refresh(self) -> None:
        """Look for decisions of other processes; called every few seconds."""
        async with self._store.acting() as connection:
            count = await rows.newest(connection, EVERYWHERE)
            if count == self._count:
                return
            self._learned = await rows.standing(connection, EVERYWHERE)
        self._count = count
        self._guide = None

    # --- asking -----------------------------------------------------------------------------------------------------

    def ask(self, question: str, region: str = EVERYWHERE) -> Suggestion[Found] | Abstain:
        """The guide's answer through the gate; `Abstain` with `unsure` hands over, with any other code it is off."""
        asked = Asked(use=USE, region=region, inputs=question.encode())
        return self._gate.consult_pure(asked, lambda: self.propose(question))

    def propose(self, question: str) -> Proposed[Found] | Abstain:
        """The answer before the gate has looked at it: the same for these pages and for regions below."""
        found = self.guide.ask(question)
        if found.decision == "refuse" or not found.items:
            return abstain(USE, "unsure")
        evidence = tuple(
            Evidence(source=f"item:{one.item.key}@{one.item.version}", quote=one.item.name) for one in found.items[:3]
        )
        name = found.items[0].item.title
        said = Text(f"您要办的可能是：{name.zh}", f"You may need: {name.en}")
        return Proposed(value=found, text=said, evidence=evidence, confidence=likelihood(found.items))

    def service(self, key: str) -> Service | None:
        """The file of an item in force today; None for a listed one."""
        return self.guide.services.get(key)

    @property
    def use_version(self) -> str:
        """The version of the use file under which answers are given."""
        use = self._gate.register.use(USE)
        return use.version if use else ""

    # --- keeping ----------------------------------------------------------------------------------------------------

    @staticmethod
    def masked(question: str) -> str:
        """A question as it may be kept: with everything personal taken out."""
        return Masking().mask(" ".join(question.split())[:200])

    async def keep(self, answer: Answer) -> str:
        """Keep an answer; its id, under which it can be seen again. Raises Refused where the database is away."""
        async with self._store.acting() as connection:
            content: dict[str, object] = msgspec.to_builtins(answer)
            await rows.keep(connection, EVERYWHERE, answer.id, content, self._clock())
        return answer.id

    async def kept(self, answer: str) -> Answer:
        """What exactly was said. Raises Refused `unknown-answer` (404)."""
        found = None
        if _NUMBER.fullmatch(answer.lower()):
            async with self._store.acting() as connection:
                found = await rows.kept(connection, EVERYWHERE, answer.lower())
        if found is None:
            raise refuse(
                "unknown-answer", "没有这个回答，请检查地址", "There is no such answer; check the address", status=404
            )
        return msgspec.convert(found[1], Answer)

    async def chose(self, answer: str, item: str) -> None:
        """Somebody chose an item after an answer. Raises Refused `unknown-answer`, `unknown-item` (404)."""
        said = await self.kept(answer)
        if self.guide.item(item) is None:
            raise refuse("unknown-item", "没有这个事项", "There is no such item", place=item[:60], status=404)
        async with self._store.acting() as connection:
            await rows.say(connection, EVERYWHERE, said.id, "chosen", item, said.question, self._clock())

    async def turned_down(self, answer: str) -> None:
        """Somebody said that it was none of these. Raises Refused `unknown-answer` (404)."""
        said = await self.kept(answer)
        async with self._store.acting() as connection:
            await rows.say(connection, EVERYWHERE, said.id, "none", "", said.question, self._clock())

    # --- learning ---------------------------------------------------------------------------------------------------

    def may_review(self, actor: Actor, item: Item | None) -> bool:
        """Whether an official may decide what an item is called: a decider of the kind of body that answers for it."""
        if item is None or actor.kind != "official" or not actor.body or not REVIEWERS & set(actor.roles):
            return False
        kind = self._directory.body(actor.body).kind
        service = self.service(item.key)
        return kind == service.authority.body if service is not None else kind in HOSTS

    async def proposals(self, actor: Actor) -> list[tuple[Item, Proposal]]:
        """What people chose that this official may decide about, the most frequent first."""
        async with self._store.acting() as connection:
            found = await rows.proposals(connection, EVERYWHERE, MOST_PROPOSALS)
        pairs = ((self.guide.item(one.item), one) for one in found)
        return [(item, one) for item, one in pairs if item is not None and self.may_review(actor, item)]

    async def missed(self, actor: Actor) -> list[Missed]:
        """Questions whose answers were turned down, masked and without anybody's name; for those who may review."""
        if actor.kind != "official" or not REVIEWERS & set(actor.roles):
            return []
        async with self._store.acting() as connection:
            return await rows.missed(connection, EVERYWHERE, MOST_PROPOSALS)

    def learned(self, actor: Actor) -> list[tuple[Item, Learned]]:
        """Decisions as they stand about items that this official answers for."""
        pairs = ((self.guide.item(one.item), one) for one in self._learned)
        return [(item, one) for item, one in pairs if item is not None and self.may_review(actor, item)]

    def suggested(self, question: str) -> str:
        """A first wording for an alias: the question's matter without its manner. The reviewer writes the last."""
        reading = self.guide.engine.rank(question, 1).reading
        said = "".join(atom for atom, fine in zip(reading.atoms, reading.content, strict=True) if fine)
        return said[:LONGEST_ALIAS]

    async def decide(
        self, actor: Actor, key: str, alias: str, question: str, state: rows.AliasState, why: str = ""
    ) -> Learned:
        """An official accepts, rejects or withdraws a common name of an item. Takes effect at once, here.

        Raises Refused: `unknown-item` (404), `not-reviewer` (403), `alias-form`, `alias-personal`, `reason-missing`.
        """
        item = self.guide.item(key)
        if item is None:
            raise refuse("unknown-item", "没有这个事项", "There is no such item", place="item", status=404)
        if not self.may_review(actor, item):
            raise refuse(
                "not-reviewer",
                "只有主管这个事项的部门里有审批职责的岗位可以定它的俗称",
                "Only a deciding post of the department that answers for a service decides what it is called",
                status=403,
            )
        said = " ".join(alias.split())
        if not 2 <= len("".join(runs(said))) <= LONGEST_ALIAS:
            zh = f"俗称要有 2 到 {LONGEST_ALIAS} 个字"
            raise refuse("alias-form", zh, f"A common name has 2 to {LONGEST_ALIAS} characters", place="alias")
        if self.masked(said) != said:
            raise refuse("alias-personal", "俗称里不能有个人信息", "No personal data in a common name", place="alias")
        if state != "accepted" and not why.strip():
            raise refuse("reason-missing", "请写一句理由", "Say why in a sentence", place="why")
        learned = Learned(
            item=key,
            alias=said,
            question=question[:400],
            state=state,
            version=1,
            at=self._clock(),
            why=why.strip()[:500],
            by_id=actor.id,
            by_name=actor.name,
            body=actor.body,
        )
        async with self._store.acting() as connection:
            version = await rows.decide(connection, EVERYWHERE, learned)
        self._count = -1
        try:
            await self.refresh()
        except Refused:
            self._guide = None  # the database went away just now; the next turn looks again
        return msgspec.structs.replace(learned, version=version)
