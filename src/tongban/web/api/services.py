"""Services: the list, the guide, the standard forms of it, and what the rules would say. All public."""

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.params import QueryParameter

from tongban.base.errors import Problem, Refused
from tongban.base.i18n import Text
from tongban.base.page import cursor, read_cursor
from tongban.catalog import Explanation, assess, explanation, parse_fact
from tongban.catalog.export import cpsv_ap, implementation_list
from tongban.catalog.model import Service, Theme
from tongban.web.api import answered as out
from tongban.web.api import shapes
from tongban.web.api.asked import AssessmentRequest
from tongban.web.api.body import Json
from tongban.web.api.caller import Asking, Caller
from tongban.web.api.cursors import seal, unseal
from tongban.web.api.operation import operation
from tongban.web.api.parameters import After, Limit, Path
from tongban.web.limits import Limited
from tongban.web.portal.comparing import From, To, compared
from tongban.web.site import Site

TAG = "services"
MOST_HITS = 100
LINKED = "application/ld+json"

Query = Annotated[str, QueryParameter(max_length=200, description="用自己的话找 in one's own words")]
OfTheme = Annotated[Theme | None, QueryParameter(description="主题 what happens in a life or a business")]


@get("/services", **operation("listServices", "找事项", "List or search services", TAG, public=True))
async def services(
    caller: Asking, q: Query = "", theme: OfTheme = None, after: After = None, limit: Limit = 20
) -> out.ServicePage:
    """开放申请的事项；给出 q 时按相关程度排列。

    Services that can be applied for today, in the order of the catalogue, or by relevance where `q` is given.
    """
    site = caller.site
    found = await _found(caller, " ".join(q.split())) if q.strip() else list(site.catalogue.services())
    if theme is not None:
        found = [service for service in found if theme in service.themes]
    place = unseal(site.secret, after)
    start = read_cursor(place, tuple[int])[0] if place else 0
    following = cursor(start + limit) if start + limit < len(found) else None
    items = tuple(shapes.item(service) for service in found[start : start + limit])
    return out.ServicePage(items=items, next=seal(site.secret, following))


async def _found(caller: Caller, query: str) -> list[Service]:
    await caller.site.limits.spend(Limited.SEARCH, caller.visitor.who)
    hits = caller.site.catalogue.search(query, caller.visitor.lang, MOST_HITS, listed=False)
    return [hit.service for hit in hits if hit.service is not None]


@get("/services/{slug:str}", **operation("getService", "办事指南", "The guide to a service", TAG, 404, public=True))
async def guide(caller: Asking, slug: Path) -> out.Guide:
    """谁能办、带什么、什么时候有结果、凭什么法。

    Who can apply, with what, when it is answered (with the reason for each date), by which law.
    """
    return shapes.guide(caller.site, caller.site.catalogue.service(slug))


@get(
    "/services/{slug:str}/compare",
    **operation("compareServices", "地区差异", "What differs between two places", TAG, 404, 422, public=True),
)
async def differences(caller: Asking, slug: Path, here: From, there: To) -> out.ServiceComparison:
    """同一事项在两个地方今天有什么不同：期限、材料、要填的、条件和金额、收费、跑几次、结果。

    The same service in two places as it can be applied for today, difference by difference; none if there is none.
    """
    found = compared(caller.site, slug, here, there)
    sides = (found.here, found.found.here), (found.there, found.found.there)
    one, other = (out.PlaceCompared(region=at.code, name=at.name, version=version) for at, version in sides)
    told = tuple(
        out.ServiceDifference(topic=d.topic, about=d.about, here=d.here, there=d.there, effect=d.effect)
        for d in found.found.differences
    )
    same = found.found.same
    return out.ServiceComparison(
        service=slug, on=found.found.on, here=one, there=other, same=same, says=found.says, differences=told
    )


@get(
    "/services/{slug:str}/checklist",
    **operation(
        "getChecklist", "实施清单", "The service as an implementation list (GB/T 39554)", TAG, 404, public=True
    ),
)
async def checklist(caller: Asking, slug: Path) -> dict[str, Any]:
    """按《政务服务事项实施清单》要素导出。

    The service in the elements of the national implementation list.
    """
    service = caller.site.catalogue.service(slug)
    return implementation_list(service, caller.site.catalogue.procedure(service.procedure))


@get(
    "/services/{slug:str}/cpsv",
    media_type=LINKED,
    **operation("getCpsv", "CPSV-AP", "The service as linked data (CPSV-AP, JSON-LD)", TAG, 404, public=True),
)
async def linked_data(caller: Asking, slug: Path) -> Response[dict[str, Any]]:
    """按欧盟核心公共服务词汇导出。

    The service in the Core Public Service Vocabulary.
    """
    base = f"{caller.site.settings.address}/"
    return Response(cpsv_ap(caller.site.catalogue.service(slug), base=base), media_type=LINKED)


@post(
    "/services/{slug:str}/assess",
    dto=Json[AssessmentRequest],
    return_dto=None,
    status_code=200,
    **operation("assess", "能不能办", "What the rules say about these facts", TAG, 404, 413, 415, 422, public=True),
)
async def judge(caller: Asking, slug: Path, data: AssessmentRequest) -> out.AssessmentAnswer:
    """规则怎么看、为什么、还要问什么、要交什么。什么都不会保存，也不作任何决定。

    Outcome, reasons, questions left and materials. Nothing is stored and nothing is decided.
    """
    site = caller.site
    service = site.catalogue.service(slug)
    return shapes.assessment(service, assess(service, _values(site, service, data), site.today))


@post(
    "/services/{slug:str}/explain",
    dto=Json[AssessmentRequest],
    return_dto=None,
    status_code=200,
    **operation("explain", "为什么", "Why the rules say so", TAG, 404, 413, 415, 422, public=True),
)
async def explain(caller: Asking, slug: Path, data: AssessmentRequest) -> Explanation:
    """同样的信息，把理由说全：为什么、为什么不是别的、什么会改变结果。什么都不会保存。

    For the same facts the whole of the reasons: why, why not another outcome, what would change it. Nothing is stored.
    """
    site = caller.site
    service = site.catalogue.service(slug)
    found = assess(service, _values(site, service, data), site.today)
    return explanation(found, region=site.directory.region_name, versions=site.catalogue.versions(slug))


def _values(site: Site, service: Service, data: AssessmentRequest) -> dict[str, Any]:
    """The facts, understood. Raises Refused with every one that is not."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, answer in data.facts.items():
        fact = service.facts.get(name)
        if fact is None or fact.derive:
            text = Text("这个事项不问这一项", "This service does not ask for this")
            problems.append(Problem("fact-unknown", text, f"facts.{name}"))
            continue
        try:
            values[name] = None if answer is None else parse_fact(fact, answer, field=f"facts.{name}", today=site.today)
        except Refused as error:
            problems += error.problems
    if problems:
        raise Refused(*problems)
    return values


ROUTES = [services, guide, differences, checklist, linked_data, judge, explain]
