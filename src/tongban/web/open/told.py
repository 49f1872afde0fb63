"""What came of checking a file, as the page says it: one sentence, each point in plain words, what it leaves open."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from tongban import certs
from tongban.base.clock import ZONE
from tongban.base.errors import Refused
from tongban.base.i18n import LANGS, Text
from tongban.base.keys import Use
from tongban.base.statements import Statement, Unbelieved, believed, read
from tongban.cases.deciding_again import Again, decide_again, read_receipt
from tongban.cases.decision_receipt import KIND, DecisionReceipt
from tongban.certs.report import shown_rows
from tongban.ledger import receipts, records
from tongban.web.site import Site

HOLDS: dict[bool | None, Text] = {
    True: Text("成立", "holds"),
    False: Text("不成立", "does not hold"),
    None: Text("没有查", "not checked"),
}
Row = tuple[Text, Text]


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that was checked: whether it holds, and why not or what has to be said beside it."""

    name: Text
    holds: bool | None
    why: Text | None = None

    @property
    def word(self) -> Text:
        """Whether it holds, in a word."""
        return HOLDS[self.holds]


@dataclass(frozen=True, slots=True)
class Told:
    """A check as the page shows it."""

    title: Text
    tone: str
    sign: str
    points: tuple[Point, ...]
    rows: tuple[Row, ...] = ()
    limits: tuple[Text, ...] = ()
    """What it does not prove."""


_TONES: dict[bool | None, tuple[str, str]] = {True: ("ok", "ok"), None: ("warn", "warn"), False: ("seal", "x")}


def of_certificate(found: certs.Verification) -> Told:
    """The verdict, every point, and what was signed (only when the signature holds)."""
    tone = _TONES[True if found.valid else None if found.genuine else False]
    points = tuple(
        Point(check.text, True) if check.holds else Point(certs.POINTS[check.point], check.holds, check.text)
        for check in found.checks
    )
    if found.record is not None:
        shown = certificate_rows(found.record)
    else:
        shown = shown_rows(found.claims) if found.claims is not None else []
    return Told(found.verdict, *tone, points, tuple(shown))


def certificate_rows(record: certs.CertificateRecord) -> list[Row]:
    """What a certificate says, line by line."""
    until = Text(*(certs.day(record.valid_until, lang) for lang in LANGS))
    holder = f"{record.holder.name} {record.holder.number}"
    return [
        (Text("证照", "Certificate"), record.name),
        (Text("证照标识", "Number"), Text(record.id, record.id)),
        (Text("持证人", "Holder"), Text(holder, holder)),
        *((line.label, line.value) for line in record.shows),
        (Text("有效期至", "Valid until"), until),
        (Text("颁发机构", "Issued by"), record.issuer.name),
        *([(Text("办理机关", "Handled by"), record.exercised.words)] if record.exercised else []),
    ]


# --- receipts of decisions ------------------------------------------------------------------------------------------

_SIGNATURE = Text("电子签名", "Signature")
_AGAIN = Text("按公布的规则重新算一遍，结果一样", "Decided again by the published rules, the same comes out")
_SAME = Text(
    "决定凭据是真的，按公布的规则重新算，结果完全一样。",
    "The receipt is genuine, and the published rules come to the same again.",
)
_DIFFERS = Text(
    "决定凭据的签名是真的，但按公布的规则重新算，结果不一样。请向作出决定的机关问清楚。",
    "The receipt is signed truly, but the published rules come to something else. Ask the body that decided.",
)
_ONLY_SIGNED = Text(
    "决定凭据的签名是真的；没有重新算，因为这里没有它所说的那一版规则。",
    "The receipt is signed truly; it was not decided again, for the rules that it names are not here.",
)
_FORGED = Text("不能相信这份决定凭据：", "Do not trust this receipt of a decision: ")
_PARTS: dict[str, Text] = {
    "outcome": Text("结果", "the outcome"),
    "digest": Text("结果的摘要", "the digest of the outcome"),
    "version": Text("规则的版本", "the version of the rules"),
    "day": Text("申请的日期", "the day of application"),
    "rows": Text("用到的规则条目", "the rows that matched"),
    "parameters": Text("标准和金额", "rates and amounts"),
    "outputs": Text("算出的内容", "what was worked out"),
    "message": Text("写给您的话", "the words to the person"),
    "law": Text("依据的法条", "the law"),
    "inputs": Text("用到的事实", "the facts"),
    "tables": Text("用到的规则表", "the tables"),
}
_DECISION_LIMITS = (
    Text(
        "它证明：用凭据里写的这些事实，按公布的规则，就是这个结果。它不证明这些事实是真的。",
        "It proves that from the facts in it the published rules come to this. It does not prove that they are true.",
    ),
    Text(
        "由人作出的决定与规则不同时，它只说明是谁、依据哪一条决定的，不证明决定得对。",
        "Where a person decided otherwise than the rules it says who and by which article, not that they were right.",
    ),
)
_OUTCOMES = {"favourable": Text("准予", "Granted"), "adverse": Text("不予", "Refused")}


