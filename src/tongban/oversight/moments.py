"""Where moments come from: what counts and is no event of a case. Each source is one indexed query of its owner."""

from tongban.assist.store.moments import moments as suggestions
from tongban.hall.store.moments import moments as waits
from tongban.oversight.turning import Source
from tongban.voice.store.ratings import annulled
from tongban.voice.store.ratings import moments as ratings

SOURCES: tuple[tuple[str, Source], ...] = (
    ("suggestions", suggestions),
    ("waits", waits),
    ("ratings", ratings),
    ("annulled", annulled),
)
"""By a name under which each one's place is kept."""
