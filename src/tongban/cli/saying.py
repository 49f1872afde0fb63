"""How a command says no: each reason on a line, with its place, and exit status 1; never a stack trace."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypedDict

from tongban.base.errors import Refused
from tongban.base.i18n import Lang
from tongban.base.unopened import why_not_opened


class Sentence(TypedDict):
    """What a verb does, in the list of verbs and above its own options."""

    help: str
    description: str


def sentence(text: str) -> Sentence:
    """argparse shows `help` in the list only; whoever asks a verb itself reads the same sentence."""
    return {"help": text, "description": text}


@dataclass
class Said:
    """What came of it: the exit status."""

    status: int = 0


@contextmanager
def saying_refusals(lang: Lang | None = None) -> Generator[Said]:
    """Prints a `Refused` or a file error of the block instead of raising it."""
    said = Said()
    try:
        yield said
    except Refused as refused:
        said.status = 1
        for problem in refused.problems:
            text = problem.text[lang] if lang else f"{problem.text.zh} {problem.text.en}"
            place = f"{problem.place}: " if problem.place else ""
            print(f"{place}{text} ({problem.code})", file=sys.stderr)
    except OSError as error:
        said.status = 1
        why = why_not_opened(error)
        place = f"{error.filename}: " if error.filename is not None else ""
        print(f"{place}{why[lang] if lang else f'{why.zh} · {why.en}'}", file=sys.stderr)
