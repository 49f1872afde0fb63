"""What the search for groups of opinion answers."""

import msgspec

from tongban.base.i18n import Text

FEWEST_VOTERS = 50
"""Below this nothing is shown: a group of a handful can be guessed person by person."""
FEWEST_VOTES = 7
"""Votes a person needs to count when groups are formed; with fewer statements than that, all of them."""
FEWEST_ON_STATEMENT = 10
"""Votes a statement needs to shape the map. With fewer it counts as Polis counts one taken out: passed by everybody."""
SMALLEST_GROUP = 10
"""People in the smallest group that is shown."""
GROUPS = range(2, 6)
"""How many groups are tried."""


class Placed(msgspec.Struct, frozen=True):
    """One participant. `group` is None where no groups are shown or the person has not voted.

    Who has too few votes is put to the nearest group but does not count (`counts`): they are not in a group's size, its
    statements or the quality. `x` and `y` are the place on the map, without unit.
    """

    participant: str
    votes: int
    counts: bool
    group: int | None
    x: float
    y: float


class Representative(msgspec.Struct, frozen=True):
    """A statement that tells a group apart: `share` of the group's voters say `side`, `elsewhere` of all others'.

    `voted` is how many of the group voted on it, `z` the two-proportion test against all others, `z_group` the test
    against a coin within the group. Shares are smoothed by one vote each way, so that three of three is not "all".
    """

    statement: str
    text: str
    side: str
    share: float
    elsewhere: float
    voted: int
    z: float
    z_group: float


class Group(msgspec.Struct, frozen=True):
    """`group` counts from 0, the name is its letter; `x`, `y` the middle of its people on the map."""

    group: int
    name: str
    size: int
    x: float
    y: float
    representative: tuple[Representative, ...]


class Agreement(msgspec.Struct, frozen=True):
    """A statement that every group says `side` to; `strength` is the product of the groups' smoothed `shares`."""

    statement: str
    text: str
    side: str
    strength: float
    shares: tuple[float, ...]


class Quality(msgspec.Struct, frozen=True):
    """Whether groups may be shown, and every reason why not.

    `silhouette` (-1 to 1) of the `k` shown, `tried` of each number of groups. `structure` is the share of variance on
    the map over the greatest that `shuffles` shufflings reached, in which each statement kept its votes but they went
    to random voters: at 1 or below there is nothing that chance would not give (parallel analysis, Horn 1965).
    """

    clear: bool
    reasons: tuple[Text, ...]
    k: int
    silhouette: float
    tried: dict[int, float]
    structure: float
    shuffles: int


class Opinion(msgspec.Struct, frozen=True):
    """The groups of one consultation. `voters` have voted at all, `counted` often enough."""

    voters: int
    counted: int
    statements: int
    votes: int
    quality: Quality
    groups: tuple[Group, ...]
    agreement: tuple[Agreement, ...]
    participants: tuple[Placed, ...]
