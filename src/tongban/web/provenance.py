"""Where a shared value comes from, in one line that fits beside it."""

from tongban.base.i18n import Text
from tongban.sharing import Shared

_DIGEST = 12
"""Characters of a digest that are shown; the API and the export have all of it."""


def provenance(record: Shared) -> Text | None:
    """Record, grant and digest. None for what was kept before they were."""
    if not record.resource:
        return None
    place = f"{record.resource}/{record.record}"
    grant = Text(f"，授权{record.grant}", f", grant {record.grant}") if record.grant else Text("", "")
    digest = record.digest[:_DIGEST]
    return Text(f"记录{place}{grant.zh}，回执摘要{digest}", f"record {place}{grant.en}, digest of the answer {digest}")
