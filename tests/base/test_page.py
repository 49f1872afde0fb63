"""A place in a list that somebody made up is refused, and never reaches the database."""

from datetime import UTC, datetime

import pytest

from tongban.base.errors import Refused
from tongban.base.page import cursor, read_cursor

SHAPE = tuple[datetime, str, int]
WHEN = datetime(2026, 11, 3, tzinfo=UTC)


@pytest.mark.parametrize("when", [WHEN, datetime(9999, 1, 1, tzinfo=UTC)])
def test_a_place_comes_back_as_it_was_given(when: datetime) -> None:
    assert read_cursor(cursor(when, "990101-261103-4Q7Z2M9K", 7), SHAPE) == (when, "990101-261103-4Q7Z2M9K", 7)


@pytest.mark.parametrize(
    "made_up",
    [
        "",
        "x",
        "é",
        cursor(),
        cursor(WHEN, "x"),
        cursor("2026-01-01T00:00:00", "x", 1),
        cursor("9999-12-31T23:59:59-14:00", "x", 1),
        cursor("0001-01-01T00:00:00+14:00", "x", 1),
        cursor(WHEN, "x\0y", 1),
        cursor(WHEN, "x\n", 1),
        cursor(WHEN, "x", 2**31),
        cursor(WHEN, "x", 10**30),
        "WwWw" * 200,
    ],
)
def test_a_place_that_was_made_up_is_refused(made_up: str) -> None:
    with pytest.raises(Refused) as refused:
        read_cursor(made_up, SHAPE)
    assert (refused.value.code, refused.value.status) == ("bad-cursor", 400)
