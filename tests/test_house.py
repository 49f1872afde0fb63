"""The house stands: no package imports a package above it or beside it, and no file is too long to read."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tongban.base.database.migrate import ORDER

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "tongban"

FLOORS: tuple[frozenset[str], ...] = (
    frozenset({"rules", "terms"}),
    frozenset({"catalog", "org", "ledger"}),
    frozenset({"sharing", "certs"}),
    frozenset({"cases"}),
    frozenset({"assist", "hall"}),
    frozenset({"oversight", "outreach", "voice"}),
    frozenset({"web"}),
    frozenset({"cli"}),
)
BESIDE = {"oversight": frozenset({"voice"})}
"""The arrows on one floor: what is counted has what people said among it, never the other way."""
GROUND = "base"
KNOWN = frozenset[str]().union({GROUND}, *FLOORS)
PURE = FLOORS[0]
LONGEST = 500
SQL = re.compile(
    r"\s*(SELECT\s.+\sFROM\s.+|INSERT\s+INTO\s.+|UPDATE\s.+\sSET\s.+|DELETE\s+FROM\s.+|CREATE\s+TABLE\s.+)", re.DOTALL
)

# What a pure package may not touch: files, processes, sockets, threads, the machine's clock, chance.
IMPURE = frozenset(
    {
        "asyncio",
        "asyncpg",
        "http",
        "httpx",
        "io",
        "logging",
        "multiprocessing",
        "os",
        "pathlib",
        "random",
        "requests",
        "secrets",
        "shutil",
        "socket",
        "sqlite3",
        "ssl",
        "subprocess",
        "sys",
        "tempfile",
        "threading",
        "time",
        "urllib",
        "uuid",
    }
)
HARMLESS = frozenset({"sys.maxunicode"})
CLOCKS = frozenset({"now", "today", "utcnow", "time", "monotonic", "perf_counter"})


def allowed(package: str) -> frozenset[str]:
    """What a package may import of ours: itself, lower floors, and the ground from the first floor up."""
    floor = next(n for n, floor in enumerate(FLOORS) if package in floor)
    ground = {GROUND} if floor else set[str]()
    return frozenset[str]().union({package}, ground, BESIDE.get(package, frozenset()), *FLOORS[:floor])


def modules() -> Iterator[tuple[str, Path, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        inside = path.relative_to(PACKAGE).parts
        yield inside[0] if len(inside) > 1 else "", path, ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path, tree: ast.Module) -> Iterator[str]:
    """Full names of what a module imports; relative imports are resolved."""
    here = ("tongban", *path.relative_to(PACKAGE).with_suffix("").parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = here[: len(here) - node.level] if node.level else ()
            module = ".".join((*parts, *filter(None, [node.module])))
            yield from (f"{module}.{alias.name}" for alias in node.names)


def test_every_package_has_its_floor():
    found = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert found <= KNOWN


def test_no_package_imports_one_above_or_beside_it():
    wrong: list[str] = []
    for package, path, tree in modules():
        if not package:
            continue
        may = frozenset({GROUND}) if package == GROUND else allowed(package)
        for name in imported(path, tree):
            parts = name.split(".")
            if parts[0] == "tongban" and parts[1] in KNOWN and parts[1] not in may:
                wrong.append(f"{path.relative_to(PACKAGE)} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_the_pure_floor_does_no_input_or_output_and_has_no_clock():
    wrong: list[str] = []
    for package, path, tree in modules():
        if package not in PURE:
            continue
        where = path.relative_to(PACKAGE)
        wrong += [
            f"{where} imports {name}"
            for name in imported(path, tree)
            if name.split(".")[0] in IMPURE and name not in HARMLESS
        ]
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = node.func.value
                named = (
                    owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
                )
                if named in {"date", "datetime", "time"} and node.func.attr in CLOCKS:
                    wrong.append(f"{where}:{node.lineno} reads the machine's clock")
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"open", "print", "input"}
            ):
                wrong.append(f"{where}:{node.lineno} calls {node.func.id}")
    assert not wrong, "\n".join(wrong)


def test_only_one_package_knows_the_web_framework_and_only_one_the_driver():
    wrong: list[str] = []
    for package, path, tree in modules():
        names = {name.split(".")[0] for name in imported(path, tree)}
        if "litestar" in names and package != "web":
            wrong.append(f"{path.relative_to(PACKAGE)} imports litestar")
        if "asyncpg" in names and path.relative_to(PACKAGE).parts[:2] != ("base", "database"):
            wrong.append(f"{path.relative_to(PACKAGE)} imports asyncpg")
    assert not wrong, "\n".join(wrong)


def test_sql_is_written_in_stores_only():
    wrong: list[str] = []
    for _, path, tree in modules():
        inside = path.relative_to(PACKAGE).parts
        if "store" in inside or inside[-1] == "store.py" or inside[:2] == ("base", "database"):
            continue
        if any(name.split(".")[0] == "duckdb" for name in imported(path, tree)):
            continue  # DuckDB reads a holder's file, not our tables: its SQL stands beside what it does
        wrong += [
            f"{path.relative_to(PACKAGE)}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value)
        ]
    assert not wrong, "\n".join(wrong)


def test_the_pages_start_without_the_database_of_populations():
    """Start-up and idle memory are promises: DuckDB comes with the first population, file or export."""
    wrong = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for package, path, tree in modules()
        if package in {"base", "org", "cases", "assist", "outreach", "web"}
        for node in tree.body
        if isinstance(node, ast.Import) and any(name.name.split(".")[0] == "duckdb" for name in node.names)
    ]
    assert not wrong, "\n".join(wrong)


def test_migrations_run_from_the_ground_up():
    storeys = {package: n for n, floor in enumerate(FLOORS, start=1) for package in floor} | {GROUND: 0}
    assert [storeys[package] for package in ORDER] == sorted(storeys[package] for package in ORDER)
    assert {path.parent.name for path in PACKAGE.glob("*/migrations")} <= set(ORDER)


NUMBERED_TWICE = {
    "assist": {"0004", "0009"},
    "cases": {"0006", "0012", "0013", "0017"},
    "certs": {"0007"},
    "ledger": {"0002"},
    "org": {"0005"},
    "sharing": {"0016"},
    "voice": {"0002"},
}
"""Numbers that two files of a package bear. They were applied under these names: the list may only stay as it is."""


def test_no_further_migration_takes_a_number_that_is_taken():
    numbers = Counter((path.parents[1].name, path.name[:4]) for path in PACKAGE.glob("*/migrations/*.sql"))
    twice = {(package, number) for package, taken in NUMBERED_TWICE.items() for number in taken}
    assert {key for key, files in numbers.items() if files > 1} == twice
    assert max(numbers.values()) == 2


@pytest.mark.parametrize("root", [PACKAGE, Path(__file__).parent], ids=["source", "tests"])
def test_every_file_can_be_read_in_one_sitting(root: Path):
    lengths = {
        str(path.relative_to(root)): len(path.read_text(encoding="utf-8").splitlines()) for path in root.rglob("*.py")
    }
    assert not {path: lines for path, lines in lengths.items() if lines > LONGEST}
