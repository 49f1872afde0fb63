"""The documents say what is so: their commands exist, their links lead somewhere, both languages list the same."""

import argparse
import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from tongban.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
DOCS = [ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted((ROOT / "docs").rglob("*.md"))]
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_INLINE = re.compile(r"`((?:\./)?tongban [^`]*)`")
_MACHINE = re.compile(r"/(work|root|home/[a-z]|tmp/[a-z]|mnt)\b")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def commands(text: str) -> Iterator[list[str]]:
    """The words of every `tongban` command that a document tells its reader to type."""
    for block in _BLOCK.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True) if line.startswith("$ ") else []
            if words and Path(words[0]).name == "tongban":
                yield words[1:]


def parser(command: str) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog=command)
    import_module(COMMANDS[command].module).configure(made)
    return made


@pytest.mark.parametrize("path", DOCS, ids=named)
def test_every_command_in_a_document_can_be_typed(path: Path) -> None:
    for command, *words in commands(path.read_text(encoding="utf-8")):
        assert command in COMMANDS
        parser(command).parse_args(words)  # exits with a usage message if it does not fit


@pytest.mark.parametrize("path", DOCS, ids=named)
def test_every_link_of_a_document_leads_somewhere(path: Path) -> None:
    links = [link.partition("#")[0] for link in _LINK.findall(path.read_text(encoding="utf-8"))]
    local = [link for link in links if link and not link.startswith(("http:", "https:", "mailto:"))]
    lost = [link for link in local if not (path.parent / link).exists()]
    assert not lost


@pytest.mark.parametrize("path", DOCS, ids=named)
def test_no_document_names_a_path_of_somebodys_machine(path: Path) -> None:
    assert not _MACHINE.findall(path.read_text(encoding="utf-8"))


def test_both_readmes_list_the_same_commands_and_documents() -> None:
    english, chinese = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md"))
    links = [set(_LINK.findall(text)) - {"README.md", "README.zh-CN.md"} for text in (english, chinese)]
    assert links[0] == links[1]
    shown = [set(_INLINE.findall(text)) for text in (english, chinese)]
    assert shown[0] == shown[1]
    assert [list(commands(english))] == [list(commands(chinese))]


def test_the_readme_lists_every_command() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {said.split()[1] for said in _INLINE.findall(text)} >= set(COMMANDS)


def test_every_test_that_a_promise_names_exists() -> None:
    promised = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")))
    written = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert promised - set(re.findall(r"def (test_\w+)\(", written)) == set()
