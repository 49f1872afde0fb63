"""`Cases`: everything that can be done with cases, for the portal, the desk, the API and the command line alike."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from tongban import certs
from tongban.base.clock import ZONE, Clock
from tongban.base.database import Database
from tongban.base.errors import Problem, Refused
from tongban.base.i18n import Text
from tongban.base.keys import KeyRing
from tongban.base.page import Page
from tongban.cases import abroad, duties, evidence, naming, outbox, parts, promises, rebuilding, timers, worklists
from tongban.cases.about import tell
from tongban.cases.acting import Acting
from tongban.cases.batch import Also
from tongban.cases.beside import Beside
from tongban.cases.bundles import Bundles
from tongban.cases.competent import receivers
from tongban.cases.decide import PEOPLE_ONLY, PossibleAct
from tongban.cases.documents import attach, examine, ids_in
from tongban.cases.emergencies import Emergencies
from tongban.cases.engine import Engine
from tongban.cases.handing import HAND_ON, may_hand_on
from tongban.cases.handover.agreements import Between
from tongban.cases.handover.service import Handovers
from tongban.cases.kept import Files
from tongban.cases.loaded import Case
from tongban.cases.model import Applicant, Attachment, CaseState, Dispute, Opening
from tongban.cases.outbox import Channel, FileChannel
from tongban.cases.projections import CaseRow
from tongban.cases.reading import Reading
from tongban.cases.redecide import Redecided, redecide
from tongban.cases.rights import grant_for
from tongban.cases.store import alarms, history, personal
from tongban.cases.store.history import DraftKey
from tongban.cases.store.personal import Draft, InboxNotice
from tongban.cases.store.promises import Broken
from tongban.cases.views import CaseView
from tongban.cases.visits import Visits
from tongban.cases.wholes import open_whole
from tongban.cases.worklists import MOST, QueueFilter
from tongban.catalog.catalogue import Catalogue
from tongban.org import Actor, Directory
from tongban.sharing import Owed, Shared, take_over
from tongban.sharing.access import Kind
from tongban.sharing.grants import Shelf, nothing_listed
from tongban.terms import Calendar

_T = TypeVar("_T")

_EVERYWHERE = "000000"
"""Region of what a person without one keeps."""


class Cases:
    """The case engine of one process. Times are the clock's; every command carries an idempotency key."""

    def __init__(
        self,
        db: Database,
        catalogue: Catalogue,
        directory: Directory,
        calendar: Calendar,
        keys: KeyRing,
        clock: Clock,
        *,
        data_dir: Path,
        channel: Channel | None = None,
        zone: ZoneInfo = ZONE,
        demo: bool = True,
        beside: Beside | None = None,
        listed: Shelf = nothing_listed,
        between: Between | None = None,
    ) -> None:
        self.engine = Engine(
            db, catalogue, directory, calendar, keys, clock, zone, demo, beside or Beside(), listed, between
        )
        self._reading = Reading(self.engine)
        self.emergencies = Emergencies(self.engine, self._reading)
        self.acting = Acting(self.engine)
        self.bundles = Bundles(self.engine)
        self.visits = Visits(self.engine, self._reading)
        self._files = Files(db, data_dir / "documents")
        self.elsewhere = Handovers(self.engine, self._files, between) if between else None
        self._channel = channel or FileChannel(data_dir / "outbox")

    # --- drafts ----------------------------------------------------------------------------------------------------

    async def save_draft(self, actor: Actor, service: str, content: Mapping[str, Any], about: str = "") -> Draft:
        """Keep what has been filled in, unchecked; sealed with the key of the person it is `about` where an official
        fills it in for somebody. Raises Refused `unknown-service` (404), `draft-too-large` (413)."""
        self.engine.catalogue.service(service)
        if len(msgspec.json.encode(content)) > 256 * 1024:
            raise Refused(
                Problem("draft-too-large", Text("填写的内容太多，存不下。", "This is too much to keep.")), status=413
            )
        draft = Draft(
            region=_region(actor),
            person=_keeper(actor),
            service=service,
            content=dict(content),
            updated_at=self.engine.clock(),
        )
        await personal.save_draft(self.engine.db, draft, about or actor.on_behalf_of or "")
        return draft

    async def draft(self, actor: Actor, service: str) -> Draft | None:
        """The open draft, to be offered first."""
        return await personal.draft(self.engine.db, _region(actor), _keeper(actor), service)

    async def drafts(self, actor: Actor) -> tuple[Draft, ...]:
        """All open drafts, the latest first."""
        return tuple(await personal.drafts(self.engine.db, _keeper(actor), MOST))

    async def discard(self, actor: Actor, service: str) -> None:
        """Throw a draft away; none is fine too."""
        await personal.discard(self.engine.db, _region(actor), _keeper(actor), service)

    # --- commands --------------------------------------------------------------------------------------------------

    async def submit(
        self,
        actor: Actor,
        service: str,
        facts: Mapping[str, Any],
        documents: Mapping[str, Sequence[str]] | None = None,
        *,
        region: str,
        key: str,
        says: Mapping[str, Any] | None = None,
        records: Mapping[str, Shared] | None = None,
        disputes: Mapping[str, Dispute] | None = None,
        applicant: Applicant | None = None,
        people_only: bool = False,
        owed_by: str = "",
        barred: Sequence[str] = (),
        owed: Owed | None = None,
        received: datetime | None = None,
    ) -> CaseView:
        """Open a case. `documents` are upload ids by material; `records` what the state already knows,
        `disputes` what of it the applicant says is wrong, `owed` what sources still owe: from the same commit on they
        owe it to the case.

        `applicant` is for whoever applies for another (an official at the counter or for their body, a mandate). The
        draft is gone when the case exists. With `people_only` the rules do nothing by themselves. `owed_by`,
        `barred` and `received`: as `Engine.open`. Raises Refused with every problem at once.
        """
        self.check_key(key)
        await abroad.confirm(self.engine, records or {})
        attached = await self._attached(actor, {"documents": documents or {}}, ("documents",))
        facts = await duties.known(self.engine, actor, service, facts, applicant)
        said = {**(says or {}), "facts": dict(facts), **attached}
        asked_by = applicant or _applicant(actor, facts)
        draft = DraftKey(region=_region(actor), person=_keeper(actor), service=service)
        if self.engine.catalogue.is_bundle(service):
            found = await open_whole(
                self.engine,
                actor,
                service,
                said,
                region=region,
                applicant=asked_by,
                records=records or {},
                key=key,
                draft=draft,
                disputes=disputes,
                people_only=people_only,
            )
        else:
            invited = await self.bundles.answering(actor, service)
            found = await self.engine.open(
                actor,
                service,
                said,
                region=region,
                applicant=asked_by,
                records=records or {},
                disputes=disputes,
                key=key,
                draft=draft,
                people_only=people_only,
                owed_by=owed_by,
                barred=barred,
                also=self._taking_over(owed) if owed else None,
                part=invited,
                received=received,
            )
        await self._tell(found)
        waits = len(found.state.parts) < len(found.state.case.parts)  # what lies in other regions has begun since
        return await self._view(actor, await self.engine.load(found.state.case.case) if waits else found)

    async def _tell(self, done: Case) -> None:
        """Tell the cases that this one is about or a part of."""
        await tell(self.engine, done)
        await parts.tell(self.engine, done)
        if any(event.certificate or event.revokes for event in done.events):
            await evidence.turn(self.engine)

    def _taking_over(self, owed: Owed) -> Callable[[Opening], Also]:
        def of(opening: Opening) -> Also:
            service = self.engine.definition(CaseState(opening=opening)).service
            case, body, now = opening.case, opening.office.id, self.engine.clock()
            return lambda connection: take_over(connection, owed, service, case, body, now)

        return of

    async def act(
        self,
        actor: Actor,
        case: str,
        act: str,
        says: Mapping[str, Any] | None = None,
        *,
        version: int | None,
        key: str,
    ) -> CaseView:
        """Do an act on a case, as it stood at `version`. Files are named by upload id. Raises Refused."""
        self.check_key(key)
        found = await self._reading.find(actor, case, Kind.CASE)
        await self._reading.open(actor, found)
        spec = found.definition.procedure.acts.get(act)
        files = tuple(name for name, field in spec.says.items() if field.type == "documents") if spec else ()
        said = {**(says or {}), **await self._attached(actor, says or {}, files)}
        if spec:
            said |= await naming.named(self.engine, found, spec, said, actor)
        duties.sent(self.engine, found, act, said)
        done = await self.engine.act(actor, case, act, said, version=version, key=key)
        await self._tell(done)
        return await self._view(actor, done)

    async def people_only(self, actor: Actor, case: str, *, key: str) -> CaseView:
        """只由人来办: the applicant asks that from now on the rules do nothing in it by themselves (PIPL 24).

        Asking again is harmless. Raises Refused `unknown-case` (404), `case-closed` (409), `not-your-act` (403).
        """
        view = await self.view(actor, case)
        return view if view.state.people_only else await self.act(actor, case, PEOPLE_ONLY, version=None, key=key)

    def check_key(self, key: str) -> None:
        """Raises Refused `key-missing` (400)."""
        if not 8 <= len(key) <= 200:
            raise Refused(
                Problem(
                    "key-missing",
                    Text("每次提交要带一个8到200字的提交编号", "Send an idempotency key of 8 to 200 characters"),
                    "key",
                ),
                status=400,
            )

    async def _attached(self, actor: Actor, says: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
        """Upload ids turned into the files they name, which must be the actor's own."""
        named = {name: says[name] for name in fields if name in says}
        ids = [one for said in named.values() for one in ids_in(said)]
        if not ids:
            return named
        known = await personal.documents(self.engine.db, actor.id, ids)
        if lost := [one for one in ids if one not in known]:
            words = Text("没有这个文件，请重新上传", "There is no such upload")
            raise Refused(*(Problem("unknown-document", words, one) for one in lost))
        return {name: attach(said, known) for name, said in named.items()}

    # --- reading ---------------------------------------------------------------------------------------------------

    async def view(self, actor: Actor, case: str) -> CaseView:
        """A case. Raises Refused `unknown-case` (404), also when it is somebody else's.

        Whoever is not its applicant leaves a row in 谁用过我的数据 first; if that cannot be written nothing is read.
        """
        return await self._view(actor, await self._reading.find(actor, case, Kind.CASE))

    async def _view(self, actor: Actor, found: Case, kind: Kind = Kind.CASE) -> CaseView:
        trace = await self._reading.open(actor, found, kind)
        state = found.state
        issued = state.issued and await certs.store.for_case(self.engine.db, state.case.region, state.case.case)
        grant, inside = grant_for(self.engine, actor, found), actor.kind == "official"
        colleagues = await naming.colleagues(self.engine, found, actor) if inside else ()
        to = receivers(self.engine, found) if inside and may_hand_on(state, grant(HAND_ON)) else ()
        return CaseView(found, actor, inside, self.engine.clock(), grant, trace, issued or (), colleagues, to)

    async def possible(self, actor: Actor, case: str) -> tuple[PossibleAct, ...]:
        """What this actor may do with a case now."""
        return (await self.view(actor, case)).possible

    async def export(self, actor: Actor, case: str) -> dict[str, Any]:
        """One JSON with everything about a case."""
        found = await self._reading.find(actor, case, Kind.EXPORT)
        return (await self._view(actor, found, Kind.EXPORT)).export()

    async def export_whole(self, case: str) -> dict[str, Any]:
        """The same for the operator, with the files themselves (base64 by digest); the person sees that it was made.

        Nobody's rights are asked: whoever runs the installation holds its database and its files anyway.
        Raises Refused `unknown-case` (404).
        """
        found = await self.engine.load(case)
        trace = await self._reading.take_out(found)
        state = found.state
        issued = await certs.store.for_case(self.engine.db, state.case.region, case)
        whole = CaseView(found, Actor.clock(), True, self.engine.clock(), lambda _: None, trace, issued)
        filed = (file for files in (*state.documents.values(), *state.replaced.values()) for file in files)
        contents = {file.sha256: b64encode(await self._files.get(file.id, file.sha256)).decode() for file in filed}
        return whole.export() | {"files": contents}

    async def redecide(self, case: str, known: datetime | None = None) -> Redecided:
        """A decided case decided again, for the operator: under the text it was decided by, and under the law of its
        day as known at a moment (default now). Raises Refused `unknown-case` (404), and as `redecide`."""
        found = await self.engine.load(case)
        await self._reading.take_out(found)
        moment = known or self.engine.clock()
        return redecide(found.definition, found.events, found.state, self.engine.catalogue, moment)

    async def mine(self, actor: Actor, after: str | None = None, limit: int = 20) -> Page[CaseRow]:
        """The cases a person has asked for, newest first; under a mandate those that it covers."""
        return await worklists.mine(self.engine, actor, after, limit)

    async def promises(self, actor: Actor) -> tuple[Broken, ...]:
        """What is remembered of promises that a person broke, for themselves (or who they act for) alone."""
        return await promises.remembered(self.engine.db, actor.on_behalf_of or actor.id)

    async def asked(self, actor: Actor, *services: str, after: str | None = None, limit: int = 20) -> Page[CaseRow]:
        """The cases that an official's body has asked other bodies for, newest first; of these services, or of all."""
        return await worklists.asked(self.engine, actor, services, after, limit)

    async def queue(
        self, actor: Actor, filters: QueueFilter | None = None, after: str | None = None, limit: int = 50
    ) -> Page[CaseRow]:
        """An official's work, soonest due first; one query. Somebody without a body has none."""
        return await worklists.queue(self.engine, actor, filters or QueueFilter(), after, limit)

    async def inbox(self, actor: Actor, after: str | None = None, limit: int = 20) -> Page[InboxNotice]:
        """A person's letters, newest first; an agent's are those about the cases that the mandate covers."""
        return await worklists.inbox(self.engine, actor, after, limit)

    # --- documents -------------------------------------------------------------------------------------------------

    async def add_document(self, actor: Actor, name: str, data: bytes, about: str = "") -> Attachment:
        """Keep an upload of the actor's, to be filed with a case; sealed with the key of the person it is `about` where
        an official hands it in for somebody or in their case. Raises Refused (see `documents.examine`)."""
        about = about or actor.on_behalf_of or ""
        about = "" if about == actor.id else about
        owner = f"{actor.id}\n{about}" if about else actor.id
        file = await asyncio.to_thread(examine, name, data, region=_region(actor), owner=owner)
        await self._files.put(file.id, about or actor.id, data)
        await personal.add_document(self.engine.db, _region(actor), actor.id, file, self.engine.clock(), about)
        return file

    async def document(self, actor: Actor, document: str, *, case: str | None = None) -> tuple[Attachment, bytes]:
        """An upload of the actor's own, or one filed with a case the actor may see. Raises Refused (404)."""
        if case is None:
            file = (await personal.documents(self.engine.db, actor.id, [document])).get(document)
        else:
            found = await self._reading.find(actor, case, Kind.DOCUMENT)
            filed = (*found.state.documents.items(), *found.state.replaced.items())
            place, file = next(((at, one) for at, files in filed for one in files if one.id == document), ("", None))
            await self._reading.open(actor, found, Kind.DOCUMENT, document, (place,) if place else ("case",))
        if file is None:
            raise Refused(Problem("unknown-document", Text("没有这个文件。", "There is no such document.")), status=404)
        return file, await self._files.get(file.id, file.sha256)

    async def content(self, document: str, sha256: str) -> bytes:
        """The bytes of a file, for what reads papers beside the pages; nobody's rights are asked, nothing is served.

        Raises Refused `file-lost` (404), `erased` (410)."""
        return await self._files.get(document, sha256)

    async def open_states(self, limit: int = 500) -> tuple[CaseState, ...]:
        """Open cases as they stand, for what looks over them beside the pages; no more than `limit`."""
        rows = await history.open_cases(self.engine.db, ("", ""), limit)
        found = [await rebuilding.readable(self.engine, row.case_id) for row in rows]
        return tuple(case.state for case in found if case is not None)

    # --- the machinery ---------------------------------------------------------------------------------------------

    async def fire(self, now: datetime | None = None) -> int:
        """Let the clock do what is due; the number of cases in which something happened."""
        done = await timers.fire(self.engine, now or self.engine.clock())
        return done + await evidence.turn(self.engine)

    async def given_up(self) -> tuple[str, ...]:
        """Cases whose clock failed so often that it is no longer tried: somebody must look (a hundred at most)."""
        return tuple(case for _, case, _ in await alarms.dead_alarms(self.engine.db, MOST))

    async def deliver(self, now: datetime | None = None) -> int:
        """Carry letters; the number that arrived."""
        return await outbox.deliver(self.engine, self._channel, now or self.engine.clock())

    async def catch_up(self) -> int:
        """At start: move open cases' dates if the calendar is another than last time; the number that moved."""
        return await rebuilding.catch_up(self.engine)

    async def rebuild(self) -> int:
        """Make every row anew from the events; the number of cases."""
        return await rebuilding.rebuild(self.engine)


def _keeper(actor: Actor) -> str:
    """Whose drafts they are: what somebody fills in at work or for another is not among their own."""
    capacity = actor.post or actor.on_behalf_of
    return f"{actor.id} {capacity}" if capacity else actor.id


def _region(actor: Actor) -> str:
    return actor.region or _EVERYWHERE


def _applicant(actor: Actor, facts: Mapping[str, Any]) -> Applicant:
    """The actor, or who gave them the mandate. An official names the applicant: nobody applies to themselves.

    Their own number is the one that was checked when they logged in, not the one that was typed.
    """
    if actor.kind != "person":
        raise Refused(Problem("applicant-missing", Text("请写明替谁申请", "Say for whom this is applied"), "applicant"))
    number = str(facts.get("id_number") or facts.get("uscc") or "")
    if actor.mandate is None:
        return Applicant(actor.id, actor.name, actor.number or number)
    return Applicant(actor.mandate.from_party, actor.mandate.from_name, number)
