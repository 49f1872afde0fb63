"""Other engines to compare with: never dependencies, run by the Python that TONGBAN_PEERS names, if it names one."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

NOT_RUN = "not run: TONGBAN_PEERS names no Python that has them"


def ask(script: Path, arguments: Sequence[str] = (), given: str = "") -> dict[str, Any] | None:
    """What a peer's script prints as JSON; None if there is no Python for peers. On one core."""
    python = os.environ.get("TONGBAN_PEERS")
    if not python:
        return None
    one_core = {**os.environ, **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")}
    one_core.pop("PYTHONPATH", None)
    done = subprocess.run(
        [python, str(script), *arguments], input=given, capture_output=True, text=True, check=True, env=one_core
    )
    return json.loads(done.stdout)
