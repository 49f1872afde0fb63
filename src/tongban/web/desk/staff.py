"""Who sits at the desk, and what stands around every page of it."""

from dataclasses import dataclass
from typing import Literal

from tongban.assist.gate.hand import MAY_TURN
from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.org import Actor
from tongban.web.desk.asking import asks
from tongban.web.desk.values import RegionName
from tongban.web.portal import places
from tongban.web.site import Site
from tongban.web.tabs import TABS, Tab, tab_of
from tongban.web.visitor import Visitor

Place = Literal[
    "queue",
    "waiting",
    "done",
    "handed",
    "intake",
    "keys",
    "case",
    "what-if",
    "machines",
    "guide",
    "switches",
    "exercises",
    "requests",
    "forecast",
    "sharing",
    "sharing-watch",
    "letters",
    "accesses",
    "emergency",
    "offline",
    "hall",
    "results",
    "moves",
    "moves-watch",
    "training",
    "training-watch",
    "visits",
    "leave",
    "supervision",
    "run",
    "watched",
    "abuse",
    "heard",
    "improvements",
    "performance",
    "ratings",
    "duty",
    "consultations",
    "proposals",
    "certificates",
    "hotline",
    "projects",
    "operators",
    "conformance",
]


@dataclass(frozen=True, slots=True)
class Desk:
    """The frame: whose desk this is, and where on it one stands."""

    body: Text
    post: Text
    name: str
    at: Place
    search: str
    intake: bool
    supervises: bool
    switches: bool
    heads: bool
    asks: bool
    """Asks for data and changes entries in the name of the body, and reads what is written to it."""
    centre: bool
    """Works at a digital centre, which looks at proposals."""

    @property
    def tabs(self) -> tuple[Tab, ...]:
        """The console's navigation, on its pages and for those who supervise; otherwise the desk's own stands there."""
        return TABS if self.supervises and tab_of(self.at) else ()


def official(visitor: Visitor) -> Actor:
    """Whoever works here. Raises Refused: `not-logged-in` (401); `not-staff` (403) for a person without a post."""
    actor = visitor.actor
    if actor is None:
        raise refuse("not-logged-in", "请先登录", "Please log in first", status=401)
    if actor.kind != "official" or not actor.body:
        raise refuse(
            "not-staff",
            "办事台只给工作人员用。您的办件在“我的办件”里。",
            "The desk is for officials. Your own cases are under My cases.",
            status=403,
        )
    return actor


def desk(site: Site, actor: Actor, at: Place, search: str = "") -> Desk:
    """The frame for one page."""
    return Desk(
        body=site.directory.body(actor.body).name,
        post=site.directory.post(actor.post).title,
        name=actor.name,
        at=at,
        search=search,
        intake="intake" in actor.roles,
        supervises="supervise" in actor.roles,
        switches=bool(MAY_TURN & actor.roles),
        heads="head" in actor.roles,
        asks=asks(actor),
        centre=site.directory.body(actor.body).kind == "digital-centre",
    )


def region_names(site: Site) -> RegionName:
    """Names of regions by code."""

    def name(code: str) -> Text | None:
        return places.name(site, code)

    return name
