"""The description of the API: OpenAPI 3.1, made from the handlers and their types, and a page that lists it.

Litestar describes the operations; the schemas are msgspec's own, so what is described is what is decoded.
"""

from functools import lru_cache
from types import ModuleType
from typing import Any

import msgspec
from litestar import Litestar, Response, Router, get
from litestar.di import Provide
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Tag

from tongban import __version__
from tongban.assist.account import MachineAccount
from tongban.base.statements import Statement
from tongban.cases.model import Attachment
from tongban.catalog import Explanation
from tongban.web.api import answered, asked, case_answers
from tongban.web.api.caller import caller_of
from tongban.web.api.examples import EXAMPLES
from tongban.web.html import page
from tongban.web.problems import ProblemDocument
from tongban.web.site import Site
from tongban.web.visitor import Visitor

REF = "#/components/schemas/{name}"
ABOUT = """通办 REST 接口：与网页相同的动作。文字都有中英两种；时间带时区；列表用 next 翻页，不计总数。

The same acts as the pages. Every text is in Chinese and English; times carry their offset; lists are paged by `next`
and never counted. A failure is a problem document (RFC 9457) whose `problems` name each field, in the language of
`Accept-Language`. Commands carry `Idempotency-Key`: sending one again is harmless.
"""
TAGS = {
    "services": "事项 What can be asked for",
    "drafts": "草稿 What is being filled in",
    "documents": "文件 Uploads",
    "cases": "办件 Applications and what happens to them",
    "certificates": "证照 What the state certifies",
    "accesses": "数据使用 Who looked at my data",
    "regions": "行政区划 Regions",
    "sessions": "登录 Logging in and out",
    "apps": "应用 Programs that a person lets act for them",
}
SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "登录凭证 The token of a session"},
    "session": {"type": "apiKey", "in": "cookie", "name": "session", "description": "网页会话 The session of a page"},
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": "x-csrf-token",
        "description": "随网页会话提交时要带 Needed with the session of a page, for every command",
    },
}
NEEDED = ("Idempotency-Key", "If-Match")
"""Headers that must be sent, though their absence is answered by a sentence of ours."""
STANDARD_FORM = {
    "StandardForm": {
        "title": "StandardForm",
        "type": "object",
        "additionalProperties": True,
        "description": "按所述标准的字段 An object whose members the named standard defines",
    }
}


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The OpenAPI document."""
    from tongban.web.api import HANDLERS  # the handlers' own package

    app = Litestar(
        [Router("/api/v1", route_handlers=HANDLERS, dependencies={"caller": Provide(caller_of, sync_to_thread=False)})],
        openapi_config=OpenAPIConfig(
            title="通办 Tongban",
            version=__version__,
            description=ABOUT,
            tags=[Tag(name=name, description=says) for name, says in TAGS.items()],
            create_examples=False,
            use_handler_docstrings=True,
        ),
        logging_config=None,
    )
    found = app.openapi_schema.to_schema()
    found["components"] = {"securitySchemes": SECURITY, "schemas": _schemas()}
    for path in found["paths"].values():
        for operation in path.values():
            _finish(operation)
    return msgspec.json.decode(msgspec.json.encode(found))


@lru_cache(maxsize=1)
def encoded() -> bytes:
    """The document as it is sent."""
    return msgspec.json.encode(document())


def _finish(operation: dict[str, Any]) -> None:
    operation.setdefault("security", [])
    operation.setdefault("parameters", [])
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in NEEDED:
            parameter["required"] = True
            parameter["schema"].pop("default", None)
    for status, response in operation["responses"].items():
        for content in response.get("content", {}).values():
            if content.get("schema", {}).get("type") == "object":
                content["schema"] = {"$ref": REF.format(name="StandardForm")}
        if status == "429":
            response["headers"] = {"Retry-After": {"description": "秒 seconds to wait", "schema": {"type": "integer"}}}


def _schemas() -> dict[str, Any]:
    """Every type of a body or an answer, with its examples."""
    types = [
        *_structs(asked),
        *_structs(answered),
        *_structs(case_answers),
        ProblemDocument,
        Attachment,
        Explanation,
        MachineAccount,
        Statement,
    ]
    _, schemas = msgspec.json.schema_components(types, ref_template=REF)
    for kind, examples in EXAMPLES.items():
        schemas[kind.__name__]["examples"] = [msgspec.to_builtins(example) for example in examples]
    return dict(sorted((schemas | STANDARD_FORM).items()))


def _structs(module: ModuleType) -> list[type[msgspec.Struct]]:
    """The structs that a module defines for others."""
    found = [one for one in vars(module).values() if isinstance(one, type) and issubclass(one, msgspec.Struct)]
    return [one for one in found if one.__module__ == module.__name__ and not one.__name__.startswith("_")]


@get("/openapi.json", include_in_schema=False)
async def openapi() -> Response[bytes]:
    """The document."""
    return Response(encoded(), media_type="application/json")


@get("/docs", include_in_schema=False)
async def docs(site: Site, visitor: Visitor) -> Response[str]:
    """Every operation, on one page."""
    return page(site, visitor, "api/docs.html", api=document(), tags=TAGS, schema_name=_name)


def _name(schema: dict[str, Any]) -> str:
    """The type a schema refers to; a bare one is a file."""
    found = str(schema.get("$ref") or schema.get("allOf", [{}])[0].get("$ref", ""))
    return found.rpartition("/")[2]


ROUTES = [openapi, docs]
