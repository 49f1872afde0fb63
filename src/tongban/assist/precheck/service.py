"""`Precheck`: papers are put on the list when they are uploaded or filed, read beside the pages, and shown when ready.

Nobody waits for it: a page shows what is there, an application is sent whether its papers were read or not, and no act
of a case asks what was read. What a paper says is compared when somebody looks, with what is declared at that moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import msgspec

from tongban.assist.gate import Asked, Gate
from tongban.assist.gate.reasons import WHY
from tongban.assist.model import Abstain, Evidence, Proposed
from tongban.assist.precheck.compare import check, expected
from tongban.assist.precheck.fields import extract
from tongban.assist.precheck.model import Checked, Extracted, Outcome, Unread
from tongban.assist.precheck.says import UNKNOWN_PAPER, unread_words
from tongban.assist.precheck.worker import Reader
from tongban.assist.store import Store, papers
from tongban.assist.store.papers import PaperRow
from tongban.base.clock import Clock
from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.base.ids import region_of
from tongban.cases import Attachment, CaseState, CaseView
from tongban.cases.service import Cases
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.paper import Paper

USE: Final = "precheck"
_LEASE: Final = timedelta(minutes=3)
_GIVE_UP: Final = 4
_FIRST_WAIT: Final = timedelta(minutes=1)
_PAUSE: Final = timedelta(minutes=5)
_PAUSED: Final = frozenset(
    {"not-active", "review-overdue", "not-measured", "measurement-expired", "below-threshold", "switched-off"}
)
"""Codes of a use that stands still: its files wait until it runs again."""
_AGAIN: Final = _PAUSED | {"too-slow", "model-failed", "not-logged", "over-budget"}
_AT_ONCE: Final = 4
UNSENT_KEPT: Final = timedelta(days=90)
"""How long what was read of an upload is kept that was never sent; of a case it is kept with the case."""


@dataclass(frozen=True, slots=True)
class PaperState:
    """How one file of a case stands: waiting, read, or not to be read and why."""

    document: str
    material: str
    waiting: bool
    kind: Text | None
    """What kind of paper it was taken for."""
    why: Text | None
    """Why a person must look at the whole of it."""
    call: str
    """The suggestion in the gate's log, to be accepted or declined; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Prechecked:
    """What the papers of a case or of a draft say, beside what is declared now."""

    papers: Mapping[str, PaperState]
    checks: tuple[Checked, ...]
    off: Text | None = None
    """Why nothing is shown, where the use may not run."""

    def without(self, calls: Collection[str]) -> Prechecked:
        """The same without what these suggestions say: a reader who must first note their own view sees none of it."""
        if not calls:
            return self
        papers = {document: state for document, state in self.papers.items() if state.call not in calls}
        return Prechecked(papers, tuple(one for one in self.checks if one.document in papers), self.off)

    def of_fact(self, fact: str) -> tuple[Checked, ...]:
        """What papers say about one fact, worst first."""
        found = [one for one in self.checks if one.fact == fact]
        return tuple(sorted(found, key=lambda one: list(Outcome).index(one.outcome)))

    @property
    def differing(self) -> tuple[Checked, ...]:
        """What is plainly another than declared."""
        return tuple(one for one in self.checks if one.outcome is Outcome.DIFFERS)

    def check(self, document: str, field: str) -> Checked | None:
        """One comparison by its file and field."""
        return next((one for one in self.checks if (one.document, one.field) == (document, field)), None)


NOTHING: Final = Prechecked({}, ())


