"""The columns of the sheet: their names, where they stand in an entry, how they are read and written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from tongban.base.i18n import Text
from tongban.catalog.model import Theme
from tongban.sharing.directory.cells import (
    Read,
    Tree,
    Write,
    chosen,
    day,
    plain,
    read_conditions,
    read_laws,
    said_yes,
    several,
    text,
    whole,
    write_conditions,
    write_laws,
    yes,
)
from tongban.sharing.directory.model import MODES
from tongban.sharing.directory.words import (
    ATTRIBUTES,
    CATEGORIES,
    FORMATS,
    FREQUENCIES,
    GRADES,
    LEVELS,
    RANKS,
    STATUSES,
    SUBJECTS,
    TYPES,
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `read` and `write` go between a cell and the value at `path` of an entry in plain types."""

    code: str
    name: str
    path: tuple[str, ...]
    read: Read
    write: Write

    @property
    def heading(self) -> str:
        """Chinese for people, the code for programs."""
        return f"{self.name} {self.code}"


def _words(code: str, name: str, *path: str) -> tuple[Column, Column]:
    """Two columns: a text in Chinese and in English."""
    return (
        Column(f"{code}.zh", name, (*path, "zh"), text, plain),
        Column(f"{code}.en", f"{name}（英文）", (*path, "en"), text, plain),
    )


_ATTRIBUTE = chosen(ATTRIBUTES)
_MODE = chosen(MODES)
_THEME = chosen({theme: Text(theme.value, theme.value) for theme in Theme})

ENTRY: tuple[Column, ...] = (
    Column("resource", "目录代码", ("resource",), text, plain),
    Column("version", "版本", ("version",), whole, lambda value: str(value or 1)),
    Column("status", "状态", ("status",), *chosen(STATUSES)),
    *_words("name", "目录名称", "name"),
    *_words("summary", "摘要", "summary"),
    *_words("owner", "提供单位", "owner", "name"),
    Column("owner.body", "单位类别", ("owner", "body"), text, plain),
    Column("owner.region", "行政区划代码", ("owner", "region"), text, plain),
    Column("owner.level", "层级", ("owner", "level"), *chosen(LEVELS)),
    Column("type", "资源类型", ("type",), *chosen(TYPES)),
    Column("themes", "主题", ("themes",), *several(*_THEME)),
    Column("category", "数据分类", ("category",), *chosen(CATEGORIES)),
    Column("grade", "数据分级", ("grade",), *chosen(GRADES)),
    Column("attribute", "共享属性", ("attribute",), *_ATTRIBUTE),
    Column("modes", "共享方式", ("modes",), *several(*_MODE)),
    *_words("scope", "共享范围", "scope"),
    *_words("use", "使用用途", "use"),
    Column("conditions", "使用条件（中文|英文|依据）", ("conditions",), read_conditions, write_conditions),
    *_words("ground", "不予共享的理由", "ground", "reason"),
    Column("ground.law", "不予共享的依据", ("ground", "law"), text, plain),
    Column("ground.rank", "依据的种类", ("ground", "rank"), *chosen(RANKS)),
    Column("format", "数据格式", ("format",), *chosen(FORMATS)),
    Column("frequency", "更新频率", ("frequency",), *chosen(FREQUENCIES)),
    Column("rows", "数据量", ("rows",), whole, plain),
    Column("law", "依据", ("law",), read_laws, write_laws),
    Column("assessment.done", "评估日期", ("assessment", "done"), day, plain),
    *_words("assessment.by", "评估人", "assessment", "by"),
    *_words("assessment.secrecy", "保密风险评估", "assessment", "secrecy"),
    *_words("assessment.privacy", "个人信息保护影响评估", "assessment", "privacy"),
    Column("assessment.passed", "评估通过", ("assessment", "passed"), yes, said_yes),
    Column("approval.at", "审核日期", ("approval", "at"), day, plain),
    *_words("approval.by", "审核人", "approval", "by"),
    Column("listed_on", "列入日期", ("listed_on",), day, plain),
)
"""Columns of the whole entry; the first names it."""
RECORD: tuple[Column, ...] = (
    Column("record", "记录", ("record",), text, plain),
    *_words("record", "记录名称", "name"),
    Column("subject", "按什么查", ("subject",), *chosen(SUBJECTS)),
)
"""Columns of a record; the first names it."""
FIELD: tuple[Column, ...] = (
    Column("field", "数据项", ("field",), text, plain),
    Column("element", "数据元", ("element",), text, plain),
    Column("field.law", "收集依据", ("law",), text, plain),
    Column("field.attribute", "单项共享属性", ("attribute",), *_ATTRIBUTE),
    Column("field.ground", "单项不予共享的依据", ("ground",), text, plain),
)
"""Columns of a field; the first names it."""
COLUMNS = (*ENTRY, *RECORD, *FIELD)


def get(tree: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """The value at a path of an entry in plain types; None where there is none."""
    found: Any = tree
    for step in path:
        if not isinstance(found, dict):
            return None
        found = cast("Tree", found).get(step)
    return found


def put(tree: Tree, path: tuple[str, ...], value: Any) -> None:
    """Set the value at a path, making what is on the way."""
    for step in path[:-1]:
        tree = tree.setdefault(step, {})
    tree[path[-1]] = value