def is_decision(data: bytes) -> bool:
    """Whether a file says that it is the receipt of a decision."""
    try:
        return read(data).kind == KIND
    except Unbelieved:
        return False


def of_decision(site: Site, data: bytes) -> Told:
    """The signatures by our keys; then the decision itself, by the versions that were published here."""
    statement = read(data)
    try:
        receipt = read_receipt(believed(statement, KIND, Use.DECISION, site.keys.keys, site.clock()))
    except (Unbelieved, Refused) as error:
        why = error.text if isinstance(error, Unbelieved) else error.problems[0].text
        title = Text(_FORGED.zh + why.zh, _FORGED.en + why.en)
        return Told(title, *_TONES[False], (Point(_SIGNATURE, False, why), Point(_AGAIN, None)))
    signed = Point(_signed(site, statement), True)
    shown = tuple(_decision_rows(receipt))
    try:
        again = decide_again(receipt, site.catalogue.versions(str(receipt.rules["service"])))
    except Refused as refused:
        points = (signed, Point(_AGAIN, None, refused.problems[0].text))
        return Told(_ONLY_SIGNED, *_TONES[None], points, shown, _DECISION_LIMITS)
    points = (signed, *_again_points(again))
    title = _SAME if again.same else _DIFFERS
    return Told(title, *_TONES[again.same or None], points, shown, _DECISION_LIMITS)


def _signed(site: Site, statement: Statement) -> Text:
    suites = {key.suite for mark in statement.signatures if (key := site.keys.public.get(mark.key))}
    at = _moment(statement.at)
    with_gm = Text("（国际算法和国密）", " (intl and SM2)") if len(suites) > 1 else Text("", "")
    return Text(f"电子签名{with_gm.zh}，签于{at}", f"Signature{with_gm.en}, made {at}")


def _again_points(again: Again) -> Iterator[Point]:
    yield Point(_AGAIN, again.same)
    for one in again.differences:
        yield Point(
            _PARTS.get(one.part, Text(one.part, one.part)), False, Text("重新算得不一样", "comes out otherwise")
        )


def _decision_rows(receipt: DecisionReceipt) -> Iterator[Row]:
    decided, remedies = receipt.decided, receipt.remedies
    yield Text("事项", "Service"), receipt.service
    yield Text("办件", "Case"), Text(receipt.case, receipt.case)
    yield Text("申请日", "Applied"), _day(receipt.day)
    yield Text("决定", "Decision"), _OUTCOMES[decided.outcome]
    yield Text("说明", "In words"), receipt.message
    yield (
        Text("由谁决定", "Decided by"),
        Text(f"{decided.body.zh}：{decided.name.zh}", f"{decided.body.en}: {decided.name.en}"),
    )
    yield Text("依据", "By"), decided.law
    yield Text("机器参与", "What machines did"), receipt.machine.summary
    if remedies is not None:
        yield Text("可申请行政复议，截止", "Reconsideration until"), _day(remedies.reconsideration_by)
        yield Text("可提起行政诉讼，截止", "Suit until"), _day(remedies.sue_by)


# --- receipts of the log --------------------------------------------------------------------------------------------


def of_receipt(site: Site, data: bytes) -> Told:
    """A receipt by our log's keys. The page /open/receipt does the same in the browser alone."""
    found = receipts.verify(data, site.public_log.policy, site.clock())
    points = tuple(Point(receipts.POINTS[check.point], check.holds, check.text) for check in found.checks)
    shown = tuple(
        (Text(_moment(one.at), _moment(one.at)), Text(f"{one.what.zh}，{one.by.zh}", f"{one.what.en}, {one.by.en}"))
        for one in (found.statements if found.holds else ())
    )
    return Told(found.verdict, *_TONES[found.holds], points, shown, receipts.LIMITS)


def of_record(site: Site, data: bytes) -> Told:
    """The proof of a single record, by our log's keys."""
    found = records.verify_record(data, site.public_log.policy, site.clock())
    points = tuple(Point(receipts.POINTS[check.point], check.holds, check.text) for check in found.checks)
    return Told(found.verdict, *_TONES[found.holds], points, tuple(records.lines(found)), found.limits)


def _day(day: date) -> Text:
    return Text(f"{day.year}年{day.month}月{day.day}日", day.isoformat())


def _moment(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}"
