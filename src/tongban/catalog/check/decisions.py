"""Rules about decision tables: complete, free of contradiction, nothing in them for nothing.

What is found comes from `tongban.rules.analysis`; here it is put to the place in the file, and a finding that
concerns nobody who can exist is left out.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from tongban.base.i18n import Text
from tongban.catalog.check.people import Townsfolk, correlated, knowledge
from tongban.catalog.check.registry import Said, View, service_lint
from tongban.catalog.compile import Compiled, Same, TableStep, try_compile
from tongban.catalog.findings import Path
from tongban.catalog.model import Service
from tongban.catalog.tables import Ruling
from tongban.rules.analysis import Remark, RemarkCode, remarks, study


def rulings(made: Compiled) -> Iterator[tuple[Path, Ruling]]:
    """The compiled tables of a service with their paths."""
    for step in (*made.first, *made.later):
        if isinstance(step, TableStep):
            yield ("amounts" if step.name in made.service.amounts else "tables", step.name), step.table
    yield ("eligible",), made.eligible


@dataclass(frozen=True, slots=True)
class _Told:
    """A remark on the table at `path`. `loose`: its inputs hang together, so that it may concern nobody."""

    path: Path
    remark: Remark
    inputs: int
    loose: bool

    @property
    def place(self) -> Path:
        row, column = self.remark.row, self.remark.column
        match self.remark.code:
            case RemarkCode.GAP | RemarkCode.UNKNOWN_GAP | RemarkCode.UNFINISHED:
                return (*self.path, "rows")
            case RemarkCode.HIT_POLICY:
                return (*self.path, "hit")
            case RemarkCode.UNREACHED:
                return (*self.path, "outputs", column - self.inputs)
            case RemarkCode.OVERLAP | RemarkCode.NEVER | RemarkCode.REDUNDANT | RemarkCode.BEYOND:
                return (*self.path, "rows", row, column) if column >= 0 else (*self.path, "rows", row)


@lru_cache(maxsize=2)
def _told(asked: Same) -> tuple[_Told, ...]:
    """All remarks on the tables of a service: each rule below asks for its own."""
    made = try_compile(asked.service)[0]
    if made is None:
        return ()
    found: list[_Told] = []
    for path, ruling in rulings(made):
        studied = study(ruling.table, knowledge(made, ruling))
        loose = correlated(made.service, ruling)
        said = remarks(studied, Townsfolk(made, path, ruling, studied.space))
        found += (_Told(path, remark, len(ruling.table.inputs), loose) for remark in said)
    return tuple(found)


def holes(service: Service) -> tuple[tuple[Path, Text], ...]:
    """Where the tables of a service leave somebody without an answer or with two; nothing if it does not compile."""
    codes = (RemarkCode.GAP, RemarkCode.UNKNOWN_GAP, RemarkCode.OVERLAP)
    found = (told for told in _told(Same(service)) if told.remark.code in codes)
    return tuple((told.place, Text(told.remark.zh, told.remark.en)) for told in found)


def _tells(*codes: RemarkCode) -> Callable[[View[Service]], Iterator[Said]]:
    """The rule that passes on the remarks with these codes."""

    def find(view: View[Service]) -> Iterator[Said]:
        for told in _told(Same(view.file)):
            if told.remark.code not in codes:
                continue
            if told.remark.code is RemarkCode.UNREACHED and told.path == ("eligible",):
                continue  # which outcomes there are is not this file's choice
            text = Text(told.remark.zh, told.remark.en)
            yield Said(text, told.place, severity="warning" if told.loose else None)

    return find


service_lint("table-gap", "error", "每一种情况都要有答案", "Every combination needs an answer", law="行政许可法 38")(
    _tells(RemarkCode.GAP, RemarkCode.UNKNOWN_GAP)
)

service_lint(
    "table-overlap", "error", "同一种情况不能有两个答案", "No combination may have two answers", law="DMN 1.5 8.2.10"
)(_tells(RemarkCode.OVERLAP))

service_lint("row-unreachable", "warning", "每一行都要用得上", "Every row must be able to match")(
    _tells(RemarkCode.NEVER)
)

service_lint("row-redundant", "warning", "不写多余的行", "No row may be there for nothing")(
    _tells(RemarkCode.REDUNDANT)
)

service_lint("output-unreached", "warning", "允许的结果都要有行给出", "Some row must give each allowed result")(
    _tells(RemarkCode.UNREACHED)
)

service_lint(
    "hit-policy", "warning", "命中策略要名副其实", "The hit policy must say what the table does", law="DMN 1.5 8.2.10"
)(_tells(RemarkCode.HIT_POLICY))

service_lint(
    "cell-beyond",
    "warning",
    "格子里写条件，计算放到派生事实里",
    "Cells state conditions; computing belongs in derived facts",
)(_tells(RemarkCode.BEYOND, RemarkCode.UNFINISHED))
