"""Test vectors that others published. They are not in the repository: they lie in `shared/vectors` beside it, or in the
folder that `TONGBAN_VECTORS` names; the tests of a set that is not there say that they were not run (docs/proof.md)."""

import os
from pathlib import Path

import pytest

VECTORS = Path(os.environ.get("TONGBAN_VECTORS") or Path(__file__).resolve().parents[2] / "shared" / "vectors")


def needs(name: str) -> pytest.MarkDecorator:
    """For tests of one set: a folder of `VECTORS`."""
    here = (VECTORS / name).is_dir()
    return pytest.mark.skipif(not here, reason=f"not run: the vectors of {name} are not beside the repository")
