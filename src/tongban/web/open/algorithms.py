"""算法公示: every use of a model, what it is for, how good it was, what came of it, and how it was switched.

For everybody, without logging in, as a page and as JSON (算法推荐管理规定 16).
"""

import re
from datetime import timedelta
from typing import Any

import msgspec
from litestar import Response, get

from tongban.assist.gate import EVERYWHERE
from tongban.assist.public import wording
from tongban.assist.public.exports import SHAPES
from tongban.assist.public.register import months
from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_SENTENCES = re.compile(r"(?<=[。.])\s+")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _region(site: Site, code: str) -> str:
    """A region that exists, or everywhere. Raises Refused `unknown-region` (404)."""
    return site.directory.region(code).code if code else EVERYWHERE


def _json(value: Any) -> Response[bytes]:
    body = msgspec.json.format(msgspec.json.encode(value), indent=2)
    return Response(body, media_type="application/json", headers={"access-control-allow-origin": "*"})


@get("/open/algorithms")
async def algorithms(site: Site, visitor: Visitor, region: str = "") -> Response[str]:
    """All of them."""
    code = _region(site, region)
    entries = await site.assist.public.entries(code)
    return page(site, visitor, "open/algorithms.html", entries=entries, **_words(site, code))


@get("/open/algorithms.json")
async def register(site: Site, region: str = "") -> Response[bytes]:
    """The register for programs."""
    return _json(await site.assist.public.entries(_region(site, region)))


@get("/open/algorithms/{use:str}")
async def algorithm(site: Site, visitor: Visitor, use: str, region: str = "") -> Response[Any]:
    """One of them; with `.json` behind its name for programs. Raises Refused `unknown-use` (404)."""
    code = _region(site, region)
    entry = await site.assist.public.entry(use.removesuffix(".json"), code)
    if use.endswith(".json"):
        return _json(entry)
    note = _by_language(entry.measured.note if entry.measured else "")
    return page(site, visitor, "open/algorithm.html", entry=entry, note=note, **_words(site, code))


@get("/open/algorithms/{use:str}/{shape:str}")
async def exported(site: Site, use: str, shape: str) -> Response[bytes]:
    """One of them as another register has it: `atrs.json`, `dutch.json`, `chinese.json`."""
    made = SHAPES.get(shape.removesuffix(".json"))
    if made is None:
        raise refuse("unknown-shape", "没有这种格式", "There is no such format", status=404)
    return _json(made(await site.assist.public.entry(use), site.settings.address))


def _by_language(note: str) -> Text:
    """What a measuring says of itself, which it writes in one language or in both, sentence after sentence."""
    said = _SENTENCES.split(note)
    chinese = [one for one in said if _CHINESE.search(one)]
    english = [one for one in said if one not in chinese]
    return Text("".join(chinese) or note, " ".join(english) or note)


def _regions(site: Site) -> list[tuple[str, Text]]:
    """Every region, each before those that lie in it."""
    found: list[tuple[str, Text]] = []
    waiting = [one.code for one in reversed(site.directory.regions())]
    while waiting:
        code = waiting.pop()
        found.append((code, site.directory.region_name(code)))
        waiting += [one.code for one in reversed(site.directory.regions(code))]
    return found


def _words(site: Site, region: str) -> dict[str, Any]:
    def region_name(code: str) -> Text:
        return Text("全部地区", "everywhere") if code == EVERYWHERE else site.directory.region_name(code)

    return {
        "named": wording.named,
        "last": months(site.clock().date())[1] - timedelta(days=1),
        "wording": wording,
        "region": "" if region == EVERYWHERE else region,
        "where": region_name(region),
        "regions": _regions(site),
        "region_name": region_name,
    }


ROUTES = [algorithms, register, algorithm, exported]
