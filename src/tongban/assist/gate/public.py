"""What everybody will read names nobody: one look at all words that an official or a citizen writes for the public.

Masking would rather hide too much (`personal`); here somebody is stopped while writing, so only what is plain is found:
numbers of a person by shape and checksum, a flat, and a name with its title or after a label. A name that stands alone
no machine tells from other words: whoever writes and whoever clears still has to look.
"""

import re
from collections.abc import Iterator, Sequence

from tongban.assist.gate.personal import ONE_NAME, Kind, Span, personal
from tongban.base.errors import refuse

_NUMBERS = frozenset(
    {Kind.ID_NUMBER, Kind.PHONE, Kind.CARD, Kind.EMAIL, Kind.PLATE, Kind.PASSPORT, Kind.CASE, Kind.NUMBER}
)
_OF_ALL = re.compile(r"1\d{2}|1[02]\d{3}|9[56]\d{3,4}|[48]00\d{7}")
"""Numbers that are nobody's: 110, 12345, 95598, 400 numbers."""
_FLAT = re.compile("[室户]|单元")
_NAMED = re.compile(
    "(?:我叫|名叫|名字叫|(?:姓名|本人|申请人|联系人|经办人|代办人|代理人|户主|法定代表人|负责人|监护人|收件人|当事人)[叫:：])"
    f" ?({ONE_NAME}[\u4e00-\u9fff]?)"
    f"|({ONE_NAME}?[\u4e00-\u9fff]?)(?:先生|女士|小姐|大爷|大妈|阿姨)"
)
_SHOWN = 3


def identifying(text: str, names: Sequence[str] = ()) -> Iterator[str]:
    """What of a text points to a person; `names` are names that must not stand in it."""
    for span in personal(text):
        said = text[span.start : span.end]
        if _points(span, said):
            yield said
    yield from (found[0] for found in _NAMED.finditer(text))
    yield from (name for name in names if len(name) > 1 and name in text)


def _points(span: Span, said: str) -> bool:
    if span.kind is Kind.ADDRESS:
        return _FLAT.search(said) is not None
    return span.kind in _NUMBERS and not _OF_ALL.fullmatch(re.sub(r"\D", "", said) or said)


def for_everybody(text: str, place: str, names: Sequence[str] = ()) -> str:
    """The same text. Raises Refused `personal-data` (422) with what has to go."""
    found = list(dict.fromkeys(identifying(text, names)))[:_SHOWN]
    if found:
        raise refuse(
            "personal-data",
            f"这里写的谁都看得到，请去掉能认出人的：{'、'.join(found)}。姓名、电话、证件号、车牌、办件号、几室几户都不写。",
            f"Everybody reads this. Take out what tells who it is: {', '.join(found)}. No names, telephones, identity"
            " numbers, plates, case numbers or flats.",
            place=place,
            law="个人信息保护法 25",
        )
    return text
