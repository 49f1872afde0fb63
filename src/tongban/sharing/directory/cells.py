"""Between a cell of the sheet and a value in plain types: dates, choices in Chinese, several lines in one cell."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, cast

from tongban.base.i18n import Text

_BLANK = ("",)
Tree = dict[str, Any]
Read = Callable[[str], Any]
Write = Callable[[Any], str]


class WrongCell(Exception):
    """A cell that cannot be read; carries what to say."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)


def text(cell: str) -> str:
    """A text as it stands."""
    return cell


def plain(value: Any) -> str:
    """A value as text; nothing where there is none."""
    return "" if value is None else str(value)


def whole(cell: str) -> int:
    """A whole number. Raises `WrongCell`, as all that read do."""
    if not (cell.isascii() and cell.isdigit() and len(cell) < 16):
        raise WrongCell(f"“{cell[:40]}”不是整数", f"“{cell[:40]}” is not a whole number")
    return int(cell)


def day(cell: str) -> date:
    """A date, also as spreadsheets like to write it: 2026/1/31."""
    try:
        year, month, number = cell.replace("/", "-").split("-")
        return date(int(year), int(month), int(number))
    except ValueError:
        raise WrongCell(f"“{cell[:40]}”不是日期，请写成 2026-01-31", f"“{cell[:40]}” is no date: 2026-01-31") from None


def yes(cell: str) -> bool:
    """是 or 否."""
    found = {"是": True, "true": True, "yes": True, "否": False, "false": False, "no": False}.get(cell.lower())
    if found is None:
        raise WrongCell(f"“{cell[:40]}”请写成“是”或者“否”", f"Write yes or no, not “{cell[:40]}”")
    return found


def said_yes(value: Any) -> str:
    """The same written."""
    return "" if value is None else "是" if value else "否"


def chosen(words: Mapping[Any, Text]) -> tuple[Read, Write]:
    """How a value that is chosen from a list is read (Chinese, English or its word) and written (Chinese)."""
    known = {said: str(key) for key, text in words.items() for said in (str(key), text.zh, text.en.lower())}

    def read(cell: str) -> str:
        found = known.get(cell) or known.get(cell.lower())
        if found is None:
            zh = f"“{cell[:40]}”不在可以选的里面：{'、'.join(text.zh for text in words.values())}"
            raise WrongCell(zh, f"“{cell[:40]}” is none of: {', '.join(map(str, words))}")
        return found

    def write(value: Any) -> str:
        return next((text.zh for key, text in words.items() if str(key) == value), "")

    return read, write


def several(one: Read, write: Write) -> tuple[Read, Write]:
    """A list of such values in one cell: `服务接口、文件下载`."""

    def read(cell: str) -> list[Any]:
        return [one(part.strip()) for part in cell.replace("，", "、").replace(",", "、").split("、") if part.strip()]

    return read, lambda values: "、".join(write(value) for value in values or ())


def _escape(part: str) -> str:
    return part.replace("\\", "\\\\").replace("|", "\\|").replace("\r", "\\r").replace("\n", "\\n")


def _parts(line: str) -> list[str]:
    """A line's parts, with what was escaped put back."""
    parts, current, index = list[str](), "", 0
    while index < len(line):
        char = line[index]
        if char == "\\" and index + 1 < len(line):
            index += 1
            current += {"n": "\n", "r": "\r"}.get(line[index], line[index])
        elif char == "|":
            parts.append(current)
            current = ""
        else:
            current += char
        index += 1
    return [*parts, current]


_LAW: tuple[str, ...] = (
    "id",
    "act",
    "act_en",
    "no",
    "article",
    "about",
    "about_en",
    "issued_by",
    "in_force",
    "until",
    "tag",
    "gist",
    "gist_en",
)
"""What stands in a line of the column law, in this order; what is left out at its end is empty."""
_BILINGUAL = ("about", "gist")


def _lines(cell: str, most: int) -> Iterable[list[str]]:
    for line in cell.replace("\r\n", "\n").split("\n"):
        if line:
            parts = _parts(line)
            if len(parts) > most:
                raise WrongCell(
                    f"“{line[:40]}”有{len(parts)}段，最多{most}段", f"“{line[:40]}” has more than {most} parts"
                )
            yield [*parts, *_BLANK * (most - len(parts))]


def read_laws(cell: str) -> list[Tree]:
    """Articles, one a line."""
    made: list[Tree] = []
    for parts in _lines(cell, len(_LAW)):
        said: dict[str, str] = dict(zip(_LAW, parts, strict=True))
        law: Tree = {name: value for name, value in said.items() if value and not name.endswith(("_en",))}
        if said["act_en"]:
            law["act_en"] = said["act_en"]
        for name in _BILINGUAL:
            if said[f"{name}_en"]:
                law[name] = {"zh": said[name], "en": said[f"{name}_en"]}
        for name in ("in_force", "until"):
            if name in law:
                law[name] = day(str(law[name]))
        made.append(law)
    return made


def write_laws(laws: Any) -> str:
    """The same written."""
    lines: list[str] = []
    for law in cast("list[Tree]", laws or []):
        said = {name: law.get(name, "") for name in _LAW}
        for name in _BILINGUAL:
            both = law.get(name, "")
            if isinstance(both, dict):
                pair = cast("dict[str, str]", both)
                said[name], said[f"{name}_en"] = pair["zh"], pair["en"]
        parts = [_escape(str(said[name])) for name in _LAW]
        while parts[-1] == "":
            parts.pop()
        lines.append("|".join(parts))
    return "\n".join(lines)


def read_conditions(cell: str) -> list[Tree]:
    """Conditions, one a line: Chinese, English, the article."""
    return [{"text": {"zh": zh, "en": en}, **({"law": law} if law else {})} for zh, en, law in _lines(cell, 3)]


def write_conditions(conditions: Any) -> str:
    """The same written."""
    return "\n".join(
        "|".join(_escape(part) for part in (one["text"]["zh"], one["text"]["en"], one.get("law", "")))
        for one in conditions or ()
    )
