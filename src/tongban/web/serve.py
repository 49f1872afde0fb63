"""Opening an installation and serving it: what each worker process does, from its settings to its last job.

`application` is what granian imports in every worker; it reads the settings from the environment. Work that is nobody's
request (timers, letters, sweeping) runs beside the pages in every worker: rows are claimed, so it happens once.
"""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import partial

from litestar.types import ASGIApp, Receive, Scope, Send

from tongban.assist.service import Assist
from tongban.base.clock import Clock, system_clock
from tongban.base.config import Settings
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.base.keys import KeyRing
from tongban.base.parent import end_with_parent
from tongban.base.sealing import open_sealer
from tongban.base.starting import wait_until_prepared
from tongban.base.telemetry import Log, take_over
from tongban.cases import abroad
from tongban.cases.committing_old import commit_old
from tongban.cases.evidence import Evidence
from tongban.cases.handover.agreements import Between
from tongban.cases.late import LateRecords
from tongban.cases.outbox import Channel, FileChannel, SmtpChannel
from tongban.cases.service import Cases
from tongban.cases.texting import DemonstrationTexting, Texted
from tongban.catalog.calendars import open_calendar
from tongban.catalog.installation import open_catalogue
from tongban.certs.counter import store as counter_store
from tongban.certs.wallet import store as wallet_store
from tongban.certs.wallet.store import waiting
from tongban.hall import Hall
from tongban.ledger.log import PublicLog
from tongban.org import sessions, store
from tongban.org.apps import Apps
from tongban.org.apps import flow as apps
from tongban.org.demo.provinces import PROFILES, Province
from tongban.org.oidc import OidcClient
from tongban.outreach import journal
from tongban.outreach.offers import Outreach
from tongban.oversight import draws
from tongban.oversight.registers.demo import seed as demonstrate_registers
from tongban.oversight.registers.operators import Operators
from tongban.oversight.watching.turn import Halls, Watch
from tongban.sharing import Sharing, grants
from tongban.sharing.access import watching
from tongban.sharing.channel.centre import FILE as MEMBERS
from tongban.sharing.channel.centre import Centre
from tongban.sharing.channel.neighbours import Neighbours
from tongban.sharing.directory.live import LiveDirectory
from tongban.sharing.grants.shelf import DirectoryShelf
from tongban.sharing.partners import exchange_of
from tongban.voice.participation.service import Participation
from tongban.voice.service import Voice
from tongban.web import counting
from tongban.web import store as web_store
from tongban.web.app import Framework, Job
from tongban.web.limits import Limits
from tongban.web.neighbour_lists import NeighbourLists
from tongban.web.pages import Pages
from tongban.web.past import write_month
from tongban.web.portal.account import CALLBACK
from tongban.web.proxy import Proxied
from tongban.web.site import Site
from tongban.web.static import Assets

TIMERS_EVERY = 20.0
LETTERS_EVERY = 1.0
SWEEP_EVERY = 3600.0
ASSIST_EVERY = 2.0
"""Within how long an off-switch turned in another process holds here."""
HOUSE_EVERY = 30.0
"""How soon a leave or a sheet that another worker took in counts here."""
ENTRIES_EVERY = 5.0
"""Within how long an entry of the directory, or a moved power, that another process published is seen here."""
CARRY_EVERY = 60.0
"""How often questions that go by files are packed, and answers that came are taken in."""
WATCH_EVERY = 300.0
"""How often a process asks whether a use is due to be looked at; each is once an hour."""
PAPERS_EVERY = 2.0
HEAR_EVERY = 5.0
"""Within how long a bad rating that stands is a case, and a request that moved is in the figures."""
CONSULT_EVERY = 60.0
"""How often consultations are counted where ten ballots are new, and closed where their time is over."""
LOG_EVERY = 1.0
"""Within how long what was done stands in the public log."""
POOL = 8
"""Connections a worker holds at most; writes share few of them (group commit)."""


