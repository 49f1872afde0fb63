"""The lists behind the numbers of the console: of each number exactly what it counts, without anybody's name."""

from tongban.base.i18n import Text
from tongban.web.console.behind import cases, heard, looks
from tongban.web.console.behind.model import NO_SERVICE, ROWS, Line, Listing, Show, Wanted

LISTS: dict[Show, Listing] = {**cases.LISTS, **heard.LISTS, **looks.LISTS}
_OF_ONE = (Show.STEP, Show.SILENT, Show.OPENED_BY)
"""Lists about one step, one source, one post: there is none of all of them."""


def kin(show: Show) -> list[tuple[Show, Text]]:
    """The lists to go on to from this one, by name."""
    family = next(part for part in (cases.LISTS, heard.RATINGS, heard.REQUESTS, looks.LISTS) if show in part)
    return [(one, known.name) for one, known in family.items() if one not in _OF_ONE]


__all__ = ["LISTS", "NO_SERVICE", "ROWS", "Line", "Listing", "Show", "Wanted", "kin"]
