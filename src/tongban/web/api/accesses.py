"""Who opened my data: the lines of the page, and the question about one of them."""

from typing import Annotated

from litestar import Response, get, post
from litestar.params import QueryParameter

from tongban.web.api import answered as out
from tongban.web.api import case_answers, shapes
from tongban.web.api.asked import AccessQuestion
from tongban.web.api.body import Json
from tongban.web.api.caller import Asking
from tongban.web.api.cursors import seal, unseal
from tongban.web.api.operation import operation
from tongban.web.api.parameters import After, Key, Limit, Path
from tongban.web.portal import accesses as portal
from tongban.web.portal.accesses import Line

TAG = "accesses"
OfBody = Annotated[str, QueryParameter(max_length=60, description="只看一个机关 only this body")]
Since = Annotated[str, QueryParameter(max_length=20, description="从哪天，含 from this day on, such as 2026-11-03")]
Until = Annotated[str, QueryParameter(max_length=20, description="到哪天，含 up to this day, included")]


@get("/accesses", **operation("listAccesses", "谁用过我的数据", "Who opened my data", TAG))
async def accesses(
    caller: Asking, after: After = None, limit: Limit = 20, office: OfBody = "", since: Since = "", until: Until = ""
) -> out.AccessPage:
    """每一次打开：谁、为了什么、凭什么、看了哪几项。与页面相同。

    Every opening: who, what for, by which law, which fields. The same as the page.
    """
    site, person = caller.site, caller.person
    chosen = portal.narrowed(office, since, until)
    found = await site.sharing.accesses(
        person.id, unseal(site.secret, after), limit, body=chosen.body, **chosen.moments(site)
    )
    return out.AccessPage(
        items=tuple(map(_line, await portal.lines(site, found.items))),
        held_back_until=await site.sharing.held_back(person.id),
        next=seal(site.secret, found.next),
    )


def _line(line: Line) -> out.AccessLine:
    one = line.access
    return out.AccessLine(
        id=one.id,
        at=one.at,
        kind=one.kind,
        kind_name=line.kind,
        by=one.by,
        body=one.body,
        post=one.post,
        who=line.who,
        sentence=line.sentence,
        source=one.source,
        resource=one.resource,
        fields=one.fields,
        seen=line.seen,
        answered=one.answered,
        service=one.service,
        service_name=one.service_name,
        matter=one.matter,
        case=one.case,
        law=one.law,
        basis=one.basis,
        review=line.review,
        shown_from=one.shown_from,
        delayed=one.delayed,
        delayed_law=one.delayed_law,
    )


@post(
    "/accesses/{access:str}/question",
    dto=Json[AccessQuestion],
    return_dto=None,
    **operation("askAboutAccess", "问一问", "Ask about one opening", TAG, 404, 409, 415, 422),
)
async def question(caller: Asking, access: Path, data: AccessQuestion, key: Key = "") -> Response[case_answers.Receipt]:
    """在那个机关立一件询问，由没有看过的人答复。

    Opens a case at the body that looked; somebody who did not look answers.
    """
    view = await portal.question(caller.site, caller.person, access, data.wants, data.wish, key)
    headers = {"etag": f'"{view.version}"', "location": f"/api/v1/cases/{view.case}"}
    return Response(shapes.receipt(view), headers=headers, status_code=201)


ROUTES = [accesses, question]
