"""The uses that answer regions below, by name. Each knows nothing but the masked text."""

import asyncio
from collections.abc import Mapping

import msgspec

from tongban.assist.gate.masking import unmarked
from tongban.assist.guide.answering import Named, named
from tongban.assist.guide.model import Found
from tongban.assist.guide.service import GuideService
from tongban.assist.model import Abstain, Evidence, Proposed
from tongban.assist.reuse.model import WEB, Pointed
from tongban.assist.reuse.serving import Answerer
from tongban.assist.routing.desk import Routing
from tongban.assist.routing.records import Ranked


def answerers(guide: GuideService, routing: Routing, address: str) -> Mapping[str, Answerer]:
    """The uses of this installation that can be asked from below. `address` is that of our pages, for links."""

    async def guided(text: str) -> Proposed[Pointed] | Abstain:
        """What our own pages answer to these words."""
        found = guide.propose(unmarked(text))
        if isinstance(found, Abstain):
            return found
        pointed = _pointed(guide, found.value, address)
        rests = tuple(Evidence(source=f"item:{one.key}@{one.version}", quote=one.name.zh) for one in pointed.items)
        return Proposed(value=pointed, text=found.text, evidence=rests, confidence=found.confidence)

    async def routed(text: str) -> Proposed[tuple[Ranked, ...]] | Abstain:
        """The three likeliest kinds; which body that is, the region below knows."""
        return await asyncio.to_thread(routing.propose, unmarked(text))

    return {"guide": guided, "routing": routed}


def _pointed(guide: GuideService, found: Found, address: str) -> Pointed:
    """One item where it answers; where it asks back, what it asks about."""
    if found.decision == "answer" or found.ask is None:
        return Pointed(decision="answer", items=(_linked(guide, named(found.items[0].item), address),))
    asked = [option.key for option in found.ask.options]
    items = [named(one.item) for one in found.items if one.item.key in asked]
    return Pointed(decision="clarify", items=tuple(_linked(guide, one, address) for one in items), ask=found.ask.text)


def _linked(guide: GuideService, item: Named, address: str) -> Named:
    """With the address of our page of it, or the official one of an item that has no file."""
    own = f"{address}/services/{item.key}" if address and guide.service(item.key) is not None else item.link
    return msgspec.structs.replace(item, link=own if own.startswith(WEB) else "")
