"""One model for all tests of routing: what the demonstration learns from."""

import pytest

from tongban.assist.routing.duties import composed, written
from tongban.assist.routing.model import Model
from tongban.assist.routing.training import train

Rows = tuple[list[str], list[str]]


@pytest.fixture(scope="session")
def rows() -> Rows:
    """Texts and labels of the demonstration."""
    both = (*written(), *composed())
    return [text for text, _ in both], [label for _, label in both]


@pytest.fixture(scope="session")
def model(rows: Rows) -> Model:
    return train(*rows)
