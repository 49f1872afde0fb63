"""Projects from a sheet, with the headings that offices use in either language."""

import re
from pathlib import Path

from tongban.base.csvfile import rows_of
from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.catalog.grams import plain
from tongban.oversight.registers.projects.model import Project, Status

HEADINGS: dict[str, tuple[str, ...]] = {
    "id": ("id", "code", "编号", "项目编号", "系统编号"),
    "name": ("name", "project", "system", "title", "名称", "项目名称", "系统名称", "项目", "系统"),
    "body": ("body", "owner", "department", "agency", "单位", "建设单位", "主管单位", "部门"),
    "status": ("status", "state", "状态", "阶段"),
    "function": ("function", "functions", "description", "功能", "建设内容", "主要功能", "功能描述"),
    "data": ("data", "datasets", "data elements", "数据", "数据资源", "数据项", "使用数据"),
    "services": ("services", "service", "items", "事项", "支撑事项", "服务", "服务事项", "政务服务事项"),
}
"""Names of columns, as they are compared: small letters, `_` and `-` as spaces."""
_WORDS: dict[Status, tuple[str, ...]] = {
    "planned": ("planned", "proposed", "new", "拟建", "规划", "立项", "申报", "待建", "新建"),
    "existing": ("existing", "running", "built", "live", "in use", "building", "已建", "在用", "运行", "在建", "建成"),
}
STATUSES: dict[str, Status] = {word: status for status, words in _WORDS.items() for word in words}
TELLS = ("function", "data", "services")
MOST_ROWS = 5_000
MOST_BYTES = 1 << 26
MOST_ERRORS = 20
_BETWEEN = re.compile(r"[;；、，,|\n]+")


def read_projects(path: Path) -> tuple[Project, ...]:
    """Every project of a sheet. `name` is needed and one of function, data, services; without `status` all are planned.

    Raises Refused, with every row that is wrong: `no-column`, `no-name`, `nothing-said`, `unknown-status`, `twice`,
    `short-row`, `no-rows`, `too-large`, `bad-csv`, `not-text`; OSError.
    """
    if path.stat().st_size > MOST_BYTES:
        raise refuse("too-large", "文件超过 64 MB", "The file is larger than 64 MB", place=path.name)
    return read_sheet(path.read_bytes(), path)


def read_sheet(data: bytes, path: Path, *, numbered: bool = False) -> tuple[Project, ...]:
    """The same of a sheet that was sent; `path` is its name. `numbered` where every project must have a number of its
    own: a register knows it by that again."""
    rows = rows_of(data, path.name)
    columns = _columns(rows[0] if rows else [], path, ("id", "name") if numbered else ("name",))
    body = [(n, row) for n, row in enumerate(rows[1:], start=2) if any(cell.strip() for cell in row)]
    if not body:
        raise refuse("no-rows", "表里没有项目", "The sheet has no projects", place=path.name)
    if len(body) > MOST_ROWS:
        raise refuse("too-large", f"最多{MOST_ROWS}个项目", f"At most {MOST_ROWS} projects", place=path.name)
    wrong: list[Problem] = []
    found: list[Project] = []
    seen: set[str] = set()
    for line, row in body:
        place = f"{path.name}:{line}"
        one = _project(row, columns, len(rows[0]), line, place, numbered=numbered)
        if isinstance(one, Problem):
            wrong.append(one)
        elif one.id in seen:
            text = Text(f"编号“{one.id}”出现两次", f"The number '{one.id}' is there twice")
            wrong.append(Problem("twice", text, place))
        else:
            seen.add(one.id)
            found.append(one)
    if wrong:
        raise Refused(*wrong[:MOST_ERRORS])
    return tuple(found)


def _columns(head: list[str], path: Path, needed: tuple[str, ...]) -> dict[str, int]:
    names = [re.sub(r"[_-]", " ", plain(cell.strip())) for cell in head]
    columns = {
        field: names.index(heading)
        for field, headings in HEADINGS.items()
        for heading in reversed(headings)
        if heading in names
    }
    missing = [field for field in needed if field not in columns]
    if not any(field in columns for field in TELLS):
        missing += TELLS
    if missing:
        there = "、".join(head[:10]) or "—"
        wanted = "；".join(f"{field}（{'、'.join(HEADINGS[field][-3:])}）" for field in missing)
        raise refuse(
            "no-column",
            f"缺少列：{wanted}。现有：{there}",
            f"Missing columns: {', '.join(missing)}. There is: {', '.join(head[:10]) or '—'}",
            place=path.name,
        )
    return columns


def _project(
    row: list[str], columns: dict[str, int], width: int, line: int, place: str, *, numbered: bool
) -> Project | Problem:
    if len(row) != width:
        return Problem(
            "short-row",
            Text(f"这一行有{len(row)}格，表头有{width}格", f"This row has {len(row)} cells, the head {width}"),
            place,
        )
    said = {field: row[at].strip() for field, at in columns.items()}
    if not said["name"]:
        return Problem("no-name", Text("没有项目名称", "The project has no name"), place)
    if numbered and not said["id"]:
        return Problem("no-number", Text("没有项目编号", "The project has no number"), place)
    if not any(said.get(field) for field in TELLS):
        return Problem(
            "nothing-said",
            Text(
                f"“{said['name']}”的功能、数据、事项都空着，没法比较",
                f"Function, data and services of '{said['name']}' are all empty: there is nothing to compare",
            ),
            place,
        )
    word = plain(said.get("status", "")) or "planned"
    status = STATUSES.get(word)
    if status is None:
        return Problem(
            "unknown-status",
            Text(f"状态“{said['status'][:20]}”认不出；写“拟建”或“已建”", f"Status '{word[:20]}': planned or existing"),
            place,
        )
    return Project(
        said.get("id") or str(line - 1),
        said["name"],
        said.get("body", ""),
        status,
        said.get("function", ""),
        _items(said.get("data", "")),
        _items(said.get("services", "")),
    )


def _items(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.strip() for one in _BETWEEN.split(cell) if one.strip()))
