"""Where a language model is plugged in: a Protocol of one verb. The default is no model, and everything works so."""

from collections.abc import Mapping
from typing import Any, Protocol


class LanguageModel(Protocol):
    """A model that words things. It is called inside `Gate.consult` only, so that it is counted, masked and logged."""

    @property
    def name(self) -> str:
        """What the register calls it; empty where there is none."""
        ...

    async def complete(self, prompt: str, schema: Mapping[str, Any]) -> str:
        """The answer, meant to be JSON of this JSON Schema: whoever asked checks that it is.

        Raises NoModelHere, `ModelFailed`, TimeoutError; the gate turns each into an abstention.
        """
        ...


class NoModelHere(Exception):
    """There is no model; the caller's way without one goes on."""


class ModelFailed(Exception):
    """The model's server did not answer as it should. `status` is its HTTP status, 0 where there was none."""

    def __init__(self, why: str, status: int = 0) -> None:
        super().__init__(why)
        self.status = status


class NoModel:
    """The default."""

    @property
    def name(self) -> str:
        """There is none."""
        return ""

    async def complete(self, prompt: str, schema: Mapping[str, Any]) -> str:  # noqa: ARG002 -- nothing to ask
        """Raises NoModelHere."""
        raise NoModelHere
