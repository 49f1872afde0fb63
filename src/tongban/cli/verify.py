"""Check a certificate offline: whole, as its holder shows it, or a picture of its QR code.
Exit status 0 only when all that was asked holds.
离线验证证照：PDF、JSON、签名文本、持证人的出示、二维码照片都可以。"""

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from tongban.base.clock import ZONE, system_clock
from tongban.base.config import Settings
from tongban.base.crypto import Suite
from tongban.base.documents import Document
from tongban.base.errors import Refused, refuse
from tongban.base.i18n import LANGS, Lang, Text
from tongban.base.keys import Keys, Use
from tongban.base.statements import Unbelieved, believed, read
from tongban.base.unopened import why_not_opened
from tongban.cases.deciding_again import decide_again, read_receipt
from tongban.cases.decision_receipt import KIND as DECISION
from tongban.certs import FAULTS, PublicKeys, report
from tongban.certs.anyform import Asked, is_picture, verify_any
from tongban.certs.sdjwt import Request
from tongban.certs.statuslist import StatusLists
from tongban.certs.strict import Stop
from tongban.cli.published import keys_at_hand
from tongban.cli.receipt import checked, read_policy, record_lines
from tongban.ledger.policy import Policy
from tongban.ledger.receipts import looks_like_one
from tongban.ledger.records import looks_like_record, verify_record

_NO_KEYS = Text(
    "没有公钥：请用 --keys 指定公布的公钥文件（本平台在 /.well-known/tongban-keys.json 公布）",
    "No keys: name the published key set with --keys (a site publishes it at /.well-known/tongban-keys.json)",
)


@dataclass(frozen=True, slots=True)
class Question:
    """What the command line asks of a file, whatever kind it is."""

    keys: PublicKeys
    listed: Keys
    """The same keys with their uses, and who must have signed what."""
    suites: tuple[Suite, ...]
    """Who must have signed beside `intl`, whatever the list says."""
    now: datetime
    lang: Lang
    kind: str | None
    request: Request | None
    lists: StatusLists
    log: Path | None
    """The keys of a log; those of the installation in `data` where none are named."""
    data: Path
    earlier: bytes | None
    """An earlier receipt of the same case."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether everything that was asked holds, and all of it in words, without a final newline."""

    holds: bool
    said: str


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file: how its bytes are known, before anything in them is believed, and how it is checked."""

    known: Callable[[bytes], bool]
    check: Callable[[bytes, Question], Answer]
    word: str = ""
    """How the command line calls it, where somebody says what the file is to be."""
    by_keys: bool = True
    """Whether it is signed by keys of the key set; a receipt is by those of a log."""


def _certificate(data: bytes, question: Question) -> Answer:
    asked = Asked(
        question.keys, question.now, question.request, question.kind, question.lists, question.listed.requires
    )
    outcome = verify_any(data, asked)
    return Answer(outcome.valid, report(outcome, question.lang))


def _picture(data: bytes, question: Question) -> Answer:
    from tongban.certs.picture import code_in_picture  # the reader of codes comes with the first picture

    try:
        return _certificate(code_in_picture(data).encode(), question)
    except Stop as stop:
        return Answer(False, FAULTS[stop.fault][question.lang])


def _policy(question: Question) -> Policy:
    policy = read_policy(question.log, question.data)
    return msgspec.structs.replace(policy, suites=(Suite.INTL, Suite.GM)) if Suite.GM in question.suites else policy


def _receipt(data: bytes, question: Question) -> Answer:
    policy = _policy(question)
    return Answer(*checked(data, policy, question.now, question.earlier, question.lang))


def _record(data: bytes, question: Question) -> Answer:
    found = verify_record(data, _policy(question), question.now)
    return Answer(found.holds, "\n".join(record_lines(found, question.lang)))


def _decision(data: bytes, question: Question) -> Answer:
    """The signatures; then the decision itself, where the published file that it names is at hand.

    Raises `Refused` for what cannot be checked: `not-a-receipt`, `sm2-unavailable`.
    """
    lang = question.lang
    try:
        statement = read(data)
        receipt = read_receipt(believed(statement, DECISION, Use.DECISION, question.listed, question.now))
    except Unbelieved as unbelieved:
        return Answer(False, unbelieved.text[lang])
    signed = _SIGNED.format(n=len(statement.signatures), at=f"{statement.at.astimezone(ZONE):%Y-%m-%d %H:%M}")[lang]
    from tongban.cli.redecide import published_versions, told  # the rules come with the first receipt

    try:
        again = decide_again(receipt, published_versions(receipt))
    except Refused as refused:
        return Answer(True, f"{signed}\n{refused.problems[0].text[lang]}")
    return Answer(again.same, "\n".join((signed, *told(again, lang))))


_SIGNED = Text("决定凭据：{n}个签名都成立，签于{at}", "Receipt of a decision: every signature holds ({n}), made {at}")


def _is_decision(data: bytes) -> bool:
    try:
        return read(data).kind == DECISION
    except Unbelieved:
        return False


KINDS: tuple[FileKind, ...] = (
    FileKind(looks_like_record, _record, "record", by_keys=False),
    FileKind(looks_like_one, _receipt, "receipt", by_keys=False),
    FileKind(_is_decision, _decision, "decision"),
    FileKind(is_picture, _picture, "certificate"),
    FileKind(lambda _: True, _certificate, "certificate"),
)
"""In the order in which they are tried; the first that knows the file checks it."""
_WORDS = tuple(dict.fromkeys(kind.word for kind in KINDS))
_OTHERWISE = Text("这个文件不是所说的那一种", "The file is not what it is said to be")


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban verify`."""
    parser.add_argument(
        "file",
        nargs="+",
        metavar="FILE",
        help=f"certificate (PDF, JSON, signed text), receipt or proof of a record; before it, if it must be one: "
        f"{', '.join(_WORDS)} · 证照、回执或者记录证明",
    )
    parser.add_argument("--keys", type=Path, help="published key set (JWKS) · 公布的公钥文件")
    parser.add_argument("--data", type=Path, help="data directory whose keys to use · 数据目录")
    parser.add_argument("--type", dest="kind", help="the type it must be, e.g. residence-permit · 要求的证照类型")
    parser.add_argument("--audience", help="to whom it must have been presented (with --nonce) · 出示给谁")
    parser.add_argument("--nonce", help="the question that the presentation must answer · 出示要回答的请求编号")
    parser.add_argument(
        "--status", type=Path, action="append", default=[], help="status list kept at hand · 状态清单文件"
    )
    parser.add_argument(
        "--suite", choices=(Suite.GM.value,), help="what must have signed as well (SM2) · 还必须有国密签名"
    )
    parser.add_argument("--log", type=Path, help="receipts: the log's published keys · 回执：日志公布的公钥")
    parser.add_argument("--earlier", type=Path, help="receipts: an earlier one of the case · 以前的回执")
    parser.add_argument("--lang", choices=LANGS, default="zh")


