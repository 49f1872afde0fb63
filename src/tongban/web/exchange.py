"""POST /api/exchange/uses: regions below ask the uses that run here. For machines with keys of their own."""

import hashlib
import hmac
from typing import Any

import msgspec
from litestar import Request, Response, post

from tongban.assist.reuse import Question
from tongban.base.errors import refuse
from tongban.web.limits import Limited
from tongban.web.site import Site

AnyRequest = Request[Any, Any, Any]


@post("/api/exchange/uses", request_max_body_size=32_768)
async def ask(request: AnyRequest, site: Site) -> Response[bytes]:
    """One masked question of a region below."""
    caller = _caller(site, request.headers.get("authorization", ""))
    await site.limits.spend(Limited.API, f"exchange:{caller}")
    try:
        question = msgspec.json.decode(await request.body(), type=Question)
    except msgspec.DecodeError as error:
        raise refuse(
            "malformed-json", f"内容不对（{error}）", f"The question does not fit ({error})", status=400
        ) from None
    answer = await site.assist.serving.answer(caller, question)
    return Response(msgspec.json.encode(answer), status_code=200, media_type="application/json")


def _caller(site: Site, header: str) -> str:
    """The region whose key this is; the keys themselves are not kept here, their SHA-256 is."""
    key = header.removeprefix("Bearer ").strip() if header.startswith("Bearer ") else ""
    given = hashlib.sha256(key.encode()).hexdigest()
    known = [region for region, digest in site.settings.lower.items() if hmac.compare_digest(digest, given)]
    if not key or not known:
        raise refuse("not-logged-in", "没有带上本地区的密钥", "The key of a region is missing", status=401)
    return known[0]


ROUTES = [ask]
