"""What stands around cases: regions, keys, logging in and out."""

from typing import Annotated

import msgspec
from litestar import delete, get, post
from litestar.params import QueryParameter

from tongban import certs
from tongban.base.errors import refuse
from tongban.org import Actor, sessions
from tongban.web.api import answered as out
from tongban.web.api.asked import LogIn
from tongban.web.api.body import Json
from tongban.web.api.caller import Asking
from tongban.web.api.operation import operation
from tongban.web.limits import Limited

Within = Annotated[
    str, QueryParameter(max_length=6, description="上级行政区划代码，空为省 the region around; empty for provinces")
]


@get("/regions", **operation("listRegions", "行政区划", "Regions", "regions", 404, public=True))
async def regions(caller: Asking, within: Within = "") -> out.RegionList:
    """一个区域直接下辖的区域。

    Regions directly inside one.
    """
    directory = caller.site.directory
    if within:
        directory.region(within)
    return out.RegionList(
        items=tuple(out.RegionItem(code=r.code, name=r.name, level=r.level) for r in directory.regions(within))
    )


@get("/keys", **operation("listKeys", "公钥", "Public keys of certificates (JWKS)", "certificates", public=True))
async def keys(caller: Asking) -> out.Jwks:
    """验证照用的公钥。

    What a verifier elsewhere needs.
    """
    return msgspec.convert(certs.export_jwks(caller.site.keys.public.values()), out.Jwks)


def me(actor: Actor) -> out.Me:
    """Who is logged in."""
    return out.Me(
        kind="official" if actor.kind == "official" else "person",
        id=actor.id,
        name=actor.name,
        post=actor.post,
        body=actor.body,
        region=actor.region,
        level=actor.level,
        on_behalf_of=actor.on_behalf_of,
    )


@post(
    "/sessions",
    dto=Json[LogIn],
    return_dto=None,
    **operation("logIn", "演示登录", "Log in as a person of the demonstration", "sessions", 403, 404, 415, public=True),
)
async def log_in(caller: Asking, data: LogIn) -> out.OpenedSession:
    """仅演示环境。正式环境用统一身份认证登录。

    Only in a demonstration; elsewhere log-in is by OpenID Connect.
    """
    site = caller.site
    await site.limits.spend(Limited.LOG_IN, caller.visitor.client)
    if not site.settings.demo:
        raise refuse(
            "not-a-demonstration",
            "这里不是演示环境，请用统一身份认证登录",
            "This is not a demonstration; log in with your identity provider",
            status=403,
        )
    opened = await sessions.log_in_demo(
        site.db, site.directory, data.person, site.clock(), post=data.post, mandate=data.mandate
    )
    return out.OpenedSession(
        token=opened.token,
        token_type="Bearer",  # noqa: S106 -- RFC 6750's word
        expires_at=opened.expires_at,
        actor=me(opened.actor),
    )


@delete("/sessions/current", **operation("logOut", "退出登录", "Log out", "sessions"))
async def log_out(caller: Asking) -> None:
    """凭证立即作废。

    The token ends at once.
    """
    token = caller.visitor.session if caller.actor else ""
    caller.memory.forget(token)
    await sessions.log_out(caller.site.db, token)


ROUTES = [regions, keys, log_in, log_out]
