"""Rating something, changing one's mind, putting bad ratings right, and showing in public what may be shown.

Whoever has the link of a case or of a visit may rate it, once. The link is worked out from the installation's secret,
so none is kept; that it was used is what makes the rating the only one. Officials come by links too (in the letter of
a case, in the code at their window), so what was said is told only to whoever said it: by a mark given to them then, or
by being the person of the case. A bad rating becomes a case by itself as soon as it can no longer be changed
(国办发〔2019〕51号: every bad rating is put right and answered).
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from datetime import date, datetime

from tongban.assist.gate.public import for_everybody
from tongban.base.clock import Clock
from tongban.base.database import Database
from tongban.base.errors import Refused, refuse
from tongban.base.i18n import LANGS, Text, words
from tongban.base.ids import read_case_id, uuid7
from tongban.base.page import Page, cursor, read_cursor
from tongban.base.telemetry import Log
from tongban.cases import clocks
from tongban.cases.about import tell, took_part
from tongban.cases.loaded import Case
from tongban.cases.model import Applicant
from tongban.cases.service import Cases
from tongban.catalog.model import Service
from tongban.hall import Hall
from tongban.org import Actor, Directory, Role
from tongban.org import store as people
from tongban.sharing import Purpose, Reader
from tongban.sharing.access import Kind, Opened, open_record
from tongban.voice.asking import supervising
from tongban.voice.ratings import tags
from tongban.voice.ratings.model import CHANGE, LEVELS, LONGEST, OPEN_FOR, Channel, Rating, Subject
from tongban.voice.store import ratings as store

CURE = "rating-cure"
"""The service, and the procedure, of a case that puts a bad rating right."""
NOT_RATED = frozenset({CURE, "hotline-request"})
"""A request is asked about when its person is called back; what puts a rating right has its own second look."""
_CODE = 10
_MOST = 50
_BY_ONES_OWN = frozenset({"natural-person", "enterprise"})


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says: a level, what they ticked, words of their own, and whether with their name."""

    level: int
    ticked: tuple[str, ...] = ()
    comment: str = ""
    named: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How what puts a bad rating right stands: `by` while it is open, `told` once it has ended without a letter."""

    state: Text
    by: date | None
    told: Text | None


@dataclass(frozen=True)
class Ratings:
    """The ratings of one installation."""

    db: Database
    cases: Cases
    hall: Hall
    directory: Directory
    clock: Clock
    secret: bytes
    log: Log
    address: str

    # --- links -----------------------------------------------------------------------------------------------------

    def link(self, case: str) -> str:
        """Where a case is rated; whoever has it may. The code is 50 bits of a keyed hash."""
        return f"/rate/{case}/{self._code(case)}"

    def in_letter(self, case: str) -> str:
        """The same as the letter of a case has it, which is for its person: no desk shows it."""
        return f"{self.address}{self.link(case)}?via=letter"

    async def of_case(self, case: str, code: str) -> Subject:
        """What the link of a case leads to. Raises Refused: `unknown-link` (404), `not-ended`, `too-late` (409)."""
        try:
            number = read_case_id(case)
        except Refused:
            raise _unknown() from None
        if not hmac.compare_digest(code.strip().upper().encode(), self._code(number).encode()):
            raise _unknown()
        found = await self.cases.engine.find(self.db, number)
        if found is None or not rateable(found.definition.service):
            raise _unknown()
        return self._case(found)

    def of(self, found: Case) -> Subject | None:
        """A case as something to rate; None while it cannot be."""
        if not rateable(found.definition.service) or not found.definition.ended(found.state):
            return None
        return self._case(found)

    def _case(self, found: Case) -> Subject:
        state, service = found.state, found.definition.service
        if not found.definition.ended(state) or state.updated_at is None:
            raise refuse("not-ended", "办完了才能评价。", "It can be rated when it has ended.", status=409)
        if state.elsewhere:
            raise refuse(
                "rated-elsewhere",
                "这件在另一个平台办的，请在那边评价。",
                "It was handled on another platform; please rate it there.",
                status=409,
            )
        self._in_time(state.updated_at)
        return Subject(
            "case",
            state.case.case,
            state.case.region,
            state.office.id,
            Text(*(words(service.name, lang) for lang in LANGS)),
            service.service,
            service.version,
            state.case.applicant.id if state.case.applicant.kind == "person" else "",
            took_part(found.events),
        )

    async def of_visit(self, token: str) -> Subject:
        """What the slip of a number leads to, once whoever had it was served. Raises Refused as `of_case`."""
        found = await self.hall.queue.visit(token)
        if found is None:
            raise _unknown()
        if found.outcome == "no-show" or found.called_at is None:
            raise refuse("not-ended", "还没有叫到这个号。", "This number has not been called.", status=409)
        self._in_time(found.ended_at or found.called_at)
        place = self.hall.places.get(found.hall)
        handlers = frozenset({found.official} - {""})
        return Subject("visit", token, found.region, place.body, place.name, person=found.person, handlers=handlers)

    def _in_time(self, ended: datetime) -> None:
        if self.clock() > ended + OPEN_FOR:
            raise refuse(
                "too-late",
                f"办完{OPEN_FOR.days}天以内可以评价。还有话说，可以打12345。",
                f"It could be rated for {OPEN_FOR.days} days. If there is still something to say, call 12345.",
                status=409,
            )

    # --- rating ----------------------------------------------------------------------------------------------------

    async def given(self, subject: Subject) -> Rating | None:
        """The rating of something, if it has one."""
        return await store.of_subject(self.db, subject.region, self._subject(subject))

    def mark(self, given: Rating) -> str:
        """What only whoever gave a rating is handed: 50 bits of a keyed hash."""
        return self._short(f"given\n{given.id}")

    def gave(self, given: Rating, subject: Subject, actor: Actor | None, mark: str) -> bool:
        """Whether somebody may see what was said and change it: who has its mark, or whose case it was."""
        return hmac.compare_digest(mark.encode(), self.mark(given).encode()) or (
            actor is not None and actor.kind == "person" and bool(subject.person) and actor.id == subject.person
        )

    async def rate(self, subject: Subject, said: Said, channel: Channel, actor: Actor | None, mark: str = "") -> Rating:
        """Rate it, or change what one said, once and in time. `actor` is whoever is logged in, `mark` as in `gave`.

        Raises Refused: `no-level`, `too-long`, `took-part` (403), `rated-already` (409), `nobody-to-name` (422).
        """
        if said.level not in LEVELS:
            raise refuse("no-level", "请选一个满意程度。", "Please choose one of the five.", place="level")
        comment = said.comment.strip()
        if len(comment) > LONGEST:
            raise refuse("too-long", f"最多{LONGEST}个字。", f"At most {LONGEST} characters.", place="comment")
        if actor is not None and actor.id in subject.handlers:
            raise refuse(
                "took-part",
                "这件事是您经手的，不能由您评价。",
                "You handled this and cannot rate it.",
                status=403,
                law="国办发〔2019〕51号",
            )
        person = self._who(subject, actor) if said.named else ""
        now = self.clock()
        before = await self.given(subject)
        rating = Rating(
            region=subject.region,
            id=str(uuid7()) if before is None else before.id,
            subject=self._subject(subject),
            kind=subject.kind,
            body=subject.body,
            service=subject.service,
            version=subject.version,
            channel=channel,
            level=said.level,
            tags=tags.fitting(subject.place, said.level, said.ticked),
            said=comment,
            at=now if before is None else before.at,
            changed_at=None if before is None else now,
            case_id=subject.key if person and subject.kind == "case" else "",
            person=person if before is None else before.person,
            handlers=tuple(sorted(subject.handlers)),
            comment="waiting" if comment else "none",
            name=subject.name,
        )
        if before is None:
            done = await store.add(self.db, rating)
        else:
            mine = before.changeable(now) and self.gave(before, subject, actor, mark)
            done = mine and await store.change(self.db, rating, now)
        if not done:
            raise refuse(
                "rated-already",
                "这件事已经评价过了，一件只评一次；评价以后十分钟内可以改一次。",
                "This has been rated; it is rated once, and a rating can be changed once within ten minutes.",
                status=409,
            )
        return rating

    def _who(self, subject: Subject, actor: Actor | None) -> str:
        """Whose name stands with it: of whoever it was done for, or of whoever is logged in at a visit."""
        if subject.person:
            return subject.person
        if subject.kind == "visit" and actor is not None and actor.kind == "person":
            return actor.id
        raise refuse(
            "nobody-to-name",
            "要留名，请先登录；不留名也可以评。",
            "Log in to give your name; it can be rated without.",
            place="named",
        )

    # --- putting right ---------------------------------------------------------------------------------------------

    async def turn(self) -> int:
        """Open the cases of bad ratings that stand, and note which have ended. The number of cases opened."""
        opened = 0
        for one in await store.to_cure(self.db, self.clock() - CHANGE, _MOST):
            try:
                await self._open(one)
                opened += 1
            except Exception as error:  # the others must have their turn
                self.log.error("cure-not-opened", error, rating=one.id)
        for region, rating, case in await store.in_cure(self.db, _MOST):
            found = await self.cases.engine.load(case)
            last = found.state.acts[-1]
            counts = found.state.state != "set-aside" and last.payload.get("counts") != "no"
            await store.cure_ended(self.db, region, rating, found.state.state, last.at, counts=counts)
        return opened

    async def _open(self, one: Rating) -> None:
        applicant = await self._applicant(one)
        said = {
            "rating": one.id,
            "named": one.named,
            "of": one.name.zh,
            "level": LEVELS[one.level].zh,
            "tags": "、".join(tags.name(tag).zh for tag in one.tags),
            "said": one.said,
            "case_number": one.case_id,
        }
        engine = self.cases.engine
        found = await engine.open(
            Actor.rules(),
            CURE,
            {"facts": {name: value for name, value in said.items() if value != ""}},
            region=one.region,
            key=f"cure:{one.id}",
            applicant=applicant,
            records={},
            owed_by=one.body,
            barred=one.handlers,
        )
        await tell(engine, found)
        await store.cured_by(self.db, one, found.state.case.case)

    async def _applicant(self, one: Rating) -> Applicant:
        """Whoever rated by name; for the others the supervising body of the place asks in their stead."""
        if one.person and (found := await people.person(self.db, one.person)):
            return Applicant(found.id, found.name, found.id_number)
        return supervising(self.directory, self.directory.body(one.body).region)

    # --- in public -------------------------------------------------------------------------------------------------

    async def clear(self, actor: Actor, region: str, rating: str, shown: str) -> None:
        """What may be read in public of what somebody said; empty: nothing. By a person of the supervising body.

        Raises Refused: `not-yours` (403), `unknown-rating` (404), `moved-on` (409), `too-long`, `personal-data`.
        """
        if Role.SUPERVISE not in actor.roles:
            raise refuse("not-yours", "由监督岗来看。", "This is for the supervising post.", status=403)
        found = await store.one(self.db, region, rating) if region in self.regions(actor) else None
        if found is None:
            raise refuse("unknown-rating", "没有这条评价。", "There is no such rating.", status=404)
        said = shown.strip()
        if len(said) > LONGEST:
            raise refuse("too-long", f"最多{LONGEST}个字。", f"At most {LONGEST} characters.", place=f"shown-{rating}")
        for_everybody(said, f"shown-{rating}", await self._names(found, known=found.said))
        if not await store.cleared(self.db, found, "shown" if said else "kept", said, actor.id):
            raise refuse("moved-on", "别人已经看过这一条。", "Somebody else has looked at this.", status=409)

    async def reply(self, actor: Actor, rating: str, region: str, said: str) -> None:
        """The rated body answers in public. Raises Refused: `not-yours`, `no-words`, `too-long`,
        `personal-data`, `moved-on`."""
        if not {Role.DECIDE, Role.HEAD} & actor.roles:
            raise refuse("not-yours", "由审批岗或者负责人回复。", "An approver or the head replies.", status=403)
        words_ = said.strip()
        if not words_:
            raise refuse("no-words", "请写回复。", "Please write a reply.", place=f"reply-{rating}")
        if len(words_) > LONGEST:
            raise refuse("too-long", f"最多{LONGEST}个字。", f"At most {LONGEST} characters.", place=f"reply-{rating}")
        found = await store.one(self.db, region, rating)
        theirs = found is not None and found.body == actor.body and found.cure != ""
        for_everybody(words_, f"reply-{rating}", await self._names(found) if found and theirs else ())
        if not await store.reply(self.db, region, rating, actor.body, words_, actor.id):
            raise refuse("moved-on", "这一条不能回复，或者已经回复过。", "There is no reply to give here.", status=409)

    async def _names(self, one: Rating, known: str | None = None) -> tuple[str, ...]:
        """Whose name must not stand beside it: of whoever rated by name, where whoever writes knows it already, from
        its case or as it stands in `known`. Of anybody else, a refusal would tell who of a list of names it was."""
        person = await people.person(self.db, one.person) if one.person else None
        return (person.name,) if person and (known is None or person.name in known) else ()

    def regions(self, actor: Actor) -> tuple[str, ...]:
        """The regions that an official supervises: their own and those inside."""
        bodies = self.directory.bodies_in([self.directory.body(actor.body).region])
        return tuple(sorted({body.region for body in bodies}))

    async def of_body(self, actor: Actor, after: str | None, limit: int) -> Page[Rating]:
        """How an official's body was rated, the latest first, without what was said. Raises Refused `bad-cursor`."""
        place = read_cursor(after, tuple[datetime, str]) if after else None
        found = await store.of_body(self.db, actor.body, place, limit + 1)
        last = found[limit - 1] if len(found) > limit else None
        return Page(tuple(found[:limit]), cursor(last.at, last.id) if last else None)

    async def to_clear(self, actor: Actor, after: str | None, limit: int) -> Page[Rating]:
        """What somebody said and nobody has looked at yet, in the regions that an official supervises, the oldest
        first. Raises Refused `bad-cursor`.

        That the words of whoever gave their name were read is a line in 谁用过我的数据.
        """
        place = read_cursor(after, tuple[datetime, str]) if after else None
        found = await store.to_clear(self.db, self.regions(actor), place, limit + 1)
        last = found[limit - 1] if len(found) > limit else None
        law, now = self.cases.engine.catalogue.service(CURE), self.clock()
        for one in found[:limit]:
            if one.person:
                await open_record(self.db, _opened(actor, one, law, now))
        return Page(tuple(found[:limit]), cursor(last.at, last.id) if last else None)

    async def words(self, body: str, after: str | None, limit: int) -> Page[Rating]:
        """Words that were cleared for everybody, of all bodies or of one, the latest first. Raises Refused
        `bad-cursor` (400)."""
        place = read_cursor(after, tuple[datetime, str]) if after else None
        found = await store.shown(self.db, body, place, limit + 1)
        last = found[limit - 1] if len(found) > limit else None
        return Page(tuple(found[:limit]), cursor(last.at, last.id) if last else None)

    async def outcome(self, one: Rating) -> Outcome | None:
        """What became of a bad rating, for whoever holds its link."""
        if not one.cure:
            return None
        found = await self.cases.engine.find(self.db, one.cure)
        if found is None:
            return None
        spec = found.definition.procedure.states[found.state.state]
        letters = [event.letter for event in found.events if event.letter]
        last = letters[-1].body if letters and spec.end and not one.named else None
        due = clocks.matters(clocks.running(found.definition, found.state, self.clock())) if spec.end is None else None
        moment = due.binding.due if due else None
        return Outcome(spec.name, found.definition.local(moment) if moment else None, last)

    async def by_look_up(self, case: str, code: str) -> Subject:
        """A case by its number and the look-up code of its receipt. Raises Refused as `of_case`."""
        try:
            number = read_case_id(case)
        except Refused:
            raise _unknown() from None
        found = await self.cases.engine.find(self.db, number)
        if found is None or not self.hall.kiosk.opens(found.state.case.applicant.id, number, code):
            raise _unknown()
        if not rateable(found.definition.service):
            raise _unknown()
        return self._case(found)

    def invites(self, case: str, service: Service) -> Text:
        """The sentence at the end of the letter with which a case ends; nothing where it is not rated."""
        if not rateable(service):
            return Text("", "")
        link = self.in_letter(case)
        return Text(f"办得怎么样，请评一评：{link}", f"How was it? Please rate it: {link}")

    # --- inside ----------------------------------------------------------------------------------------------------

    def _code(self, case: str) -> str:
        return self._short(f"rate\n{case}")

    def _short(self, of: str) -> str:
        return base64.b32encode(hmac.digest(self.secret, of.encode(), "sha256")[:7]).decode()[:_CODE]

    def _subject(self, subject: Subject) -> bytes:
        return hmac.digest(self.secret, f"rated\n{subject.kind}\n{subject.key}".encode(), "sha256")


def _opened(actor: Actor, one: Rating, law: Service, now: datetime) -> Opened:
    return Opened(
        person=one.person,
        reader=Reader(kind="official", id=actor.id, post=actor.post, body=actor.body),
        purpose=Purpose.of(law, one.case_id),
        grant="post:supervise",
        resource="ratings",
        record="rating",
        fields=("said",),
        labels=(Text("评价里写的话", "what you wrote in a rating"),),
        kind=Kind.CASE,
        at=now,
        source=Text("好差评", "ratings"),
        case=one.case_id,
        case_open=False,
        once=f"rating\n{one.id}",
    )


def rateable(service: Service) -> bool:
    """Whether cases of a service are rated: what people ask for themselves."""
    return service.service not in NOT_RATED and bool(_BY_ONES_OWN & set(service.audience))


def _unknown() -> Refused:
    return refuse(
        "unknown-link",
        "没有这个评价链接，请看看是不是少抄了几位。",
        "There is no such link; perhaps some characters are missing.",
        status=404,
    )
