"""A case on an official's desk, a register that names a model, and drafting over both; no site."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import msgspec
from tests.assist.fake_model import FakeServer, Step, fake_model
from tests.shipped_files import procedures, services

from tongban.assist.drafting import examples
from tongban.assist.drafting.service import NOTICE, SUMMARY, Drafting
from tongban.assist.gate import Gate
from tongban.assist.gate.http_model import HttpModel
from tongban.assist.gate.register import Register
from tongban.assist.measured import Measured, model_of
from tongban.assist.store import Store
from tongban.base.clock import SettableClock
from tongban.base.config import ModelServer
from tongban.base.database import Database
from tongban.base.i18n import Text
from tongban.base.telemetry import Log
from tongban.cases import CaseView, fold
from tongban.cases.decide import Command, decide
from tongban.cases.loaded import Case
from tongban.cases.model import Refusal
from tongban.catalog import load_use
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.shipped import shipped
from tongban.catalog.use import Model, Use
from tongban.org import Actor, Grant, Role
from tongban.sharing import Purpose
from tongban.sharing.access import Kind, Opened, reader_of
from tongban.sharing.access.model import traced

ACT, FIELD = "request-correction", "message"
OFFICIAL = Actor(kind="official", id="o-1", name="李审核", post="post-1", body="body-1", roles=frozenset({"intake"}))
SECRETS = (
    "周晓岚",
    examples.NUMBER,
    "13800000000",
    "91110000600037341L",
    "6222020200112233445",
    "李审核",
)
"""What must not leave the house with any prompt."""


def case_without_papers(service: str = "food-licence", *, model_allowed: bool = True) -> CaseView:
    """The first example of a service for which a paper is missing, as an official sees it."""
    read = services()[service]
    ai = msgspec.structs.replace(read.ai, draft="allowed" if model_allowed else "never")
    views = examples.views([msgspec.structs.replace(read, ai=ai)], procedures())
    found = next(view for view in views if any(one.status == "missing" for one in view.materials))
    grant = Grant(Text("依职权", "by office"), "", roles=frozenset({Role.INTAKE}))

    def may(_: str) -> Grant:
        return grant

    opened = Opened(
        person=examples.PERSON.id,
        reader=reader_of(OFFICIAL),
        purpose=Purpose.of(read, found.case),
        grant="power:1",
        resource="cases",
        record=read.service,
        fields=("case",),
        kind=Kind.CASE,
        at=found.now,
        source=found.service_name,
        case=found.case,
    )
    return replace(found, reader=OFFICIAL, grant=may, trace=traced((opened,)))


def said(view: CaseView, message: str) -> CaseView:
    """The same case after the applicant has added a message to it."""
    person = Actor.citizen(examples.PERSON)
    command = Command("add-papers", person, Grant(Text("本人", "in person"), ""), {"message": message})
    events = decide(view.definition, view.state, command, view.now)
    assert not isinstance(events, Refusal), events.problems
    every = (*view.loaded.events, *events)
    return replace(view, loaded=Case(view.definition, fold(every), every))


def entry(use: str, *, model: str) -> Use:
    """A shipped use with this language model registered for it, or with none."""
    found = load_use((shipped("uses") / f"{use}.yaml").read_text("utf-8")).require()
    if not model:
        return found
    return msgspec.structs.replace(found, model=Model(kind="language-model", name=model))


def _measured(use: Use) -> Measured:
    metrics = {one.metric: one.at_least or 0.0 for one in use.evaluation.thresholds}
    return Measured(
        use=use.use, version=use.version, model=model_of(use), on=date(2026, 11, 2), set="s", size=1, metrics=metrics
    )


async def drafting(db: Database, clock: SettableClock, model: HttpModel, registered: str) -> Drafting:
    uses = [entry(NOTICE, model=registered), entry(SUMMARY, model=registered)]
    register = Register(Catalogue((), (), uses), {use.use: _measured(use) for use in uses})
    store = await Store.open(db)
    gate = Gate(store, register, await store.key("person"), clock, Log(lambda _: None, clock))
    gate.keep_to_trained(lambda _post, course: course == "ai-assistance")
    await gate.refresh()
    return Drafting(gate, store, clock, model)


@contextmanager
def answering(script: Sequence[Step], seconds: float = 5.0) -> Generator[tuple[FakeServer, HttpModel]]:
    """A fake server with its client."""
    with fake_model(script) as server:
        yield server, HttpModel(ModelServer(endpoint=server.url, name="fake", seconds=seconds))
