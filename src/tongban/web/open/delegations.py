"""委托、集中、下放: every power that moved, with its notice, its limits and who answers for it, for everybody.

行政许可法 24 (announced, with the body and the content) and 25.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import msgspec
from litestar import Response, get

from tongban.base.i18n import LANGS, Text, words
from tongban.catalog.wording import day_words, joined
from tongban.org import Delegation
from tongban.org.entries import ALL
from tongban.org.moved import MEANINGS, Meaning
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

Standing = Literal["in-force", "coming", "ended", "unpublished"]
STANDINGS: Mapping[Standing, tuple[Text, str]] = {
    "in-force": (Text("有效", "In force"), "ok"),
    "coming": (Text("已公告，还没到开始那天", "Published, not begun"), ""),
    "ended": (Text("已经结束", "Ended"), "mute"),
    "unpublished": (Text("没有公告，不生效", "Not published, without effect"), "warn"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One move in words."""

    move: Delegation
    meaning: Meaning
    standing: Standing
    giver: Text
    taker: Text
    services: Text
    acts: Text
    regions: Text
    limits: Text
    time: Text
    signature: Text
    at_the_end: Text

    @property
    def name(self) -> Text:
        return STANDINGS[self.standing][0]

    @property
    def tone(self) -> str:
        return STANDINGS[self.standing][1]


def shown(site: Site, move: Delegation) -> Shown:
    """A move as people read it."""
    meaning = MEANINGS[move.kind]
    return Shown(
        move=move,
        meaning=meaning,
        standing=standing(site, move),
        giver=site.directory.body(move.from_body).name,
        taker=site.directory.body(move.to_body).name,
        services=_names(site, move.services),
        acts=Text("全部", "all of it") if ALL in move.acts else joined(list(_acts(site, move))),
        regions=joined([site.directory.region_name(code) for code in sorted(move.regions)]),
        limits=joined(list(_limits(site, move))),
        time=_time(move),
        signature=site.directory.signature(move),
        at_the_end=_FINISHED if move.running == "finish" and not move.own_name else meaning.at_the_end,
    )


_FINISHED = Text(
    "到期或者收回以后：没办完的由受委托机关办完，新的由委托机关办。",
    "Once it ends, the delegate finishes the open cases; new ones go to the delegating body.",
)


def _time(move: Delegation) -> Text:
    since = day_words(move.since)
    if move.until is None:
        return Text("{since}起，没有定结束的日期", "from {since}, without an end").format(since=since)
    last = day_words(move.until - timedelta(days=1))
    return Text("{since}起，到{last}", "from {since} to {last}").format(since=since, last=last)


def standing(site: Site, move: Delegation) -> Standing:
    """How it stands today."""
    if move.published_on is None:
        return "unpublished"
    if move.until is not None and move.until <= site.today:
        return "ended"
    return "in-force" if move.holds_on(site.today) else "coming"


def _names(site: Site, services: frozenset[str]) -> Text:
    known = {one.service: one.name for one in site.catalogue.services()}
    return joined([_service(known, slug) for slug in sorted(services)])


def _service(known: Mapping[str, Any], slug: str) -> Text:
    if slug == ALL:
        return Text("全部事项", "every service")
    name = known.get(slug)
    return Text(slug, slug) if name is None else Text(*(words(name, lang) for lang in LANGS))


def _acts(site: Site, move: Delegation) -> Iterator[Text]:
    named = {
        slug: act.name
        for service in site.catalogue.services()
        if service.service in move.services
        for slug, act in site.catalogue.procedure(service.procedure).acts.items()
    }
    for slug in sorted(move.acts):
        yield named.get(slug, Text(slug, slug))


def _limits(site: Site, move: Delegation) -> Iterator[Text]:
    facts = {
        name: fact.name
        for service in site.catalogue.services()
        if service.service in move.services
        for name, fact in service.facts.items()
    }
    for limit in move.limits:
        label = _service(facts, limit.fact)
        yield Text("{what}不超过{most}{unit}", "{what} at most {most} {unit}").format(
            what=label, most=limit.at_most, unit=limit.unit
        )


_ORDER: Mapping[Standing, int] = {"in-force": 0, "coming": 1, "unpublished": 2, "ended": 3}


def listed(site: Site) -> list[Shown]:
    """Every move, those in force first."""
    found = [shown(site, move) for move in site.directory.moved.everything]
    return sorted(found, key=lambda one: (_ORDER[one.standing], one.move.id))


@get("/open/delegations")
async def delegations(site: Site, visitor: Visitor) -> Response[str]:
    """The list, and what the three kinds mean."""
    found = listed(site)
    return page(
        site,
        visitor,
        "open/delegations.html",
        now=[one for one in found if one.standing != "ended"],
        ended=[one for one in found if one.standing == "ended"],
        meanings=MEANINGS,
    )


@get("/open/delegations.json")
async def for_programs(site: Site) -> Response[bytes]:
    """The same for programs."""
    body = [
        msgspec.to_builtins(one.move)
        | {
            "kind": one.move.kind,
            "standing": one.standing,
            "from_name": one.giver,
            "to_name": one.taker,
            "own_name": one.move.own_name,
            "signature": one.signature,
            "answers_for_it": one.meaning.answers_for_it,
            "at_the_end": one.at_the_end,
        }
        for one in listed(site)
    ]
    return Response(
        msgspec.json.format(msgspec.json.encode({"delegations": body}), indent=2),
        media_type="application/json",
        headers={"access-control-allow-origin": "*"},
    )


ROUTES = [delegations, for_programs]
