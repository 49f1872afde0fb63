"""A verification as plain text, for the command line: the verdict first, then each point, then what was signed."""

from collections.abc import Iterator
from typing import cast

from tongban.base.i18n import Lang, Text
from tongban.certs.checks import Check
from tongban.certs.faults import POINTS
from tongban.certs.pdf import day
from tongban.certs.verify import Verification

DEMONSTRATION = Text("这是演示数据，不具有法律效力。", "Demonstration data, without legal effect.")
_MARKS = {True: Text("成立", "holds"), False: Text("不成立", "does not hold"), None: Text("未查", "not asked")}


def report(verification: Verification, lang: Lang) -> str:
    """Several lines without a final newline."""
    return "\n".join(_lines(verification, lang))


def _lines(verification: Verification, lang: Lang) -> Iterator[str]:
    yield verification.verdict[lang]
    yield ""
    colon = "：" if lang == "zh" else ": "
    for check in verification.checks:
        point = check.text if check.holds else POINTS[check.point]
        yield f"  {point[lang]}{colon}{_MARKS[check.holds][lang]}{_why(check, lang)}"
    if verification.claims is not None:
        yield from _shown(verification.claims, lang)
    record = verification.record
    if record is None:
        return
    yield ""
    yield Text("签名证明的内容", "What the signature certifies")[lang]
    rows = [
        (Text("证照", "Certificate"), record.name[lang]),
        (Text("证照标识", "Number"), record.id),
        (Text("持证人", "Holder"), f"{record.holder.name} {record.holder.number}"),
        *((line.label, line.value[lang]) for line in record.shows),
        (Text("有效期", "Valid"), f"{day(record.valid_from, lang)} — {day(record.valid_until, lang)}"),
        (Text("颁发机构", "Issued by"), f"{record.issuer.name[lang]} {record.issuer.uscc}"),
        (Text("颁发时间", "Issued at"), record.issued_at.isoformat(" ")),
    ]
    for label, value in rows:
        yield f"  {label[lang]}{colon}{value}"
    if record.demo:
        yield DEMONSTRATION[lang]


_CLAIMS: tuple[tuple[str, Text], ...] = (
    ("name", Text("证照", "Certificate")),
    ("certificate", Text("证照标识", "Number")),
    ("holder.name", Text("持证人", "Holder")),
    ("holder.number", Text("证件号码", "Identity number")),
    ("issuing_authority.name", Text("颁发机构", "Issued by")),
    ("issuing_authority.uscc", Text("统一社会信用代码", "Credit code")),
)


def shown_rows(claims: dict[str, object]) -> list[tuple[Text, Text]]:
    """What the holder chose to show, line by line; the rest stays hidden, and nothing here tells what it is."""
    rows = [(label, _text(_at(claims, path))) for path, label in _CLAIMS if _at(claims, path) is not None]
    fields = claims.get("fields")
    for name, line in cast("dict[str, object]", fields if isinstance(fields, dict) else {}).items():
        rows.append((_text(_at(line, "label") or name), _text(_at(line, "value"))))
    return rows


def _shown(claims: dict[str, object], lang: Lang) -> Iterator[str]:
    colon = "：" if lang == "zh" else ": "
    yield ""
    yield Text("出示的内容", "What is shown")[lang]
    for label, value in shown_rows(claims):
        yield f"  {label[lang]}{colon}{value[lang]}"
    if claims.get("demo") is True:
        yield DEMONSTRATION[lang]


def _at(value: object, path: str) -> object:
    for name in path.split("."):
        if not isinstance(value, dict):
            return None
        value = cast("dict[str, object]", value).get(name)
    return value


def _text(value: object) -> Text:
    match value:
        case {"zh": str(zh), "en": str(en)}:
            return Text(zh, en)
        case _:
            return Text(str(value), str(value))


def _why(check: Check, lang: Lang) -> str:
    if check.holds:
        return ""
    return f"（{check.text.zh}）" if lang == "zh" else f" ({check.text.en})"
