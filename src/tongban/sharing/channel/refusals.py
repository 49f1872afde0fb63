"""Why a message is refused: stable codes of the wire, each with its HTTP status, as RFC 9457 documents."""

from __future__ import annotations

from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final

import msgspec

from tongban.base.errors import Problem, Refused
from tongban.base.i18n import Text

PROBLEM_TYPE: Final = b"application/problem+json"


class Code(StrEnum):
    """What the node of a provider answers when it does not answer the question. Once published, never renamed."""

    PATH_NOT_CANONICAL = "path-not-canonical"
    QUERY_NOT_ALLOWED = "query-not-allowed"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    NOT_HERE = "not-here"
    HEADER_MISSING = "header-missing"
    HEADER_REPEATED = "header-repeated"
    HEADER_MALFORMED = "header-malformed"
    HEADER_UNKNOWN = "header-unknown"
    SIGNATURE_MISSING = "signature-missing"
    SIGNATURE_PROFILE = "signature-profile"
    SIGNATURE_WRONG = "signature-wrong"
    ALGORITHM_MISMATCH = "algorithm-mismatch"
    UNKNOWN_MEMBER = "unknown-member"
    UNKNOWN_KEY = "unknown-key"
    KEY_EXPIRED = "key-expired"
    MESSAGE_LATE = "message-late"
    CLOCK_SKEW = "clock-skew"
    BODY_TOO_LARGE = "body-too-large"
    BODY_SLOW = "body-slow"
    BODY_MALFORMED = "body-malformed"
    DIGEST_MISMATCH = "digest-mismatch"
    REPLAYED = "replayed"
    MESSAGE_ID_REUSED = "message-id-reused"
    MESSAGE_ID_OLD = "message-id-old"
    MESSAGE_IN_PROGRESS = "message-in-progress"
    NO_GRANT = "no-grant"
    GRANT_NOT_BEGUN = "grant-not-begun"
    GRANT_EXPIRED = "grant-expired"
    PATH_OUTSIDE_RIGHT = "path-outside-right"
    PURPOSE_OUTSIDE_GRANT = "purpose-outside-grant"
    FIELD_OUTSIDE_GRANT = "field-outside-grant"
    TEST_OUTSIDE_GRANT = "test-outside-grant"
    NODE_BUSY = "node-busy"
    NODE_FAILED = "node-failed"
    REGISTRY_EXPIRED = "registry-expired"
    LOG_AWAY = "log-away"
    SOURCE_SLOW = "source-slow"
    SOURCE_FAILED = "source-failed"


