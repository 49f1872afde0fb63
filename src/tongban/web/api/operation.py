"""What an operation says of itself: its name, its words in both languages, and how it may fail."""

from typing import Any

from litestar.openapi.datastructures import ResponseSpec

from tongban.web.problems import ProblemDocument

PROBLEM = "application/problem+json"

FAILURES: dict[int, str] = {
    400: "格式不对 Malformed: the JSON, a field, a parameter or a header",
    401: "没有登录 Not logged in, or the token no longer holds",
    403: "不能做 Not allowed for this person",
    404: "没有，或者不归您看 Not there, or not yours to see",
    405: "这个地址不能这样用 Not with this method",
    409: "已有变化 The case has moved on, or the act is not possible in its state",
    413: "太大 Too large",
    415: "格式不支持 Not a kind that is accepted",
    422: "内容不对 Understood, but not acceptable; every reason at once",
    428: "缺少 If-Match The version the act was decided on is missing",
    429: "太频繁 Too many requests; see Retry-After",
    503: "正在恢复 Recovering; send again with the same key",
}


def operation(
    name: str, zh: str, en: str, tag: str, *failures: int, public: bool = False, **more: Any
) -> dict[str, Any]:
    """Arguments of a route: operation id, summary, tag, security and problem documents."""
    always = (400, 429, 503) if public else (400, 401, 429, 503)
    return {
        "operation_id": name,
        "summary": f"{zh} {en}",
        "tags": [tag],
        "security": [] if public else [{"bearer": []}, {"session": [], "csrf": []}],
        "responses": {status: problem(FAILURES[status]) for status in sorted({*always, *failures})},
        **more,
    }


def problem(says: str) -> ResponseSpec:
    """A problem document in the description of an operation."""
    return ResponseSpec(ProblemDocument, description=says, media_type=PROBLEM, generate_examples=False)
