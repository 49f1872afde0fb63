"""The paper file: how one kind of document (材料) is recognised and read, and which answers it can be compared with.

It says where words stand, never what follows from them: what is read from a paper is shown to a person beside what
was declared, and decides nothing.
"""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from tongban.base.i18n import Text
from tongban.catalog.fields import FactName, Slug, Words
from tongban.catalog.model import FactType, Law


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class PaperKind(StrEnum):
    """What a field holds: how its value is cut out, checked and compared."""

    TEXT = "text"
    NAME = "name"
    """Of a person: nothing but letters."""
    ID_NUMBER = "id-number"
    """GB 11643, with its check character."""
    USCC = "uscc"
    """GB 32100-2015, with its check character."""
    DATE = "date"
    MONEY = "money"
    """In yuan, however it is written."""
    ADDRESS = "address"
    ACCOUNT = "account"
    """Of a bank: digits."""


FITS: dict[PaperKind, frozenset[FactType]] = {
    PaperKind.TEXT: frozenset({FactType.TEXT, FactType.LONG_TEXT}),
    PaperKind.NAME: frozenset({FactType.TEXT}),
    PaperKind.ID_NUMBER: frozenset({FactType.ID_NUMBER}),
    PaperKind.USCC: frozenset({FactType.USCC}),
    PaperKind.DATE: frozenset({FactType.DATE}),
    PaperKind.MONEY: frozenset({FactType.MONEY}),
    PaperKind.ADDRESS: frozenset({FactType.TEXT}),
    PaperKind.ACCOUNT: frozenset({FactType.BANK_ACCOUNT}),
}
"""Which facts a kind can be compared with."""

Label = Annotated[str, Meta(min_length=2, max_length=30)]


class PaperField(_File, frozen=True, kw_only=True):
    """One thing that stands on the paper.

    labels  words in front of it, as printed, without blanks: 姓名. A longer one wins over a shorter
    until   words that end it in running text, besides the next label
    inside  the label may stand in the middle of a sentence: 坐落于……
    """

    name: Words
    kind: PaperKind
    labels: Annotated[tuple[Label, ...], Meta(min_length=1)]
    until: tuple[str, ...] = ()
    inside: bool = False


class PaperUse(_File, frozen=True, kw_only=True):
    """Where the paper is asked for: a material of a service, and the fact that each field is compared with."""

    service: Slug
    material: Slug
    compare: dict[FactName, FactName]
    """Field of the paper to fact of the service."""


class Paper(_File, frozen=True, kw_only=True):
    """A paper file.

    titles  words of which one stands on every paper of this kind
    not_titles  words that show that it is another kind: 居住证申请表 is no 居住证
    stops   other labels printed on such papers, which end a value
    """

    paper: Slug
    version: Annotated[str, Meta(pattern=r"^[0-9]+(\.[0-9]+)*$")]
    name: Text
    titles: Annotated[tuple[Label, ...], Meta(min_length=1)]
    not_titles: tuple[Label, ...] = ()
    fields: Annotated[dict[FactName, PaperField], Meta(min_length=1)]
    stops: tuple[Label, ...] = ()
    used: tuple[PaperUse, ...] = ()
    law: tuple[Law, ...] = ()
    note: Words = ""
