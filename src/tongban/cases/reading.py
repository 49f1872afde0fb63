"""Who reads a case: nobody sees one that is not theirs without its row in 谁用过我的数据.

A person reading their own leaves none. An official, and whoever acts for another, leaves one a case, kind and window;
it is written before anything is given out, and what cannot be written is not read. What was tried and refused is
written too, for those who supervise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from tongban.base.errors import Refused
from tongban.base.i18n import LANGS, Text, words
from tongban.base.ids import uuid7
from tongban.cases.engine import Engine
from tongban.cases.loaded import Case
from tongban.cases.refusals import unknown_case
from tongban.cases.rights import may_see
from tongban.org import Actor, Grant
from tongban.sharing import Purpose, Reader
from tongban.sharing.access import Kind, Opened, Trace, inspecting, open_record, reader_of, refused_attempt
from tongban.sharing.access.emergency import Emergency, running
from tongban.sharing.access.model import WINDOW

_REMEMBERED = 20_000
_FILE = Text("办件里的信息", "what the case holds")
OPERATOR = Reader(kind="operator", id="operator", title="operator")
"""Whoever runs the installation, at its command line: no post, no body."""


@dataclass
class Reading:
    """The readers of one process. It remembers what it has just written, so that a reload costs no statement."""

    engine: Engine
    _written: dict[tuple[str, ...], Trace] = field(default_factory=dict[tuple[str, ...], Trace])

    async def find(self, actor: Actor, number: str, kind: Kind) -> Case:
        """A case by its number. Raises Refused `unknown-case` (404); an official's miss is written."""
        try:
            return await self.engine.load(number)
        except Refused as error:
            await self.refused(actor, number, kind, error.code)
            raise

    async def open(
        self, actor: Actor, found: Case, kind: Kind = Kind.CASE, item: str = "", names: Sequence[str] = ()
    ) -> Trace | None:
        """Write that a case is opened, or say that it is one's own (None). `names` are the facts and materials seen.

        Raises Refused `unknown-case` (404): whoever may not see a case does not learn that there is one; and as
        `open_record` if the row cannot be written.
        """
        right = may_see(self.engine, actor, found)
        emergency: Emergency | None = None
        if not isinstance(right, Grant):
            emergency = await self._emergency(actor, found, right.code)
            if emergency is None:
                await self.refused(actor, found.state.case.case, kind, right.code)
                raise unknown_case()
        if own(actor, found):
            return None
        if emergency is not None:
            basis, kind = f"emergency:{emergency.id}", Kind.EMERGENCY
        elif isinstance(right, Grant) and right.power:
            basis = f"power:{right.power}"
        else:
            basis = f"mandate:{actor.mandate.id}" if actor.mandate else ""
        window = str(self.engine.clock().timestamp() // WINDOW.total_seconds())
        seen = (actor.id, actor.post, found.state.case.case, kind, item, basis, window)
        known = self._written.get(seen)
        if known is None:
            opened = self._opened(reader_of(actor), found, kind, item, names, basis)
            rule, until = (emergency.delayed_by, None) if emergency else await self._inspected(actor, found, kind)
            opened = msgspec.structs.replace(
                opened, near=self._near(actor, found), delayed_by=rule, delayed_until=until
            )
            known = await open_record(self.engine.db, opened)
            if len(self._written) >= _REMEMBERED:
                self._written.clear()
            self._written[seen] = known
        return known

    async def take_out(self, found: Case) -> Trace:
        """Write that the operator takes a case out at the command line; each time is a row."""
        opened = self._opened(OPERATOR, found, Kind.EXPORT, str(uuid7()), (), "operator:command-line")
        return await open_record(self.engine.db, opened)

    def _opened(self, reader: Reader, found: Case, kind: Kind, item: str, names: Sequence[str], basis: str) -> Opened:
        law, state = found.definition.service, found.state
        case = state.case
        held = tuple(names) or tuple(sorted({*state.facts, *state.records, *state.documents})) or ("case",)
        known = {*law.facts, *law.materials}
        return Opened(
            person=case.applicant.id,
            reader=reader,
            purpose=Purpose.of(law, case.case),
            grant=basis,
            resource="cases",
            record=case.service,
            fields=held,
            labels=tuple(found.definition.label(name) if name in known else _FILE for name in held),
            kind=kind,
            at=self.engine.clock(),
            source=Text(*(words(law.name, lang) for lang in LANGS)),
            case=case.case,
            case_open=found.definition.procedure.states[state.state].end is None,
            once=f"{case.case}\n{item}",
        )

    def _near(self, actor: Actor, found: Case) -> str:
        """What ties the reader to the person: a tie in the register, or the same name."""
        applicant = found.state.case.applicant
        tie = self.engine.directory.tie(actor.id, applicant.id)
        return tie.kind if tie else "namesake" if applicant.name == actor.name else ""

    async def _emergency(self, actor: Actor, found: Case, code: str) -> Emergency | None:
        """The emergency by which an official may look now; never at their own or a relative's case."""
        if actor.kind != "official" or code in ("conflict-of-interest", "post-not-held", "on-leave"):
            return None
        return await running(self.engine.db, actor, found.state.case.case, self.engine.clock())

    async def _inspected(self, actor: Actor, found: Case, kind: Kind) -> tuple[str | None, datetime | None]:
        """The rule and the day, where the reader's body is inspecting this case and the person sees it later."""
        case, nothing = found.state.case, (None, None)
        if actor.kind != "official" or actor.body != found.state.office.id or kind not in inspecting.KINDS:
            return nothing
        if inspecting.rule_for(self.engine.directory.body(actor.body).kind, case.service) is None:
            return nothing
        return await inspecting.delaying(self.engine.db, case.case, actor.body, self.engine.clock()) or nothing

    async def refused(self, actor: Actor, case: str, kind: Kind, code: str) -> None:
        """Write that an official tried in vain."""
        if actor.kind == "official":
            await refused_attempt(self.engine.db, reader_of(actor), kind, case, code, self.engine.clock())


def own(actor: Actor, found: Case) -> bool:
    """Whether somebody reads their own."""
    return actor.kind == "person" and not actor.on_behalf_of and found.state.case.applicant.id == actor.id