async def open_site(settings: Settings, db: Database, clock: Clock, log: Log) -> Site:
    """Everything a process needs, read once. The database is migrated and open."""
    keys = KeyRing.open(settings.keys_dir, clock())
    catalogue = open_catalogue(settings.data_dir, clock)
    for problem in catalogue.problems:
        log.event("file-left-out", code=problem.code)
    directory = await store.load(db, clock)
    calendar = open_calendar(settings.data_dir)
    secret = await web_store.secret(db, "csrf")
    entries = LiveDirectory.of(settings.data_dir)
    await entries.refresh(db)
    between = Between(Neighbours(settings.data_dir, clock), lambda: directory.register.agreements)
    cases = Cases(
        db,
        catalogue,
        directory,
        calendar,
        keys,
        clock,
        data_dir=settings.data_dir,
        channel=_channel(settings),
        zone=settings.timezone,
        demo=settings.demo,
        listed=DirectoryShelf(lambda: entries.now),
        between=between,
    )
    lists = NeighbourLists(clock)
    cases.engine.abroad = partial(lists.standing, between.neighbours)
    hall = Hall(db, clock, settings.data_dir, secret, settings.timezone, calendar, demonstration=settings.demo)
    places = (PROFILES[Province(settings.province)].short,) if settings.province else ()
    centre = Centre(settings.data_dir / MEMBERS, keys, clock, partial(grants.rights, db))
    halls = Halls(tuple((place.region, place.id, place.body) for place in hall.places.all()))
    assist = await Assist.open(
        db,
        catalogue,
        directory,
        cases,
        clock,
        log,
        settings.data_dir,
        settings.model,
        settings.upper,
        settings.address,
    )
    site = Site(
        settings=settings,
        db=db,
        catalogue=catalogue,
        directory=directory,
        cases=cases,
        sharing=Sharing(
            db, clock, replace(exchange_of(centre, keys, clock), held=Evidence(cases.engine).held), entries
        ),
        centre=centre,
        assist=assist,
        outreach=Outreach(db, catalogue, clock),
        watch=Watch(db, cases.engine, clock, settings.timezone, halls),
        hall=hall,
        voice=Voice(db, cases, hall, directory, clock, secret, log, settings.address, assist, settings.data_dir),
        participation=Participation(db, catalogue, clock, settings.timezone),
        keys=keys,
        public_log=await PublicLog.open(db, keys, clock, settings.data_dir, settings.address),
        lists=lists,
        calendar=calendar,
        clock=clock,
        log=log,
        pages=Pages(Assets(), settings.timezone, clock, *places),
        limits=Limits(db, clock, secret),
        apps=Apps(settings.data_dir, settings.address, demo=settings.demo),
        oidc=OidcClient(settings.oidc, f"{settings.address}{CALLBACK}") if settings.oidc else None,
        secret=secret,
    )
    cases.engine.beside = replace(cases.engine.beside, drawn=partial(draws.of_business, db, directory, clock))
    return site


def _channel(settings: Settings) -> Channel:
    """Mail where a mail server is named; otherwise files for a post room that prints.

    The demonstration has a carrier of short messages that sends none; another one is given here.
    """
    letters: Channel = FileChannel(settings.data_dir / "outbox")
    if smtp := settings.smtp:
        letters = SmtpChannel(
            smtp.host, smtp.port, smtp.sender, letters, starttls=smtp.starttls, user=smtp.user, password=smtp.password
        )
    texts = DemonstrationTexting(settings.data_dir / "outbox" / "texts.jsonl")
    return Texted(letters, texts) if settings.demo else letters


async def _fire(site: Site) -> None:
    await site.cases.fire()
    await site.cases.bundles.catch_up()


async def _certificates_abroad(site: Site) -> None:
    await abroad.turn(site.cases.engine)


async def _deliver(site: Site) -> None:
    with suppress(Exception):  # the log's own job tells of it; letters do not wait for the log
        await _log(site)  # so that a letter carries its receipt
    await site.cases.deliver()


async def _assist(site: Site) -> None:
    await site.assist.turn()


async def _hear(site: Site) -> None:
    await site.voice.turn()


async def _demonstrate(site: Site) -> None:
    if site.settings.demo and site.settings.province in (None, "", Province.LAN):
        await site.voice.demonstrate(site.settings.data_dir)
        registers = Operators(site.db, site.directory, site.keys, site.clock, site.settings.timezone)
        await demonstrate_registers(site.db, registers, site.cases, site.sharing.directory.now)


async def _review(site: Site) -> None:
    await site.cases.emergencies.turn()


async def _watch(site: Site) -> None:
    await site.assist.watch.turn()


async def _oversee(site: Site) -> None:
    await site.watch.turn()


async def _read_papers(site: Site) -> None:
    await site.assist.precheck.begin()
    await site.assist.precheck.work()


async def _consult(site: Site) -> None:
    await site.participation.closing.turn()


async def _log(site: Site) -> None:
    await commit_old(site.cases.engine)
    await site.public_log.turn()


async def _cosign(site: Site) -> None:
    await site.public_log.cosign()


async def _catch_up(site: Site) -> None:
    await site.cases.catch_up()


async def _ask_again(site: Site) -> None:
    await site.sharing.ask_again(site.catalogue.service, LateRecords(site.cases.engine))


async def _entries(site: Site) -> None:
    await site.sharing.directory.refresh(site.db)


async def _carry(site: Site) -> None:
    await site.sharing.carry()


async def _moves(site: Site) -> None:
    found = await store.delegations(site.db)
    if found != site.directory.moved.everything:
        site.directory.take_moves(found)


async def _house(site: Site) -> None:
    """What other processes entered: courses, class sheets, leave."""
    found = await store.house(site.db)
    if found != site.directory.house:
        site.directory.take_house(found)


async def _hand_over(site: Site) -> None:
    if site.cases.elsewhere:
        await site.cases.elsewhere.carry()


