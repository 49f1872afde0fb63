"""Cases: apply, look, act. The same functions as the pages; every command carries a key, so a repeat is harmless."""

from typing import Annotated, Any, Literal, TypeVar

from litestar import Response, get, post
from litestar.params import QueryParameter
from msgspec import ValidationError, convert
from msgspec.structs import replace

from tongban.base.errors import refuse
from tongban.base.statements import Statement
from tongban.cases.between import REQUEST
from tongban.cases.corrections import SERVICE as CORRECTION
from tongban.cases.listing import ELEMENT
from tongban.cases.model import Applicant
from tongban.cases.service import QueueFilter
from tongban.cases.views import CaseView
from tongban.catalog import Explanation
from tongban.org import Actor
from tongban.sharing.directory import Resource
from tongban.sharing.directory.elements import ElementChange, check_change
from tongban.sharing.directory.proposals import check_proposal
from tongban.web.api import case_answers as out
from tongban.web.api import shapes
from tongban.web.api.asked import ActRequest, Party, Submission
from tongban.web.api.body import Json
from tongban.web.api.caller import Asking, Caller
from tongban.web.api.cursors import seal, unseal
from tongban.web.api.look_ups import looked
from tongban.web.api.operation import operation
from tongban.web.api.parameters import After, Key, Limit, Path, Version, version_of
from tongban.web.decision_receipts import receipt_of
from tongban.web.desk.asking import SERVICES as IN_BODYS_NAME
from tongban.web.desk.asking import ask_for_data, doubt, may_ask, propose_element, propose_entry
from tongban.web.pages import masked

TAG = "cases"

_T = TypeVar("_T")
_ENTRY_LIKE = "请对照 /open/data/<代码>.json 的写法"
_ELEMENT_LIKE = "请写 name、element（对照 /open/data/elements.json）和 assessment"

View = Annotated[
    Literal["todo", "today", "corrections", "tasks"],
    QueryParameter(description="哪一部分：待办、今天到期、等补正、督办 which part of the work"),
]
Number = Annotated[str, QueryParameter(max_length=40, description="办件号或它的开头 a case number or its beginning")]
OfService = Annotated[str | None, QueryParameter(max_length=60, description="只看一个事项 only this service")]


@post(
    "/cases",
    dto=Json[Submission],
    return_dto=None,
    **operation("submitCase", "提交申请", "Apply", TAG, 403, 404, 409, 413, 415, 422),
)
async def submit(caller: Asking, data: Submission, key: Key = "") -> Response[out.Receipt]:
    """提交后得到办件号和最晚答复日。带同一个 Idempotency-Key 重发，得到同一个办件。

    Opens a case. Sending it again with the same Idempotency-Key gives the same case. Every mistake is named at once,
    and then nothing has been written.
    """
    actor, site = caller.actor, caller.site
    if actor.kind == "official" and data.applicant is None and data.service in IN_BODYS_NAME:
        return _done(await _as_body(caller, data, key), created=True)
    found = await looked(caller, data)
    view = await site.cases.submit(
        actor,
        data.service,
        data.facts,
        data.documents,
        region=data.region,
        key=key,
        says=data.says,
        records=found.records,
        disputes=found.disputes,
        owed=found.owed,
        applicant=_applicant(actor, data.applicant),
        people_only=data.people_only,
    )
    return _done(view, created=True)


async def _as_body(caller: Caller, data: Submission, key: str) -> CaseView:
    """In the name of the official's body, with the checks of the desk."""
    site, actor = caller.site, may_ask(caller.actor)
    if data.service == REQUEST:
        return await ask_for_data(site, actor, data.facts, key, data.documents)
    if data.service == CORRECTION:
        return await doubt(site, actor, data.facts, key, data.documents)
    changed_on, why = (str(data.facts.get(name) or "") for name in ("changed_on", "change"))
    if data.service == ELEMENT:
        change = _proposed(data.element, "element", ElementChange, _ELEMENT_LIKE)
        check_change(change, actor.body, site.sharing.directory.now, site.today)
        return await propose_element(site, actor, change, changed_on, why, key)
    after = _proposed(data.entry, "entry", Resource, _ENTRY_LIKE)
    check_proposal(after, actor.body, site.sharing.directory.now, site.today)
    return await propose_entry(site, actor, after, changed_on, why, key)


def _proposed(given: dict[str, Any] | None, name: str, kind: type[_T], like: str) -> _T:
    """How an entry or an element should read. Raises Refused (`entry-missing`, `entry-misread`, and the same of an
    element), naming the part that cannot be read."""
    if given is None:
        raise refuse(
            f"{name}-missing", f"请在 {name} 里写更新后的内容", f"Say in `{name}` how it should read", place=name
        )
    try:
        return convert(given, kind)
    except ValidationError as error:
        raise refuse(f"{name}-misread", f"看不懂这些内容，{like}", f"It cannot be read: {error}", place=name) from None


def _applicant(actor: Actor, party: Party | None) -> Applicant | None:
    """Only an official, at the counter, says whom a case is for. Raises Refused (403 `applicant-not-allowed`)."""
    if party is None:
        return None
    if actor.kind != "official":
        raise refuse(
            "applicant-not-allowed",
            "只有窗口人员可以替别人提交；替别人办请用代办授权登录",
            "Only staff at a counter apply for others here; to act for somebody, log in under their mandate",
            place="applicant",
            status=403,
        )
    return Applicant(party.id, party.name, party.number)


