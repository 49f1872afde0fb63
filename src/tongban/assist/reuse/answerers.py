"""The uses that answer regions below, by name. Each knows nothing but the masked text."""

from collections.abc import Mapping

from tongban.assist.model import Abstain, Evidence, Proposed
from tongban.assist.reuse.serving import Answerer
from tongban.base.i18n import Text, words
from tongban.catalog.catalogue import Catalogue


def answerers(catalogue: Catalogue) -> Mapping[str, Answerer]:
    """The uses of this installation that can be asked from below."""

    async def guide(text: str) -> Proposed[str] | Abstain | None:
        """The service that fits the words best."""
        hits = catalogue.search(text, limit=1, listed=False)
        service = hits[0].service if hits else None
        if service is None:
            return None
        name = Text(words(service.name, "zh"), words(service.name, "en"))
        return Proposed(
            value=service.service,
            text=Text("像是“{name}”。", "This looks like “{name}”.").format(name=name),
            evidence=(Evidence(source=f"item:{service.service}@{service.version}", quote=name.zh),),
            confidence=min(1.0, hits[0].coverage),
        )

    return {"guide": guide}