class Precheck:
    """Reading papers, for one process."""

    def __init__(self, store: Store, gate: Gate, catalogue: Catalogue, cases: Cases, clock: Clock) -> None:
        self._store, self._gate, self._clock = store, gate, clock
        self._catalogue, self._cases = catalogue, cases
        self._reader = Reader()
        self._begun = False

    # --- putting on the list ----------------------------------------------------------------------------------------

    async def uploaded(self, file: Attachment, service: str, material: str, person: str) -> None:
        """A file for a draft: read it while the person goes on, whom nothing that goes wrong here may hold up."""
        with suppress(Refused):
            await self._expect([self._row(file, file.id.partition("-")[0], "", service, material, person)])

    async def filed(self, state: CaseState) -> None:
        """The files of a case as it stands; those that are on the list already cost nothing more.

        A case that its person wants handled by people only is left alone (PIPL 24).
        """
        case = state.case
        if state.people_only:
            return
        await self._expect(
            [
                self._row(file, case.region, case.case, case.service, material, case.applicant.id)
                for material, files in state.documents.items()
                for file in files
            ]
        )

    def _row(self, file: Attachment, region: str, case: str, service: str, material: str, person: str) -> PaperRow:
        return PaperRow(
            region=region,
            case_id=case,
            document=file.id,
            service=service,
            material=material,
            person=person,
            sha256=file.sha256,
            type=file.type,
            due_at=self._clock(),
        )

    async def _expect(self, rows: Iterable[PaperRow]) -> None:
        wanted = [row for row in rows if self._allowed(row)]
        if not wanted:
            return
        async with self._store.acting() as connection:
            await papers.expect(connection, wanted)

    def _allowed(self, row: PaperRow) -> bool:
        """Whether the service's file lets a machine look at its papers, and there is a kind of paper to look for."""
        try:
            allowed = self._catalogue.service(row.service).ai.precheck == "allowed"
        except Refused:
            return False
        return allowed and bool(expected(self._catalogue.papers(), row.service, row.material))

    async def begin(self) -> int:
        """Where nothing was ever read, put the files of the open cases on the list; the number of cases looked at.

        Once a process: afterwards files come by themselves.
        """
        if self._begun:
            return 0
        async with self._store.acting() as connection:
            if await papers.any_paper(connection):
                self._begun = True
                return 0
        states = await self._cases.open_states()
        for state in states:
            await self.filed(state)
        self._begun = True
        return len(states)

    # --- reading ----------------------------------------------------------------------------------------------------

    async def work(self) -> int:
        """Read what waits; the number of files. What fails is tried again, later each time, and then left to people."""
        done = 0
        while True:
            now = self._clock()
            async with self._store.acting() as connection:
                claimed = await papers.claim(connection, now, _LEASE, 1)
            for row in claimed:
                await self._one(row)
                done += 1
            if not claimed or done >= _AT_ONCE:
                await self._reader.rest()
                return done

    async def _one(self, row: PaperRow) -> None:
        read: list[Extracted] = []

        async def run() -> Proposed[Extracted] | Abstain | None:
            read.append(await self._extracted(row))
            return proposed(read[0], self._catalogue.papers())

        try:
            said = await self._gate.consult(
                Asked(use=USE, region=row.region, subject=row.case_id, person=row.person, inputs=row.sha256.encode()),
                run,
            )
        except Refused:
            await self._later(row)
            return
        if isinstance(said, Abstain) and said.code in _AGAIN:
            await self._later(row, said)
            return
        code = said.code if isinstance(said, Abstain) else "suggested"
        # What the gate let nobody say is not kept either; what could not be read is, for people to be told.
        kept = (await self._store.owner(row.person), msgspec.to_builtins(read[0])) if read else None
        async with self._store.acting() as connection:
            await papers.keep(connection, row, self._clock(), said.id, code, kept)

    async def _later(self, row: PaperRow, said: Abstain | None = None) -> None:
        async with self._store.acting() as connection:
            if said is not None and said.code in _PAUSED:
                await papers.later(connection, row, self._clock() + _PAUSE)
            elif row.attempts >= _GIVE_UP:
                code = said.code if said else "model-failed"
                await papers.keep(connection, row, self._clock(), said.id if said else "", code, None)
            else:
                await papers.later(connection, row, self._clock() + _FIRST_WAIT * 4 ** (row.attempts - 1))

    async def _extracted(self, row: PaperRow) -> Extracted:
        kinds = expected(self._catalogue.papers(), row.service, row.material)
        async with self._store.acting() as connection:
            before = await papers.read_before(connection, row)
        if before is not None:
            (before,) = await self._opened([before])
            known = msgspec.convert(before.extracted, Extracted)
            if not known.paper or any((k.paper, k.version) == (known.paper, known.version) for k in kinds):
                return known
        try:
            data = await self._cases.content(row.document, row.sha256)
        except Refused:
            return Extracted(document=row.document, paper="", unread=Unread.DAMAGED)
        reading = await self._reader.read(data, row.type)
        return await asyncio.to_thread(extract, reading, kinds, row.document)

    async def _opened(self, rows: Sequence[PaperRow]) -> list[PaperRow]:
        ring = await self._store.ring(row.extracted for row in rows)
        return [papers.opened(ring, row) for row in rows]

    async def sweep(self) -> None:
        """Forget what was read of uploads that were never sent (PIPL 47)."""
        async with self._store.acting() as connection:
            await papers.forget_drafts(connection, self._clock() - UNSENT_KEPT)

    async def close(self) -> None:
        """End the process that reads."""
        await self._reader.close()

    # --- showing ----------------------------------------------------------------------------------------------------

    async def of_case(self, view: CaseView) -> Prechecked:
        """What the files of a case say; who may see the case was asked when the view was made.

        Files that nobody put on the list yet are put there.
        """
        if refused := self._gate.permits(USE, view.opening.region):
            return Prechecked({}, (), refused.why)
        if view.state.people_only:
            return NOTHING
        filed = {file.id for files in view.state.documents.values() for file in files}
        if not filed:
            return NOTHING
        async with self._store.acting() as connection:
            rows = await papers.of_case(connection, region_of(view.case), view.case)
        if filed - {row.document for row in rows}:
            await self.filed(view.state)
        records = {name: record.value for name, record in view.state.records.items()}
        current = await self._opened([row for row in rows if row.document in filed])
        return self._prechecked(current, view.opening.service, view.state.facts, records)

    async def of_draft(
        self,
        person: str,
        service: str,
        documents: Sequence[str],
        declared: Mapping[str, Any],
        records: Mapping[str, Any],
        region: str,
    ) -> Prechecked:
        """What a person's own uploads say, before they are sent."""
        if not documents or self._gate.permits(USE, region or "000000"):
            return NOTHING
        try:
            async with self._store.acting() as connection:
                rows = await papers.of_draft(connection, person, documents)
            rows = await self._opened(rows)
        except Refused:
            return NOTHING
        return self._prechecked([row for row in rows if row.service == service], service, declared, records)

    def _prechecked(
        self, rows: Sequence[PaperRow], service: str, declared: Mapping[str, Any], records: Mapping[str, Any]
    ) -> Prechecked:
        states: dict[str, PaperState] = {}
        checks: list[Checked] = []
        kinds = {paper.paper: paper.name for paper in self._catalogue.papers()}
        for row in rows:
            read = None if row.extracted is None else msgspec.convert(row.extracted, Extracted)
            suggested = row.outcome == "suggested"
            states[row.document] = PaperState(
                document=row.document,
                material=row.material,
                waiting=row.done_at is None,
                kind=kinds.get(read.paper) if read and suggested else None,
                why=None if row.done_at is None or suggested else _why(row, read),
                call=row.call if suggested and row.case_id else "",
            )
            if read is not None and suggested:
                checks += check(self._catalogue, service, row.material, read, declared, records)
        return Prechecked(states, tuple(checks))


def _why(row: PaperRow, read: Extracted | None) -> Text:
    """Why a file that was looked at says nothing: what the gate said, or what was wrong with the file."""
    return unread_words(read) if read is not None else WHY.get(row.outcome, UNKNOWN_PAPER)


def proposed(read: Extracted, kinds: Sequence[Paper]) -> Proposed[Extracted] | Abstain:
    """What was read as a suggestion: every field with its place; an abstention where nothing could be read."""
    found = [one for one in read.fields if one.parts]
    if not found:
        return Abstain(use=USE, code="unsure", why=unread_words(read))
    paper = next(kind for kind in kinds if kind.paper == read.paper)
    return Proposed(
        value=read,
        text=Text(
            f"{paper.name.zh}上读出{len(found)}项，请对着原件看。",
            f"{len(found)} fields read from the paper ({paper.name.en}); please compare with the paper itself.",
        ),
        evidence=tuple(
            Evidence(source=f"document:{read.document}", quote=part.text, page=part.page, box=part.box)
            for one in found
            for part in one.parts
        ),
        confidence=round(min(one.confidence for one in found), 4),
    )
