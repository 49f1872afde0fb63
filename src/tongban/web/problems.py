"""What the reader gets when something cannot be done: a page in their language, or an RFC 9457 problem document.

Never a stack trace. Every answer carries a stable code, what to do, and the number of the request, under which the
operator finds the technical side in the log.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from tongban.base.errors import Problem, Refused
from tongban.base.i18n import Text
from tongban.web import forms
from tongban.web import visitor as visitors
from tongban.web.addresses import login_address
from tongban.web.html import go
from tongban.web.people import choices
from tongban.web.shield import SAFE
from tongban.web.site import site_of

AnyRequest = Request[Any, Any, Any]

PLAIN: dict[int, Problem] = {
    400: Problem(
        "bad-request", Text("这个请求的格式不对，没有执行", "The request is malformed and was not carried out")
    ),
    401: Problem("not-logged-in", Text("请先登录", "Please log in first")),
    403: Problem("not-allowed", Text("您不能做这件事", "You may not do this")),
    404: Problem(
        "not-found",
        Text("没有这个页面，可能地址有误，或者内容已经移走", "There is no such page; the address may be wrong"),
    ),
    405: Problem("method-not-allowed", Text("这个地址不能这样用", "This address cannot be used that way")),
    406: Problem("not-acceptable", Text("给不出您要的格式", "That format is not available")),
    409: Problem("conflict", Text("内容已经变了，请刷新后再做", "This has changed meanwhile; reload and try again")),
    413: Problem(
        "too-large",
        Text(
            "内容太大了。文件每个不超过10兆，文字请分几次填", "Too large. Files may have 10 MB each; shorten the text"
        ),
    ),
    415: Problem("wrong-type", Text("不支持这种格式", "That format is not supported")),
    429: Problem("too-many", Text("操作太频繁了，请稍后再试", "Too many requests; try again shortly")),
    500: Problem(
        "internal-error",
        Text(
            "系统出了点问题，已经记下来了。您填的内容都在，请过一会儿再试",
            "Something went wrong on our side and has been recorded. What you filled in is kept; try again soon",
        ),
    ),
    503: Problem("unavailable", Text("系统正在恢复，请过一会儿再试", "The system is recovering; try again shortly")),
}


class Reason(msgspec.Struct, frozen=True, omit_defaults=True):
    """One reason, in the reader's language. `place` is where to look: a field, a parameter, or a line and column."""

    code: str
    text: str
    place: str = ""
    law: str = ""


class ProblemDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """RFC 9457, with our stable code and every reason at once. `instance` names the request."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    problems: tuple[Reason, ...] = ()


UNKEPT = frozenset({"csrf", "key", "version", "person", "next"})
"""Fields of a form that mean nothing after logging in again."""


def _back(request: AnyRequest, visitor: visitors.Visitor) -> str:
    """The page the form stood on: where it came from if that is ours, else the address it was sent to."""
    came_from = urlsplit(request.headers.get("referer", ""))
    if came_from.netloc != request.headers.get("host", ""):
        return visitor.path
    return visitors.local(f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path, visitor.path)


def plain(status: int) -> Problem:
    """The sentence for a bare HTTP status."""
    return PLAIN.get(status) or PLAIN[500 if status >= 500 else 400]


def wants_html(request: AnyRequest) -> bool:
    """Pages for browsers, problem documents for programs; the API never answers with a page."""
    return not request.scope["path"].startswith("/api/") and "text/html" in request.headers.get("accept", "")


def document(status: int, problems: Sequence[Problem], visitor: visitors.Visitor) -> ProblemDocument:
    """The problem document of a refusal, in the reader's language."""
    first = problems[0]
    return ProblemDocument(
        type=f"urn:tongban:problem:{first.code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=first.text[visitor.lang],
        instance=f"urn:tongban:request:{visitor.request_id}",
        code=first.code,
        problems=tuple(Reason(one.code, one.text[visitor.lang], one.place, one.law) for one in problems),
    )


class Problems:
    """Exception handlers of the application."""

    def handlers(self) -> dict[Any, Any]:
        """What Litestar asks for."""
        return {Refused: self.refused, HTTPException: self.http, Exception: self.unexpected}

    def refused(self, request: AnyRequest, exc: Refused) -> Response[Any]:
        """One of ours: its reasons are written for the reader."""
        if exc.status == 401 and wants_html(request):
            return self._to_login(request)
        return self._answer(request, exc.status, exc.problems, exc.extra)

    def _to_login(self, request: AnyRequest) -> Response[Any]:
        """Off to log in and back to the same place; what a form held goes along in the page, and nowhere else."""
        visitor = self._visitor(request)
        if request.method in SAFE:
            return go(login_address(visitor.path))
        form = forms.of(request)
        kept = [(name, value) for name in form.values if name not in UNKEPT for value in form.all(name)]
        site = site_of(request)
        html = site.pages.render(
            visitor,
            "portal/login.html",
            next=_back(request, visitor),
            expired=visitor.expired,
            oidc=site.oidc is not None,
            people=choices(site),
            kept=kept,
            problems=(),
        )
        return Response(html, status_code=401, media_type="text/html")

    def http(self, request: AnyRequest, exc: HTTPException) -> Response[Any]:
        """One of the framework's: only its status is shown, never its detail."""
        if exc.status_code >= 500:
            return self.unexpected(request, exc)
        allow = {k: v for k, v in (exc.headers or {}).items() if k.lower() == "allow"}
        return self._answer(request, exc.status_code, [plain(exc.status_code)], {}, allow)

    def unexpected(self, request: AnyRequest, exc: Exception) -> Response[Any]:
        """A mistake of ours: into the log under the request's number, without what the person sent."""
        visitor = self._visitor(request)
        site_of(request).log.error("request-failed", exc, request=visitor.request_id, method=request.method)
        return self._answer(request, 500, [PLAIN[500]], {})

    def _visitor(self, request: AnyRequest) -> visitors.Visitor:
        return request.scope["state"].get("visit") or visitors.read(request.scope)

    def _answer(
        self,
        request: AnyRequest,
        status: int,
        problems: Sequence[Problem],
        extra: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> Response[Any]:
        visitor = self._visitor(request)
        lines = dict(headers or {})
        if "retry_after" in extra:
            lines["retry-after"] = str(extra["retry_after"])
        if not wants_html(request):
            if status == 401:
                lines["www-authenticate"] = 'Bearer realm="tongban"'
            body = msgspec.json.encode(document(status, problems, visitor))
            return Response(body, status_code=status, headers=lines, media_type="application/problem+json")
        html = site_of(request).pages.render(visitor, "errors/problem.html", status=status, problems=problems)
        return Response(html, status_code=status, headers=lines, media_type="text/html")
