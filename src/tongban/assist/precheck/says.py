"""What people are told about papers that were read, or were not, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tongban.assist.precheck.model import Doubt, Extracted, Outcome, Unread
from tongban.base.i18n import Text

OUTCOMES: Final[Mapping[Outcome, Text]] = {
    Outcome.AGREES: Text("一致", "Agrees"),
    Outcome.DIFFERS: Text("不一致", "Differs"),
    Outcome.LOOK: Text("请人工核对", "Please look yourself"),
}

DOUBTS: Final[Mapping[Doubt, Text]] = {
    Doubt.STAMPED: Text("盖了章，可能看不清", "a stamp lies on it"),
    Doubt.FAINT: Text("字迹不够清楚", "it is not clear enough"),
    Doubt.SEVERAL: Text("材料上有不止一处，写得不一样", "it stands there more than once, differently"),
    Doubt.CHECK_DIGIT: Text("号码的校验位对不上，可能没读准", "its check character does not fit; it may be misread"),
    Doubt.UNFINISHED: Text("可能没有读全", "it may go on"),
    Doubt.OVERLAID: Text("上面盖着图片或别的字", "something lies over it"),
    Doubt.ODD_CHARACTERS: Text("夹着不常见的字符", "it has unusual characters in it"),
    Doubt.NOT_FOUND: Text("材料上没找到这一项", "it was not found on the paper"),
    Doubt.ANOTHER_WRITING: Text("写法不同，机器不好判断", "it is written another way"),
    Doubt.MORE_PAGES: Text("页数多，后面的没有读", "there are more pages, which were not read"),
}

UNREAD: Final[Mapping[Unread, Text]] = {
    Unread.NO_OCR: Text(
        "这是图片，本机没有装识别图片的扩展，请人工核对。",
        "This is a picture, and the extra that reads pictures is not installed here. Please look yourself.",
    ),
    Unread.KIND: Text("这种文件机器不读，请人工核对。", "This kind of file is not read. Please look yourself."),
    Unread.DAMAGED: Text(
        "文件打不开或者不完整，请人工核对。", "The file is damaged or incomplete. Please look yourself."
    ),
    Unread.TOO_LARGE: Text("图片太大，没有读，请人工核对。", "The picture is too large to read. Please look yourself."),
    Unread.TOO_SLOW: Text("读得太久，没有读完，请人工核对。", "It took too long to read. Please look yourself."),
    Unread.LOCKED: Text("文件有密码，没有读，请人工核对。", "The file has a password. Please look yourself."),
    Unread.EMPTY: Text("没有读到字，请人工核对。", "No words were found. Please look yourself."),
    Unread.MORE_PAGES: Text(
        "页数太多，只读了前面的，请人工核对。", "It has too many pages; only the first were read. Please look yourself."
    ),
}

UNKNOWN_PAPER: Final = Text(
    "没认出这是哪种材料，请人工核对。", "It is not clear what kind of paper this is. Please look yourself."
)


def unread_words(read: Extracted | None) -> Text:
    """Why a person looks at the whole paper."""
    return UNKNOWN_PAPER if read is None or read.unread is None else UNREAD[read.unread]


def doubts_words(doubts: tuple[Doubt, ...]) -> Text:
    """Why a person looks at a field."""
    return Text("；".join(DOUBTS[one].zh for one in doubts), "; ".join(DOUBTS[one].en for one in doubts))
