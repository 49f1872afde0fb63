"""The guide over one catalogue: its services and listed items, the lexicon, and the aliases that were accepted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import msgspec

from tongban.assist.guide.deciding import decide
from tongban.assist.guide.engine import Engine, Item
from tongban.assist.guide.model import Found
from tongban.assist.guide.words import Lexicon
from tongban.base.i18n import words
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.listed import ListedItem
from tongban.catalog.model import Service

LIMIT = 10


@dataclass(frozen=True, slots=True)
class Guide:
    """Immutable: a catalogue that changes, or an alias that is accepted, makes a new one."""

    engine: Engine
    services: Mapping[str, Service]

    def ask(self, question: str, limit: int = LIMIT) -> Found:
        """The guide's answer to a question in either language. Never raises for what is asked."""
        ranking = self.engine.rank(question, limit)
        first = ranking.items[0].item.key if ranking.items else ""
        return decide(ranking, self.services.get(first))

    def item(self, key: str) -> Item | None:
        """An item by its key."""
        return next((item for item in self.engine.items if item.key == key), None)


def over(
    services: Iterable[Service],
    listed: Iterable[ListedItem],
    lexicon: Lexicon,
    aliases: Mapping[str, tuple[str, ...]] = {},
) -> Guide:
    """A guide over services and listed items. `aliases` by item key are added to those of the files."""
    known = {service.service: service for service in services if service.ai.guide == "allowed"}
    items = [of_service(service) for service in known.values()]
    items += [of_listed(item) for item in listed]
    more = [_with(item, aliases[item.key]) if item.key in aliases else item for item in items]
    return Guide(Engine(more, lexicon), known)


def of_catalogue(
    catalogue: Catalogue, lexicon: Lexicon, aliases: Mapping[str, tuple[str, ...]] = {}, on: date | None = None
) -> Guide:
    """A guide over what can be applied for on a day and what is listed."""
    return over(catalogue.services(on), catalogue.listed(), lexicon, aliases)


def of_service(service: Service) -> Item:
    """A service as the engine sees it: both languages in one, so that either finds it."""
    texts = [service.summary, service.result.name, *(s.name for s in service.situations), *(f.q for f in service.faq)]
    return Item(
        key=service.service,
        name=words(service.name, "zh"),
        name_en=words(service.name, "en"),
        department=words(service.authority.name, "zh"),
        aliases=service.aliases,
        more=tuple(dict.fromkeys(words(text, lang) for text in texts for lang in ("zh", "en"))),
        version=service.version,
    )


def of_listed(item: ListedItem) -> Item:
    """A listed item as the engine sees it."""
    return Item(item.id, item.name, department=item.department, aliases=item.aliases, link=item.link)


def _with(item: Item, aliases: tuple[str, ...]) -> Item:
    return msgspec.structs.replace(item, aliases=tuple(dict.fromkeys((*item.aliases, *aliases))))
