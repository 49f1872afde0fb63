"""What can go wrong beside the data, each with a stable code. Nothing here tells of tables, addresses or people."""

from enum import StrEnum

from tongban.base.errors import Problem, Refused
from tongban.base.i18n import Text


class Fault(StrEnum):
    """Codes that the asker sees; part of the interface, never renamed."""

    RESOURCE_NOT_HERE = "resource-not-here"
    SUBJECT_MALFORMED = "subject-malformed"
    FIELD_NOT_DECLARED = "field-not-declared"
    FIELD_DOES_NOT_LEAVE = "field-does-not-leave"
    TEST_NOT_ALLOWED = "test-not-allowed"
    TEST_MALFORMED = "test-malformed"
    NOTHING_ASKED = "nothing-asked"
    SOURCE_DOWN = "source-down"
    SOURCE_SLOW = "source-slow"
    SOURCE_BUSY = "source-busy"
    SOURCE_CHANGED = "source-changed"
    SOURCE_DENIES = "source-denies"
    SOURCE_UNREADABLE = "source-unreadable"
    WRONG_TYPE = "source-wrong-type"
    MANY_ROWS = "source-many-rows"
    TOO_LARGE = "source-too-large"
    OTHER_SUBJECT = "source-other-subject"


_SAID: dict[Fault, tuple[int, Text]] = {
    Fault.RESOURCE_NOT_HERE: (404, Text("这里没有这项数据", "These data are not here")),
    Fault.SUBJECT_MALFORMED: (
        422,
        Text("证件号码写法不对", "The identity number or social credit code is not well formed"),
    ),
    Fault.FIELD_NOT_DECLARED: (403, Text("没有登记这个字段", "This field is not declared")),
    Fault.FIELD_DOES_NOT_LEAVE: (
        403,
        Text("这个字段的值不提供，只回答是或否", "The value of this field is not given, only yes or no"),
    ),
    Fault.TEST_NOT_ALLOWED: (403, Text("没有登记这种比较", "This comparison is not declared")),
    Fault.TEST_MALFORMED: (422, Text("比较的值写法不对", "The value to compare with is not well formed")),
    Fault.NOTHING_ASKED: (422, Text("没有写要查什么", "Nothing is asked for")),
    Fault.SOURCE_DOWN: (503, Text("数据源连不上，请稍后再查", "The source cannot be reached; ask again later")),
    Fault.SOURCE_SLOW: (504, Text("数据源太慢，请稍后再查", "The source is too slow; ask again later")),
    Fault.SOURCE_BUSY: (503, Text("查的人太多，请稍后再查", "Too many ask at once; ask again later")),
    Fault.SOURCE_CHANGED: (
        502,
        Text(
            "数据源的表或列变了，已记下，请等维护", "A table or column of the source has changed; it must be repaired"
        ),
    ),
    Fault.SOURCE_DENIES: (
        502,
        Text("数据源不让读，已记下，请等维护", "The source does not let the node read; it must be repaired"),
    ),
    Fault.SOURCE_UNREADABLE: (
        502,
        Text("数据源读不懂，已记下，请等维护", "The source cannot be read; it must be repaired"),
    ),
    Fault.WRONG_TYPE: (
        502,
        Text("数据源里的值类型不对，没有采用", "A value in the source has the wrong type and is not used"),
    ),
    Fault.MANY_ROWS: (
        502,
        Text("查到不止一条，没有采用", "There is more than one row for this subject; none is used"),
    ),
    Fault.TOO_LARGE: (502, Text("数据源给的内容太大，没有采用", "The source gives too much; it is not used")),
    Fault.OTHER_SUBJECT: (
        502,
        Text("数据源答的是别人，没有采用", "The source answered about somebody else; it is not used"),
    ),
}


class SourceFault(Exception):
    """A connector's own word: which fault, and what the operator of the node should read (no personal data)."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(detail)
        self.fault = fault
        self.detail = detail


def refusal(fault: Fault, place: str = "") -> Refused:
    """What the asker is told: the code, the sentence, and which field or record."""
    status, said = _SAID[fault]
    return Refused(Problem(fault, Text("{said}。", "{said}.").format(said=said), place), status=status)