SAID: Final[dict[Code, tuple[int, Text]]] = {
    Code.PATH_NOT_CANONICAL: (
        400,
        Text(
            "路径不是规范写法：不能有点段、双斜杠、百分号编码和非 ASCII 字符。",
            "The path is not canonical: no dot segments, double slashes, percent-encodings or non-ASCII characters.",
        ),
    ),
    Code.QUERY_NOT_ALLOWED: (400, Text("地址后面不能带查询参数。", "The address must not carry query parameters.")),
    Code.METHOD_NOT_ALLOWED: (405, Text("只接受 POST。", "Only POST is accepted.")),
    Code.NOT_HERE: (
        404,
        Text("本节点没有这个成员或资源，请核对目录。", "No such member or resource at this node; see the directory."),
    ),
    Code.HEADER_MISSING: (400, Text("缺少必需的消息头：{place}。", "A required header is missing: {place}.")),
    Code.HEADER_REPEATED: (400, Text("消息头重复：{place}。", "A header is given twice: {place}.")),
    Code.HEADER_MALFORMED: (400, Text("消息头写法不对：{place}。", "A header is malformed: {place}.")),
    Code.HEADER_UNKNOWN: (
        400,
        Text("消息头没有被签名覆盖：{place}。", "A header is not covered by the signature: {place}."),
    ),
    Code.SIGNATURE_MISSING: (401, Text("没有签名。", "The message is not signed.")),
    Code.SIGNATURE_PROFILE: (
        401,
        Text(
            "签名的标签、覆盖内容或参数与 x1 规定不一致。",
            "The label, the covered components or the parameters of the signature are not those of x1.",
        ),
    ),
    Code.SIGNATURE_WRONG: (401, Text("签名不符，消息可能被改过。", "The signature does not fit the message.")),
    Code.ALGORITHM_MISMATCH: (
        401,
        Text("算法由密钥决定，消息写的算法不是它。", "The key fixes the algorithm, and the message names another."),
    ),
    Code.UNKNOWN_MEMBER: (401, Text("不是成员名录里的成员。", "Not a member in the registry.")),
    Code.UNKNOWN_KEY: (401, Text("名录里该成员没有这把密钥。", "The registry has no such key for this member.")),
    Code.KEY_EXPIRED: (401, Text("密钥不在使用期内，请换用新密钥。", "The key is out of its period; use the new one.")),
    Code.MESSAGE_LATE: (
        401,
        Text("消息已过有效时间，请重新签名再发。", "The message is past its time; sign it again."),
    ),
    Code.CLOCK_SKEW: (
        401,
        Text("消息的时间比本节点超前太多，请校准时钟。", "The message is from the future; set the clock right."),
    ),
    Code.BODY_TOO_LARGE: (413, Text("内容太大。", "The body is too large.")),
    Code.BODY_SLOW: (408, Text("内容没有在规定时间内传完。", "The body did not arrive in time.")),
    Code.BODY_MALFORMED: (422, Text("内容不符合规定格式。", "The body does not have the prescribed form.")),
    Code.DIGEST_MISMATCH: (400, Text("内容与摘要不符。", "The body does not fit its digest.")),
    Code.REPLAYED: (409, Text("这条消息已经收过，不再受理。", "This message has been received before.")),
    Code.MESSAGE_ID_REUSED: (409, Text("消息编号已用于另一个问题。", "The message id was used for another question.")),
    Code.MESSAGE_ID_OLD: (
        409,
        Text("消息编号里的时间不在一天之内，请换新的编号。", "The message id is not of the last day; make a new one."),
    ),
    Code.MESSAGE_IN_PROGRESS: (
        409,
        Text("同一编号的消息正在处理，请稍后再取。", "A message of this id is being answered; ask again shortly."),
    ),
    Code.NO_GRANT: (403, Text("没有生效的共享授权。", "There is no grant in force.")),
    Code.GRANT_NOT_BEGUN: (403, Text("共享授权还没有开始。", "The grant has not begun yet.")),
    Code.GRANT_EXPIRED: (403, Text("共享授权已到期，请办理续期。", "The grant has expired; apply for its renewal.")),
    Code.PATH_OUTSIDE_RIGHT: (403, Text("授权不包括这个资源或记录。", "The grant does not open this record.")),
    Code.PURPOSE_OUTSIDE_GRANT: (403, Text("授权不是给这个事项的。", "The grant is not for this purpose.")),
    Code.FIELD_OUTSIDE_GRANT: (403, Text("授权不包括这个字段：{place}。", "The grant has no such field: {place}.")),
    Code.TEST_OUTSIDE_GRANT: (403, Text("授权不包括这个比较：{place}。", "The grant has no such test: {place}.")),
    Code.NODE_BUSY: (503, Text("节点繁忙，请稍后再试。", "The node is busy; try again shortly.")),
    Code.NODE_FAILED: (
        500,
        Text("节点出错，已记下，请稍后再试。", "The node failed; this has been recorded. Try again."),
    ),
    Code.REGISTRY_EXPIRED: (
        503,
        Text(
            "成员名录已过期，更新之前一律不答。", "The registry has expired; nothing is answered until it is renewed."
        ),
    ),
    Code.LOG_AWAY: (
        503,
        Text("消息日志写不进去，不能留痕就不答。", "The message log is away; without a trace there is no answer."),
    ),
    Code.SOURCE_SLOW: (504, Text("数据源没有在规定时间内回答。", "The source did not answer in time.")),
    Code.SOURCE_FAILED: (500, Text("数据源出错，已记下。", "The source failed; this has been recorded.")),
}


def refusal(code: Code, place: str = "", **extra: Any) -> Refused:
    """The refusal of one code; `place` is the header, field or test concerned."""
    status, text = SAID[code]
    return Refused(Problem(str(code), text.format(place=place), place), status=status, **extra)


class WireProblem(msgspec.Struct, frozen=True, kw_only=True):
    """RFC 9457 on the wire: machine to machine, so both languages go along."""

    type: str
    title: str
    status: int
    detail: str
    detail_zh: str
    code: str
    place: str = ""


def document(refused: Refused) -> bytes:
    """The problem document of a refusal: its first reason."""
    first = refused.problems[0]
    return msgspec.json.encode(
        WireProblem(
            type=f"urn:tongban:problem:{first.code}",
            title=HTTPStatus(refused.status).phrase,
            status=refused.status,
            detail=first.text.en,
            detail_zh=first.text.zh,
            code=first.code,
            place=first.place,
        )
    )


def read_document(body: bytes) -> Refused:
    """The refusal in a problem document. Raises `msgspec.MsgspecError` for anything else."""
    problem = msgspec.json.decode(body, type=WireProblem)
    return Refused(Problem(problem.code, Text(problem.detail_zh, problem.detail), problem.place), status=problem.status)
