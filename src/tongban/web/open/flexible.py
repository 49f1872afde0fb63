"""/open/flexible: how often rules were bent in somebody's favour, in counts, of nobody.

The counts are those of a month's release (`oversight.opendata.snapshot`): one that moves with each case would tell of
the last.
"""

import asyncio

from litestar import Response, get

from tongban.base.i18n import Text
from tongban.oversight.model import FLOOR
from tongban.oversight.opendata.snapshot import latest
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

COUNTED: dict[str, tuple[Text, Text]] = {
    "flexible-easing": (
        Text("从宽办理", "Made easier"),
        Text(
            "工作人员提出，负责人同意，告知本人", "Proposed by an official, agreed to by the head, told to the person"
        ),
    ),
    "flexible-tolerated": (
        Text("好意差错，容错", "Good-faith errors tolerated"),
        Text(
            "当时按规定办、没有谋私、已经改正，三条都有",
            "The rule of the time followed, nobody gained, put right: all three",
        ),
    ),
    "flexible-gaps": (
        Text("容缺受理", "Accepted with papers to follow"),
        Text("只限事项写明可以后补的材料", "Only papers that the service lets follow"),
    ),
    "flexible-promises-kept": (
        Text("告知承诺，核查属实", "Promises verified and true"),
        Text("六十个工作日内核查", "Verified within 60 working days"),
    ),
    "flexible-promises-false": (
        Text("告知承诺，查实不真实", "Promises found false"),
        Text("听过本人意见，由第二个人认定", "The person was heard and a second official found it"),
    ),
}
"""By the indicator whose numerator is the count."""


@get("/open/flexible")
async def flexible(site: Site, visitor: Visitor) -> Response[str]:
    """The counts of the last month that was released."""
    found = await asyncio.to_thread(latest, site.settings.data_dir)
    numbers = {name: found.one(name) if found else None for name in COUNTED}
    rows = [(*words, number.numerator if (number := numbers[name]) else None) for name, words in COUNTED.items()]
    return page(site, visitor, "open/flexible.html", rows=rows, month=found.month if found else "", smallest=FLOOR)


ROUTES = [flexible]
