"""A walk over every page there is: from the first pages of each person along the links, as a reader would go.

The list of routes is the application's own, so a page that nobody can reach, or a link that leads nowhere, is found.
"""

import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
from lxml import html
from tests.web.citizen import HTML
from tests.web.test_tenants import ROUTES

from tongban.base.i18n import Lang

NOT_FOLLOWED = ("lang", "mode", "size")
"""Links that say the same page in another way."""
STARTS = ("/", "/me", "/desk", "/console")


def _pattern(route: str) -> re.Pattern[str]:
    """What addresses of a route look like; `{path}` goes over several parts."""
    parts = re.split(r"(\{\w+\})", route)
    return re.compile("".join(
        (".+" if part == "{path}" else "[^/]+") if part.startswith("{") else re.escape(part) for part in parts
    ))  # fmt: skip


_PATTERNS = sorted(
    ((route[4:], _pattern(route[4:])) for route in ROUTES if route.startswith("GET ")),
    key=lambda one: (one[0].count("{"), -len(one[0])),
)
"""The plainest first: `/cases/new` is not a case called new."""


def route_of(address: str) -> str | None:
    """Which route answers there."""
    path = urlsplit(address).path
    return next((route for route, pattern in _PATTERNS if pattern.fullmatch(path)), None)


@dataclass(frozen=True)
class Seen:
    """One answer to one reader."""

    reader: str
    route: str
    address: str
    status: int
    kind: str
    """The media type."""
    text: str = field(repr=False)
    linked_from: str = ""
    lang: Lang = "zh"

    @property
    def page(self) -> bool:
        return self.status == 200 and self.kind == "text/html"

    @property
    def asks(self) -> frozenset[str]:
        """The names in its query."""
        return frozenset(name for name, _ in parse_qsl(urlsplit(self.address).query))

    @cached_property
    def tree(self) -> html.HtmlElement:
        return html.document_fromstring(self.text)

    @cached_property
    def title(self) -> str:
        return " ".join((self.tree.findtext(".//title") or "").split())

    def links(self) -> Iterator[str]:
        """Addresses on this site that the page leads to by a click: links and forms that only read."""
        for found in self.tree.xpath("//a/@href | //form[not(@method) or @method='get']/@action | //iframe/@src"):
            joined = urljoin(f"http://here{self.address}", str(found))
            parts = urlsplit(joined)
            if parts.netloc in ("here", "localhost") and not {n for n, _ in parse_qsl(parts.query)} & {*NOT_FOLLOWED}:
                yield f"{parts.path}?{parts.query}" if parts.query else parts.path

    def faults(self) -> Iterator[str]:
        """What every page owes its reader, whoever they are, and this one does not give."""
        tree = self.tree
        if (n := len(tree.xpath("//h1"))) != 1:
            yield f"{n} headings of the first level"
        if not " ".join(tree.xpath("//h1[1]")[0].text_content().split()) if n else False:
            yield "an empty heading"
        if not self.title.partition(" - ")[0]:
            yield "no title"
        if (lang := tree.get("lang")) != {"zh": "zh-CN", "en": "en"}[self.lang]:
            yield f"lang is {lang}"
        if {"zh": "演示", "en": "demonstration"}[self.lang] not in self.text:
            yield "does not say that it is a demonstration"
        if raw := re.search(r"\[[VSIM]\]", tree.text_content()):
            yield f"shows the mark {raw[0]}, which only we understand"
        for foreign in tree.xpath("//script/@src | //link[@rel!='canonical']/@href | //img/@src | //form/@action"):
            if urlsplit(str(foreign)).netloc not in ("", "localhost"):
                yield f"loads {foreign}"
        if tree.xpath("//body/*[1]")[0].get("class") != "skip":
            yield "does not begin with the way past the menu"
        names = [str(one) for one in tree.xpath("//@id")]
        yield from (f"two things have the id {one}" for one in sorted({n for n in names if names.count(n) > 1}))


async def walk(name: str, client: httpx.AsyncClient, starts: Iterable[str], keep: Callable[[str], bool]) -> list[Seen]:
    """Every page that somebody comes to by links, of the routes to keep to: two of each with a name in its address."""
    todo = deque((one, "") for one in starts)
    done: Counter[object] = Counter()
    seen: dict[str, Seen] = {}
    while todo:
        address, source = todo.popleft()
        route = route_of(address)
        if address in seen or (route is not None and not keep(route)):
            continue
        query = sorted({n for n, _ in parse_qsl(urlsplit(address).query)})
        kind = (route or address, *query)
        if done[kind] >= (2 if not query and "{" in kind[0] else 1):
            continue
        done[kind] += 1
        if route is None:
            seen[address] = Seen(name, "", address, 404, "", "", source)
            continue
        answer = await client.get(address, headers=HTML)
        kept = "attachment" in answer.headers.get("content-disposition", "")
        media = "a file to keep" if kept else answer.headers.get("content-type", "").partition(";")[0]
        one = Seen(name, route, address, answer.status_code, media, answer.text if media == "text/html" else "", source)
        seen[address] = one
        if "location" in answer.headers:
            todo.append((_here(answer.headers["location"]), source))
        elif one.page:
            todo.extend((link, address) for link in one.links())
    return list(seen.values())


async def in_english(client: httpx.AsyncClient, seen: Seen) -> Seen:
    """The same page in the other language."""
    client.cookies.set("lang", "en")
    answer = await client.get(seen.address, headers=HTML)
    return replace(seen, status=answer.status_code, text=answer.text, lang="en")


def _here(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
