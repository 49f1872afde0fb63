"""/open/operators: which companies keep which systems running, until when, and how those that left were checked."""

from functools import partial
from typing import Any

from litestar import Response, get

from tongban.ledger.receipts import SUFFIX
from tongban.ledger.records import record_proof
from tongban.oversight.registers.operators import STATES, WAYS, Operators
from tongban.web.bodies import body_name, post_name
from tongban.web.html import page, saved_file
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_SHOWN = 20


def operators_of(site: Site) -> Operators:
    """The register of this site."""
    return Operators(site.db, site.directory, site.keys, site.clock, site.settings.timezone)


@get("/open/operators")
async def operators(site: Site, visitor: Visitor, after: str | None = None) -> Response[str]:
    """Every contract, the latest to end first."""
    found = await operators_of(site).published(after, _SHOWN)
    return page(
        site,
        visitor,
        "open/operators.html",
        entries=[(one, body_name(site, one.contract.body)) for one in found.items],
        following=found.next,
        today=site.today,
        states=STATES,
        ways=WAYS,
        post_name=partial(post_name, site),
    )


@get("/open/operators/{contract:str}/exit.json")
async def statement(site: Site, contract: str) -> Response[Any]:
    """The signed statement that all an operator held is gone. Raises Refused `unknown-contract` (404)."""
    _, erasure, _ = await operators_of(site).gone(contract)
    return saved_file(erasure.statement, "operator-exit.json", "application/json")


@get("/open/operators/{contract:str}/proof")
async def proof(site: Site, contract: str) -> Response[Any]:
    """That this stands in the public log just so. Raises Refused: `unknown-contract` (404), `record-not-ready` (503),
    `record-not-provable` (409)."""
    found, _, said = await operators_of(site).gone(contract)
    one = found.contract
    file = await record_proof(site.db, "operator-exit", f"{one.region}:{one.id}", said)
    return saved_file(file, f"operator-exit{SUFFIX}", "text/plain")


ROUTES = [operators, statement, proof]
