"""Rules are data: nothing in the engine runs them as Python, reads a file or a clock, or leans on another package."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import tongban.rules

SOURCES = sorted(Path(tongban.rules.__file__).parent.rglob("*.py"))
OURS = tongban.rules.__name__
FORBIDDEN_NAMES = {"eval", "exec", "compile", "open", "__import__", "input", "print"}
FORBIDDEN_CALLS = {"now", "today", "utcnow", "time", "monotonic"}
OF_MODELS = {"lxml"}
"""The one library beyond Python's own, and only where DMN is read: it parses bytes, and is told to load nothing."""
FORBIDDEN_MODULES = {"os", "pathlib", "io", "subprocess", "socket", "time", "random", "pickle", "importlib"}

MAKES_CODE = "columns/python/__init__.py"
"""The one place where code comes to be: `compile` of a tree that the generator built node by node, from typed rules
and never from text. `test_columns_python` shows that no name and no text of a file becomes code there."""


def called(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in FORBIDDEN_NAMES:
                found.add(name)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="datetime" | "Date" | "DateTime"), attr=name)):
                found |= {name} & FORBIDDEN_CALLS
            case _:
                pass
    return found


def imported(tree: ast.AST) -> set[str]:
    modules: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and not (node.module or "").startswith(OURS):
            modules.add((node.module or "").partition(".")[0])
        elif isinstance(node, ast.ImportFrom) and node.level > 1:
            modules.add("outside")
    return modules


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_rules_run_no_python_read_no_file_and_no_clock(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert called(tree) == ({"compile"} if path.as_posix().endswith(f"rules/{MAKES_CODE}") else set())
    libraries = OF_MODELS if path.parent.name == "dmn" else set[str]()
    assert imported(tree) <= (sys.stdlib_module_names - FORBIDDEN_MODULES) | libraries