def run(options: argparse.Namespace) -> int:
    """0 genuine and valid; 1 anything else that was checked; 2 when nothing could be checked."""
    if (options.audience is None) != (options.nonce is None):
        print("--audience and --nonce go together · --audience 和 --nonce 要一起用", file=sys.stderr)
        return 2
    *words, path = options.file
    if len(words) > 1 or not set(words) <= set(_WORDS):
        print(f"tongban verify [{'|'.join(_WORDS)}] FILE", file=sys.stderr)
        return 2
    now = system_clock()()
    try:
        data = Path(path).read_bytes()
        listed = keys_at_hand(options.keys, options.data, now) or Keys(keys=())
        suites = (Suite(options.suite),) if options.suite else ()
        if suites:
            both = dict.fromkeys(Document, (Suite.INTL, *suites))
            listed = msgspec.structs.replace(listed, requires=both)
        keys = listed.by_id
        lists = _lists(options, listed)
        earlier = options.earlier.read_bytes() if options.earlier else None
        home = options.data or Settings.load(os.environ).data_dir
        request = Request(options.audience, options.nonce) if options.audience is not None else None
        question = Question(
            keys, listed, suites, now, options.lang, options.kind, request, lists, options.log, home, earlier
        )
        kind = next(kind for kind in KINDS if kind.known(data))
        if words and words[0] != kind.word:
            print(_OTHERWISE[options.lang])
            return 1
        answer = kind.check(data, question) if keys or not kind.by_keys else None
    except OSError as error:
        print(f"{error.filename}: {why_not_opened(error)[options.lang]}", file=sys.stderr)
        return 2
    except Refused as refused:
        print(refused.problems[0].text[options.lang], file=sys.stderr)
        return 2
    if answer is None:
        print(_NO_KEYS[options.lang], file=sys.stderr)
        return 2
    print(answer.said)
    return 0 if answer.holds else 1


def _lists(options: argparse.Namespace, listed: Keys) -> StatusLists:
    try:
        files = [path.read_bytes() for path in options.status]
        return StatusLists.read(files, listed.by_id, listed.suites(Document.STATUS))
    except Stop as stop:
        sentence = FAULTS[stop.fault]
        raise refuse(
            "bad-status-list", f"状态清单不能用：{sentence.zh}", f"Unusable status list: {sentence.en}"
        ) from stop