@get("/cases", **operation("listCases", "我的办件", "My cases", TAG))
async def mine(caller: Asking, after: After = None, limit: Limit = 20) -> out.CasePage:
    """自己申请的办件，最近的在前。

    What the reader has applied for, newest first.
    """
    site = caller.site
    page = await site.cases.mine(caller.person, unseal(site.secret, after), limit)
    return out.CasePage(items=tuple(shapes.summary(site, row) for row in page.items), next=seal(site.secret, page.next))


@get("/queue", **operation("listQueue", "待办", "An official's work", TAG))
async def queue(
    caller: Asking,
    view: View = "todo",
    service: OfService = None,
    search: Number = "",
    after: After = None,
    limit: Limit = 50,
) -> out.CasePage:
    """等本岗位办的办件，最先到期的在前。不是工作人员则为空。

    Cases that wait for the reader's post, soonest due first; empty for somebody without a post.
    """
    site = caller.site
    filters = QueueFilter(view=view, service=service, search=search)
    page = await site.cases.queue(caller.actor, filters, unseal(site.secret, after), limit)
    # A list is not an opening: as on the desk nobody is named in it.
    rows = (replace(row, applicant_name=masked(row.applicant_name)) for row in page.items)
    return out.CasePage(items=tuple(shapes.summary(site, row) for row in rows), next=seal(site.secret, page.next))


@get("/cases/{case:str}", **operation("getCase", "一个办件", "One case", TAG, 404))
async def case(caller: Asking, case: Path) -> Response[out.CaseDetail]:
    """办到哪一步、最晚哪天、为什么是那天、做过什么、现在能做什么。ETag 是版本。

    Where it stands, by when and why, what happened, what can be done. The ETag is its version.
    """
    view = await caller.site.cases.view(caller.actor, case)
    return Response(shapes.detail(view), headers={"etag": f'"{view.version}"'})


@get("/cases/{case:str}/acts", **operation("listActs", "能做什么", "What can be done with a case", TAG, 404))
async def acts(caller: Asking, case: Path) -> Response[out.ActList]:
    """这位读者现在能办的动作，以及每个动作要说什么。

    The acts possible for this reader now, each with what it must say.
    """
    view = await caller.site.cases.view(caller.actor, case)
    found = out.ActList(case=view.case, version=view.version, items=shapes.possible(view.possible))
    return Response(found, headers={"etag": f'"{view.version}"'})


@post(
    "/cases/{case:str}/acts/{act:str}",
    dto=Json[ActRequest],
    return_dto=None,
    status_code=200,
    **operation("doAct", "办理一个动作", "Do an act", TAG, 403, 404, 409, 413, 415, 422, 428),
)
async def do(
    caller: Asking, case: Path, act: Path, data: ActRequest, key: Key = "", version: Version = ""
) -> Response[out.Receipt]:
    """在 If-Match 的版本上办理；办件已有变化则不办（409）。

    Acts on the case as it stood at If-Match; if it has moved on, nothing is done (409).
    """
    version_seen = version_of(version)
    view = await caller.site.cases.act(caller.actor, case, act, data.says, version=version_seen, key=key)
    return _done(view, created=False)


def _done(view: CaseView, *, created: bool) -> Response[out.Receipt]:
    headers = {"etag": f'"{view.version}"'}
    if created:
        headers["location"] = f"/api/v1/cases/{view.case}"
    return Response(shapes.receipt(view), headers=headers, status_code=201 if created else 200)


@get(
    "/cases/{case:str}/explanation",
    **operation("explainCase", "为什么", "Why the rules say what they say about a case", TAG, 404),
)
async def explain(caller: Asking, case: Path) -> Explanation:
    """哪一行、依据什么、看了哪些信息、为什么不是别的、什么会改变结果。只是规则的判断，不是决定。

    The row and its law, what counted and from which record, why not another outcome, and what would change it. It is
    the finding of the rules, not the decision.
    """
    site = caller.site
    view = await site.cases.view(caller.actor, case)
    return view.judged.explained(site.directory.region_name, site.catalogue.versions(view.opening.service))


@get("/cases/{case:str}/export", **operation("exportCase", "导出办件", "Everything about a case", TAG, 404))
async def export(caller: Asking, case: Path) -> Response[out.CaseExport]:
    """办件的全部：经过、事件、规则的理由、证照。

    The case with its events as they are stored, the reasons of the rules, and its certificates.
    """
    found: Any = await caller.site.cases.export(caller.actor, case)
    return Response(found, headers={"content-disposition": f'attachment; filename="{found["case"]}.json"'})


@get(
    "/cases/{case:str}/decision-receipt",
    **operation("getDecisionReceipt", "决定凭据", "The signed receipt of a decision", TAG, 403, 404, 409),
)
async def decision(caller: Asking, case: Path) -> Response[Statement]:
    """决定是怎么作出的、依据、谁决定的、机器建议过什么、救济途径和日期，已签名；只给申请人本人（或代理人）。

    What the decision was made of, the law, who decided, what a machine suggested, and remedies with their dates,
    signed. For the applicant alone. `tongban redecide` makes the decision again from it.
    """
    site = caller.site
    signed = await receipt_of(site, await site.cases.view(caller.person, case))
    return Response(signed, headers={"content-disposition": f'attachment; filename="{case}-decision.json"'})


@get("/inbox", **operation("listInbox", "收件箱", "My letters", TAG))
async def inbox(caller: Asking, after: After = None, limit: Limit = 20) -> out.InboxPage:
    """发给读者的通知，最近的在前。

    Letters to the reader, newest first.
    """
    site = caller.site
    page = await site.cases.inbox(caller.person, unseal(site.secret, after), limit)
    return out.InboxPage(items=page.items, next=seal(site.secret, page.next))


ROUTES = [submit, mine, queue, case, acts, do, explain, export, decision, inbox]