async def _sweep(site: Site) -> None:
    now = site.clock()
    await sessions.sweep(site.db, now)
    await apps.sweep(site.db, now)
    await wallet_store.sweep(site.db, now)
    await waiting.sweep(site.db, now)
    await counter_store.sweep(site.db, now)
    await store.mandates.forget_codes(site.db, now)
    await web_store.forget_counts(site.db, int(now.timestamp()) // 60 - 60)
    await site.assist.public.roll_up()
    await site.assist.precheck.sweep()
    await site.sharing.forget_accesses()
    await watching.count(site.db, now, site.settings.timezone)
    await site.sharing.sweep()
    await site.hall.scanner.sweep(now)
    await site.hall.queue.sweep()
    await site.hall.queue.remind()
    await site.hall.kiosk.sweep()
    await site.hall.posting.follow()
    for case in await site.cases.given_up():
        site.log.event("timer-given-up", case=case)
    await journal.take_in(site.db, site.settings.data_dir, now)


@asynccontextmanager
async def working(site: Site) -> AsyncGenerator[None]:
    """The jobs of a process, for as long as it serves. One that fails is logged and tried again at its next turn."""
    jobs = (
        (_catch_up, SWEEP_EVERY),
        (_hand_over, LETTERS_EVERY),
        (_certificates_abroad, TIMERS_EVERY),
        (_ask_again, TIMERS_EVERY),
        (_carry, CARRY_EVERY),
        (_sweep, SWEEP_EVERY),
        (_entries, ENTRIES_EVERY),
        (_moves, ENTRIES_EVERY),
        (_house, HOUSE_EVERY),
        (_assist, ASSIST_EVERY),
        (_watch, WATCH_EVERY),
        (_review, WATCH_EVERY),
        (_read_papers, PAPERS_EVERY),
        (_consult, CONSULT_EVERY),
        (_log, LOG_EVERY),
        (_cosign, LOG_EVERY),
        (counting.count, LOG_EVERY),
    )
    later = (
        (counting.release, counting.RELEASE_EVERY),  # a month is released once: not one that is half written
        (_fire, TIMERS_EVERY),
        (_deliver, LETTERS_EVERY),
        (_hear, HEAR_EVERY),
        (_oversee, TIMERS_EVERY),
        (_demonstrate, SWEEP_EVERY),
    )
    past = asyncio.create_task(_past(site))
    tasks = [past, asyncio.create_task(_first_release(site, past))]
    tasks += [asyncio.create_task(again_and_again(site, job, every)) for job, every in jobs]
    tasks += [asyncio.create_task(_after(past, site, job, every)) for job, every in later]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        await site.assist.precheck.close()
        with suppress(Refused):  # the database may have gone first
            await site.assist.gate.flush()


async def _past(site: Site) -> bool:
    """What the demonstration writes while it serves; whether a month was written that can be released."""
    try:
        await _demonstrate(site)
        return await write_month(site)
    except Exception as error:  # the platform goes on without
        site.log.error("job-broken", error, job="past")
        return False


async def _after(past: asyncio.Task[bool], site: Site, job: Callable[[Site], Awaitable[None]], every: float) -> None:
    """A job for which what is in the database is of today: it begins when the past has been written."""
    await asyncio.shield(past)
    await again_and_again(site, job, every)


async def _first_release(site: Site, past: asyncio.Task[bool]) -> None:
    if await asyncio.shield(past):
        await once(site, counting.release_due)


async def once(site: Site, job: Callable[[Site], Awaitable[None]]) -> None:
    """One turn of a job. A failure is logged: nothing waits for it, and what ends the process must go on."""
    try:
        await job(site)
    except (Refused, OSError) as error:
        site.log.error("job-failed", error, job=job.__name__.strip("_"))
    except Exception as error:  # whatever it is, the next turn must come
        site.log.error("job-broken", error, job=job.__name__.strip("_"))


async def again_and_again(site: Site, job: Callable[[Site], Awaitable[None]], every: float) -> None:
    """One job of a process, until it is told to end."""
    while True:
        await once(site, job)
        if (task := asyncio.current_task()) and task.cancelling():
            return  # told to end while the database went: the failure took the place of the word to end
        await asyncio.sleep(every)


class Application:
    """The ASGI application of one worker, opened when the server says that it starts."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._framework = Framework()
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._app is None:
            self._app = await self._open()
        await self._app(scope, receive, send)

    async def _open(self) -> ASGIApp:
        log = Log(clock=self._clock)
        take_over(log)
        if self._settings.database_url is None:
            raise RuntimeError("a worker is told which database to use")
        sealer = await open_sealer(self._settings)
        db = await Database.open(self._settings.database_url, name="web", max_size=POOL, sealer=sealer)
        site = await open_site(self._settings, db, self._clock, log)
        app = self._framework.serve(site, [_closing(db), working])
        return Proxied(app) if self._settings.behind_proxy else app


def _closing(db: Database) -> Job:
    @asynccontextmanager
    async def closing(_: Site) -> AsyncGenerator[None]:
        yield
        await db.close()

    return closing


def application() -> Application:
    """What granian calls in each worker, which must not go on serving when the server that started it is gone."""
    if server := multiprocessing.parent_process():
        end_with_parent(server.pid or 0, signal.SIGKILL)
    settings = Settings.load(os.environ)
    application = Application(settings, system_clock(settings.timezone))
    wait_until_prepared(settings.data_dir)
    return application
