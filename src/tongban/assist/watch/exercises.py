"""练习: invented matters with a machine's suggestion that is right or wrong, for officials to judge.

They stand on a list of their own, never in the queue, and make no case: no person's matter is ever a test of somebody
else. What is measured is whether a wrong suggestion is noticed (`Measure.EXERCISES`).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from tongban.base.errors import refuse
from tongban.base.i18n import Text


class Drill(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One exercise. `sound`: the suggestion is right; `why` is told once it is answered."""

    id: str
    use: str
    matter: Text
    suggestion: Text
    sound: bool
    why: Text


def read(places: Iterable[Path]) -> tuple[Drill, ...]:
    """The exercises in `exercises/*.jsonl` of these folders, by file and line; a later folder's replace those of the
    same id. Raises Refused `bad-exercise` naming the line."""
    found: dict[str, Drill] = {}
    for place in places:
        for path in sorted((place / "exercises").glob("*.jsonl")):
            for number, line in enumerate(path.read_bytes().splitlines(), 1):
                if not line.strip():
                    continue
                try:
                    one = msgspec.json.decode(line, type=Drill)
                except msgspec.DecodeError as error:
                    raise refuse(
                        "bad-exercise",
                        f"{path.name}第{number}行不是一道练习（{error}）",
                        f"Line {number} of {path.name} is no exercise ({error})",
                        place=str(path),
                        status=500,
                    ) from None
                found[one.id] = one
    return tuple(found.values())
