"""Nothing that a browser or a program sends is read as what a model produced."""

from typing import Any, cast

import pytest
from litestar import Litestar
from tests.assist.type_graph import KINDS, held, hints, parts

from tongban.web.app import create
from tongban.web.site import Site

pytestmark = pytest.mark.database
CHANGES = {"POST", "PUT", "PATCH", "DELETE"}


def test_what_a_browser_sends_is_never_read_as_a_suggestion(site: Site) -> None:
    """Every handler that changes something: nothing it takes from outside is, or holds, what a model produced."""
    app = cast("Litestar", cast("Any", create(site))._app._app._app)
    looked = 0
    for route in app.routes:
        for handler in cast("list[Any]", getattr(route, "route_handlers", [])):
            if not set(handler.http_methods) & CHANGES:
                continue
            taken = {name: note for name, note in hints(handler.fn).items() if name not in ("site", "return")}
            found = held([part for note in taken.values() for part in parts(note)], without=frozenset({Site}))
            assert not [kind for kind in found if issubclass(kind, KINDS)], handler
            looked += 1
    assert looked > 20
