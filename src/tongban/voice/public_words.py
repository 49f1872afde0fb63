"""Which words of an act everybody will read, by service: none of them may tell who somebody is."""

from collections.abc import Mapping
from typing import Any, Final

from tongban.assist.gate.public import for_everybody

_STEPS: Final = ("reasons", "first_step", "second_step", "third_step", "done", "result")
FIELDS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "funding-review": dict.fromkeys(
        ("advise", "support", "on-condition", "confirm-shared", "not-yet-shared", "not-support", "take-up", "uphold"),
        ("about_overlap", "about_sharing", "reasons", "share_what"),
    ),
    "public-proposal": dict.fromkeys(
        ("adopt", "decline", "tell", "second-step", "third-step", "first-done", "second-done", "third-done", "finish"),
        _STEPS,
    ),
    "service-improvement": {"move": ("reasons",)},
    "work-supervision": {"answer": ("public",)},
}
"""Service to act to fields; a test compares them with what the pages for everybody take from these acts."""


def checked(service: str, act: str, says: Mapping[str, Any]) -> None:
    """Raises Refused `personal-data` for public words of an act in which somebody can be recognised."""
    for name in FIELDS.get(service, {}).get(act, ()):
        for_everybody(str(says.get(name) or ""), name)
