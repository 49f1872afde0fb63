"""The guide's pages: one sentence in; a service with what to bring, where and when, or a question back, or a person.

With the use switched off the ordinary list of services is shown. Every answer has an address at which it can be seen
again exactly as it was said.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get, post

from tongban.assist.guide.answering import Answer, Due, answer
from tongban.assist.guide.deciding import HANDOVER, which_situation
from tongban.assist.guide.model import Found
from tongban.assist.guide.reading import LONGEST_QUESTION
from tongban.assist.model import Abstain
from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.catalog.model import Service
from tongban.web.forms import Form
from tongban.web.html import go, page
from tongban.web.limits import Limited
from tongban.web.portal.above import ask_above
from tongban.web.portal.home import by_theme
from tongban.web.portal.promise import promises
from tongban.web.portal.themes import THEMES
from tongban.web.site import Site
from tongban.web.visitor import Visitor

UNSURE = "unsure"
"""The one abstention that is the guide's own; any other means that it does not run."""
EXAMPLES = (
    Text("孩子要上小学", "Enrol a child in school"),
    Text("我失业了能领多少钱", "I lost my job"),
    Text("想开个小饭馆", "Open a small restaurant"),
    Text("奶奶85岁了有补贴吗", "Allowance for my grandmother, 85"),
)


@get("/search")
async def search(site: Site, visitor: Visitor, q: str = "", item: str = "", situation: str = "") -> Response[str]:
    """One sentence in. `item` and `situation` are what the person chose when the guide asked back."""
    question = _typed(q)
    if not question:
        return _page(site, visitor, question)
    await site.limits.spend(Limited.SEARCH, visitor.who)
    guide = site.assist.guide
    asked = guide.ask(question)
    if isinstance(asked, Abstain) and asked.code != UNSURE:
        return _page(site, visitor, question, off=asked.why)
    found = Found("refuse", 0.0, (), handover=HANDOVER) if isinstance(asked, Abstain) else asked.value
    if item:
        found = _chosen(site, found, item, situation)
    first = found.items[0].item.key if found.decision == "answer" else ""
    service = guide.service(first)
    said = answer(
        found,
        guide.masked(question),
        visitor.lang,
        site.today,
        guide.use_version,
        service,
        _dues(site, service) if service else (),
    )
    try:
        kept = await guide.keep(said)
    except Refused:
        kept = ""  # it is answered all the same; only its address is missing
    above = await ask_above(site, visitor, question) if found.decision == "refuse" else None
    return _page(site, visitor, question, said=said, kept=kept, startable=service is not None, above=above)


def _typed(text: str) -> str:
    """What somebody typed, without what cannot be seen."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:LONGEST_QUESTION]


def _page(site: Site, visitor: Visitor, question: str, **values: Any) -> Response[str]:
    shown: dict[str, Any] = {"off": None, "said": None, "kept": "", "startable": False, "above": None} | values
    groups = [(name, THEMES[name], found) for name, found in by_theme(list(site.catalogue.services())).items()]
    return page(
        site,
        visitor,
        "portal/search.html",
        query=question,
        examples=EXAMPLES,
        groups=groups if shown["off"] else [],
        **shown,
    )


def _chosen(site: Site, found: Found, key: str, situation: str) -> Found:
    """The answer that the person chose themselves: this item, and their situation if they said so."""
    guide = site.assist.guide
    one = next((one for one in found.items if one.item.key == key), None)
    if one is None:
        return found
    rest = tuple(other for other in found.items if other is not one)
    service = guide.service(key)
    known = situation if service and any(s.id == situation for s in service.situations) else ""
    ask = which_situation(service) if service is not None and not known else None
    return Found("answer", found.confidence, (one, *rest), known, ask)


def _dues(site: Site, service: Service) -> Sequence[Due]:
    return [Due(one.term, one.name, one.says) for one in promises(site, service)]


@get("/a/{answer_id:str}")
async def pinned(site: Site, visitor: Visitor, answer_id: str) -> Response[str]:
    """What exactly was said, on which day, by which versions. For anybody who has the address."""
    said = await site.assist.guide.kept(answer_id)
    return page(
        site,
        visitor,
        "portal/pinned.html",
        said=said,
        kept=said.id,
        genuine=said.id == answer_id.lower(),
        moved=_moved(site, said),
    )


def _moved(site: Site, said: Answer) -> str:
    """The version of the first item in force today, where it is another than the one that was told."""
    if not said.items or said.decision != "answer":
        return ""
    service = site.assist.guide.service(said.items[0].key)
    return service.version if service is not None and service.version != said.items[0].version else ""


@post("/a/{answer_id:str}/choose")
async def choose(site: Site, answer_id: str, form: Form) -> Response[Any]:
    """Which of them it is: kept without anybody's name, then on to it."""
    guide = site.assist.guide
    said = await guide.kept(answer_id)
    key = form.text("item")
    await guide.chose(answer_id, key)
    question = _typed(form.text("q")) or said.question
    return go(f"/search?{urlencode({'q': question, 'item': key})}")


@post("/a/{answer_id:str}/none")
async def none(site: Site, visitor: Visitor, answer_id: str) -> Response[str]:
    """None of these: kept without anybody's name; a person helps."""
    await site.assist.guide.turned_down(answer_id)
    return page(site, visitor, "portal/handed_over.html", handover=HANDOVER)


ROUTES = [search, pinned, choose, none]
