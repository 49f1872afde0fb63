"""/open/flexible: how often rules were bent in somebody's favour, in counts, of nobody."""

from litestar import Response, get

from tongban.base.i18n import Text
from tongban.cases.store import counts
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

COUNTED: dict[str, tuple[Text, Text]] = {
    "agree-easing": (
        Text("从宽办理", "Made easier"),
        Text(
            "工作人员提出，负责人同意，告知本人", "Proposed by an official, agreed to by the head, told to the person"
        ),
    ),
    "tolerate": (
        Text("好意差错，容错", "Good-faith errors tolerated"),
        Text(
            "当时按规定办、没有谋私、已经改正，三条都有",
            "The rule of the time followed, nobody gained, put right: all three",
        ),
    ),
    "accept-with-gaps": (
        Text("容缺受理", "Accepted with papers to follow"),
        Text("只限事项写明可以后补的材料", "Only papers that the service lets follow"),
    ),
    "find-kept": (
        Text("告知承诺，核查属实", "Promises verified and true"),
        Text("六十个工作日内核查", "Verified within 60 working days"),
    ),
    "revoke-false": (
        Text("告知承诺，查实不真实", "Promises found false"),
        Text("听过本人意见，由第二个人认定", "The person was heard and a second official found it"),
    ),
}


@get("/open/flexible")
async def flexible(site: Site, visitor: Visitor) -> Response[str]:
    """The counts."""
    found = await counts.flexible(site.db)
    rows = [(name, how, found.get(act, 0)) for act, (name, how) in COUNTED.items()]
    return page(site, visitor, "open/flexible.html", rows=rows)


ROUTES = [flexible]
