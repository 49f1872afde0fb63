"""What the console says where counting, or a month's release, came to no good end: a code and regions, never a case."""

import asyncio
from dataclasses import dataclass

from tongban.base.i18n import Text
from tongban.oversight.turning import WORDS, Outcome, Work, outcome
from tongban.web.site import Site

NAMES: dict[Work, Text] = {
    "refresh": Text("统计没有整理完", "Counting has not finished"),
    "release": Text("上个月的公开数据没有发布", "Last month's open data were not released"),
}
MEANS: dict[Work, Text] = {
    "refresh": Text(
        "新的办件和评价还没有算进指标；办件本身不受影响。",
        "New cases and ratings are not in the indicators yet; the cases themselves are not affected.",
    ),
    "release": Text(
        "公开页面上还是以前那个月的数。",
        "Public pages still show an earlier month.",
    ),
}


@dataclass(frozen=True, slots=True)
class Failed:
    """One piece of work that failed when it was last done, and the command that tells whoever runs the machine why."""

    work: Work
    ended: Outcome
    regions: tuple[Text, ...]
    command: str

    @property
    def name(self) -> Text:
        return NAMES[self.work]

    @property
    def means(self) -> Text:
        return MEANS[self.work]


async def failed(site: Site) -> list[Failed]:
    """Nothing where all is well."""
    return await asyncio.to_thread(_failed, site)


def _failed(site: Site) -> list[Failed]:
    known = {one.code: one.name for one in site.directory.register.regions}
    return [
        Failed(
            work,
            ended,
            tuple(known.get(region, Text(region, region)) for region in ended.regions),
            f"tongban {' '.join(WORDS[work])}",
        )
        for work in WORDS
        if (ended := outcome(site.settings.data_dir, work)) and ended.failed
    ]
