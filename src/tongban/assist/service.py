"""`Assist`: everything of AI that the pages, the API and the command line are given, opened once per process.

Each use has its own room; what it needs stands here, and its verbs are added here.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from tongban.assist import measured
from tongban.assist.account import Accounts
from tongban.assist.drafting.service import Drafting
from tongban.assist.forecast.early import EarlyWarning
from tongban.assist.forecast.room import Forecasting
from tongban.assist.gate import Gate, hand
from tongban.assist.gate.model_port import LanguageModel, NoModel
from tongban.assist.gate.register import Register
from tongban.assist.guide.service import GuideService
from tongban.assist.precheck.service import Precheck
from tongban.assist.public import PublicRegister
from tongban.assist.records import Switched
from tongban.assist.reuse import Channel, NoChannel, Reusing, Serving
from tongban.assist.reuse.answerers import answerers
from tongban.assist.routing.desk import Routing
from tongban.assist.routing.earlier import Earlier
from tongban.assist.store import Store
from tongban.assist.watch import exercises
from tongban.assist.watch.exercises import Drill
from tongban.assist.watch.watcher import Watcher
from tongban.base.clock import Clock
from tongban.base.config import ModelServer, Upper
from tongban.base.database import Database
from tongban.base.errors import refuse
from tongban.base.telemetry import Log
from tongban.cases.service import Cases
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.shipped import shipped
from tongban.org import Actor, Directory


@dataclass(frozen=True, slots=True)
class Assist:
    """The AI side of one process. `store` is how a use reaches its own tables, under a role that may touch no case."""

    store: Store
    gate: Gate
    catalogue: Catalogue
    directory: Directory
    cases: Cases
    clock: Clock
    log: Log
    data_dir: Path
    model: LanguageModel
    watch: Watcher
    precheck: Precheck
    routing: Routing
    earlier: Earlier
    """What counters only sent on, before each request became a case."""
    forecasting: Forecasting
    early: EarlyWarning
    public: PublicRegister
    guide: GuideService
    serving: Serving
    """What regions below may ask."""
    reusing: Reusing
    """What is asked of the level above."""
    account: Accounts

    @classmethod
    async def open(
        cls,
        db: Database,
        catalogue: Catalogue,
        directory: Directory,
        cases: Cases,
        clock: Clock,
        log: Log,
        data_dir: Path,
        server: ModelServer | None = None,
        upper: Upper | None = None,
        address: str = "",
    ) -> "Assist":
        """Over a migrated database. `server` is the language model, where one is configured, `address`
        that of our pages."""
        store = await Store.open(db)
        if not store.guarded:
            log.event("assist-role-missing")
        register = Register(catalogue, measured.read(measured.folders(data_dir)))
        gate = Gate(store, register, await store.key("person"), clock, log)
        await gate.refresh()
        watch = Watcher(
            store, gate, catalogue, cases, directory, clock, log, await store.key("double"), _drills(data_dir)
        )
        await watch.refresh()
        guide = GuideService(store, gate, catalogue, directory, clock, data_dir)
        await guide.refresh()
        reusing = Reusing(gate, _channel(upper), catalogue)
        routing = Routing(store, gate, directory, clock, data_dir, reusing)
        account = Accounts(gate, watch, cases, directory, clock)
        cases.engine.beside = account.beside()
        gate.keep_to_people(account.case_wants_people)
        gate.keep_to_trained(partial(_knows, directory))
        return cls(
            store=store,
            gate=gate,
            catalogue=catalogue,
            directory=directory,
            cases=cases,
            clock=clock,
            log=log,
            data_dir=data_dir,
            model=_model(server),
            watch=watch,
            routing=routing,
            earlier=Earlier(store, directory),
            forecasting=Forecasting(db, gate, catalogue, directory, clock),
            early=EarlyWarning(db, gate, directory, clock),
            precheck=Precheck(store, gate, catalogue, cases, clock),
            guide=guide,
            serving=Serving(gate, answerers(guide, routing, address), clock),
            reusing=reusing,
            public=PublicRegister(store, gate, clock, watched=watch.public, objections=account.objections),
            account=account,
        )

    @property
    def drafting(self) -> Drafting:
        """Drafts of notices and summaries."""
        return Drafting(self.gate, self.store, self.clock, self.model)

    async def turn_switch(self, actor: Actor, use: str, region: str, state: Literal["off", "on"], why: str) -> None:
        """A head or supervisor turns a use off or on where they answer for it; published with their name.

        Raises Refused: `not-your-switch` (403), `narrowed` (409) where a use's own limit switched it off, and as
        `Gate.switch`.
        """
        hand.allow(self.directory, actor, region)
        standing = self.gate.register.off(use, region)
        if state == "on" and standing is not None and standing.region == region and standing.kind == "threshold":
            raise refuse(
                "narrowed",
                "它达不到标准，自己关掉了，由监督岗位在“看管机器”里恢复",
                "It switched itself off at its limits; its supervisors take it up again under Machines",
                status=409,
            )
        await self.gate.switch(
            Switched(
                region=region,
                use=use,
                at=self.clock(),
                state=state,
                why=why,
                kind="official",
                by_id=actor.id,
                by_name=actor.name,
            )
        )

    async def turn(self) -> None:
        """What every process does every few seconds: write the log's lines, look at the switches."""
        await self.gate.flush()
        await self.gate.refresh()
        await self.watch.refresh()
        await self.guide.refresh()
        await self.guide.prepare()


def _drills(data_dir: Path) -> tuple[Drill, ...]:
    """The exercises that come with the platform, and the installation's own."""
    return exercises.read((shipped("uses"), data_dir / "uses"))


def _channel(upper: Upper | None) -> Channel:
    if upper is None:
        return NoChannel()
    from tongban.assist.reuse.http_channel import HttpChannel  # likewise

    return HttpChannel(upper)


def _model(server: ModelServer | None) -> LanguageModel:
    if server is None:
        return NoModel()
    from tongban.assist.gate.http_model import HttpModel  # with no model configured its client is never made

    return HttpModel(server)


def _knows(directory: Directory, post: str, course: str) -> bool:
    """Whether everybody who works in a post today has passed a course that holds."""
    today = directory.today()
    here = directory.holders(post, today)
    return bool(here) and all(directory.training.knows(person, course, today) for person in here)
