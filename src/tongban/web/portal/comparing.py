"""One service in two places, side by side, before anybody applies: what differs there, or that nothing does."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated

from litestar import Response, get
from litestar.params import QueryParameter

from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.catalog.regional import TOPICS, Comparison, Difference, compare
from tongban.org import Region
from tongban.web.html import page
from tongban.web.portal.places import grouped
from tongban.web.site import Site
from tongban.web.visitor import Visitor

From = Annotated[str, QueryParameter(name="from", max_length=6, description="这里的区划代码 the region compared with")]
To = Annotated[str, QueryParameter(name="to", max_length=6, description="那里的区划代码 the region looked at")]


@dataclass(frozen=True, slots=True)
class Compared:
    """A service in two regions today, with the answer in one sentence."""

    here: Region
    there: Region
    found: Comparison

    @property
    def says(self) -> Text:
        """The answer: how much differs, that nothing does, or that it cannot be had in one of them."""
        here, there, found = self.here.name, self.there.name, self.found
        if here == there:
            return Text("选的是同一个地方，请换一个。", "Both are the same place; please choose another one.")
        missing = [name for name, version in ((here, found.here), (there, found.there)) if version is None]
        if len(missing) == 2:
            return Text("这两个地方现在都没有开通这项。", "It cannot be applied for in either place now.")
        if missing:
            return Text(f"{missing[0].zh}现在没有开通这项。", f"It cannot be applied for in {missing[0].en} now.")
        if found.same:
            return Text(
                f"在{here.zh}办和在{there.zh}办没有差别：时间、材料、要填的、条件和金额、收费、跑几次、结果都一样。",
                f"It makes no difference whether you apply in {here.en} or {there.en}: time, papers, questions,"
                " conditions and amounts, fee, visits and result are the same.",
            )
        n = len(found.differences)
        verb = "one thing differs" if n == 1 else f"{n} things differ"
        return Text(f"{here.zh}和{there.zh}有{n}处不同。", f"Between {here.en} and {there.en} {verb}.")


def compared(site: Site, slug: str, here: str, there: str) -> Compared:
    """A service in two regions as it can be applied for today.

    Raises Refused `unknown-service`, `unknown-region` (404), `region-divided`, `compare-parts` (422).
    """
    site.catalogue.versions(slug)
    one, other = (site.directory.current(code) for code in (here, there))
    found = compare(site.catalogue, slug, one.code, other.code, site.today, region=site.directory.region_name)
    return Compared(one, other, found)


def own_ways(site: Site, slug: str) -> list[Region]:
    """The regions of the installation that have a file of their own for a service today, by code."""
    found: list[Region] = []
    for code in site.catalogue.regional(slug, on=site.today):
        with suppress(Refused):  # a file may name a region of another province
            found.append(site.directory.current(code))
    return found


def by_topic(found: Comparison) -> dict[Text, list[Difference]]:
    """The differences under the heading of each topic."""
    groups: dict[Text, list[Difference]] = {}
    for one in found.differences:
        groups.setdefault(TOPICS[one.topic], []).append(one)
    return groups


@get("/services/{slug:str}/compare")
async def page_of_two(site: Site, visitor: Visitor, slug: str, here: From = "", there: To = "") -> Response[str]:
    """Two places side by side; without both of them, the form in which they are chosen."""
    service = site.catalogue.service(slug)
    both = compared(site, slug, here, there) if here and there else None
    topics = by_topic(both.found) if both else {}
    return page(
        site,
        visitor,
        "portal/compare.html",
        service=service,
        compared=both,
        topics=topics,
        own=own_ways(site, slug),
        regions=grouped(site, visitor.lang),
        here=here,
        there=there,
    )


ROUTES = [page_of_two]
