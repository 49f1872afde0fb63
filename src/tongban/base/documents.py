"""Which document classes there are, what signs each, and by which suites it can be signed: one table.

Who must sign a class is each installation's own choice within this table (`KeyRing.require`), and each verifier's own
list (`Keys.requires`) says what it asks for.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from tongban.base.crypto import Suite
from tongban.base.i18n import Text


class Use(StrEnum):
    """What a key may sign. One key, one use."""

    CERTIFICATE = "certificate"
    RECEIPT = "receipt"
    LOG = "log"
    EXCHANGE = "exchange"
    """Messages between bodies."""
    DECISION = "decision"
    """Receipts of decisions (`cases.decision_receipt`)."""
    REGISTRY = "registry"
    """The list of members of the exchange and of what each may ask, and the list of our keys."""
    PRESENTATION = "presentation"
    """What a counter asks a person's wallet for (OpenID4VP)."""


class Document(StrEnum):
    """A class of what is signed. Each use of a key is one, and a use whose documents differ in form is several."""

    CERTIFICATE = "certificate"
    CREDENTIAL = "credential"
    STATUS = "status-list"
    RECEIPT = "receipt"
    LOG = "log"
    EXCHANGE = "exchange"
    DECISION = "decision"
    REGISTRY = "registry"
    PRESENTATION = "presentation"


class Signed(NamedTuple):
    """The use of the keys that sign a class, the suites that can, and what belongs to it, in words."""

    use: Use
    can: tuple[Suite, ...]
    what: Text


_BOTH: Final = (Suite.INTL, Suite.GM)
_INTL: Final = (Suite.INTL,)

DOCUMENTS: Final[Mapping[Document, Signed]] = {
    Document.CERTIFICATE: Signed(
        Use.CERTIFICATE, _BOTH, Text("证照：JSON、PDF、二维码", "certificates: JSON, PDF, code for offline checks")
    ),
    Document.CREDENTIAL: Signed(
        Use.CERTIFICATE, _BOTH, Text("钱包证照 SD-JWT VC", "certificates for wallets: SD-JWT VC")
    ),
    Document.STATUS: Signed(Use.CERTIFICATE, _BOTH, Text("状态清单", "status lists")),
    Document.RECEIPT: Signed(
        Use.RECEIPT, _INTL, Text("交接回执（JOSE 没有 SM2）", "receipts of custody (JOSE has no SM2)")
    ),
    Document.LOG: Signed(
        Use.LOG,
        _BOTH,
        Text("日志检查点和其上的办件回执、重签的删除记录", "checkpoints and the receipts on them, renewed tombstones"),
    ),
    Document.EXCHANGE: Signed(
        Use.EXCHANGE, _INTL, Text("机关之间的消息（RFC 9421）", "messages between bodies (RFC 9421)")
    ),
    Document.DECISION: Signed(Use.DECISION, _BOTH, Text("决定凭据", "receipts of decisions")),
    Document.REGISTRY: Signed(Use.REGISTRY, _BOTH, Text("公钥名单", "the list of keys")),
    Document.PRESENTATION: Signed(
        Use.PRESENTATION,
        _INTL,
        Text("窗口向钱包提的请求（OpenID4VP 用 JOSE）", "what a counter asks wallets for (OpenID4VP, by JOSE)"),
    ),
}


def documents_of(use: Use) -> tuple[Document, ...]:
    """The classes that keys of a use sign."""
    return tuple(document for document, signed in DOCUMENTS.items() if signed.use is use)
