"""Opening a page of ours inside a program that a person has connected (`web.apps`, docs/apps.md)."""

from urllib.parse import urlencode

import msgspec
from litestar import get, post

from tongban import certs
from tongban.base.errors import refuse
from tongban.base.keys import Use
from tongban.org.apps import flow
from tongban.org.apps.model import LIVES
from tongban.web.api import answered as out
from tongban.web.api.asked import WebView
from tongban.web.api.body import Json
from tongban.web.api.caller import Asking
from tongban.web.api.operation import operation
from tongban.web.visitor import local

TAG = "apps"


@post(
    "/web-view",
    dto=Json[WebView],
    return_dto=None,
    status_code=200,
    **operation("openWebView", "在应用里打开本站页面", "Open a page of this site inside a program", TAG, 403, 415, 422),
)
async def web_view(caller: Asking, data: WebView) -> out.WayIn:
    """用应用的凭证换一个一分钟内有效、只能用一次的入口；页面先让本人点“打开”。

    Trade a program's token for a way in that is good for a minute, once. The person taps "Open" first.
    """
    if caller.grant is None:
        raise refuse(
            "not-an-app",
            "这一项给已连接的应用用；您已经登录本站，请直接打开页面。",
            "This is for a connected program; you are logged in here, so open the page itself.",
            status=403,
        )
    page = local(data.page, "")
    if not page or page.startswith(("/api/", "/oauth/", "/enter", "/leave", "/x1/", "/desk", "/console")):
        raise refuse(
            "page-not-for-apps",
            "应用里不能打开这个页面，请给出本站办事页面的地址，例如 /services。",
            "This page cannot be opened inside a program; name a page for people, such as /services.",
            place="page",
            status=422,
        )
    site, now = caller.site, caller.site.clock()
    token = await flow.ticket(site.db, caller.grant, page, now)
    return out.WayIn(
        address=f"{site.settings.address}/enter?{urlencode({'ticket': token})}", until=now + LIVES["ticket"]
    )


@get(
    "/web-view/keys",
    **operation("listMessageKeys", "消息公钥", "Public keys of messages to programs (JWKS)", TAG, public=True),
)
async def keys(caller: Asking) -> out.Jwks:
    """应用核对本站消息签名用的公钥。

    With these a program verifies what this site tells it when a person comes back.
    """
    return msgspec.convert(certs.export_jwks(caller.site.keys.public.values(), Use.RECEIPT), out.Jwks)


ROUTES = [web_view, keys]
