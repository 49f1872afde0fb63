"""The demonstration's nodes beside the platform: one process that keeps them and takes them along (`supervising`)."""

import os
from pathlib import Path

from tongban.base.beside import Beside


def nodes_beside(data_dir: Path, site: str) -> Beside:
    """To be started when the site listens."""
    data = str(data_dir.resolve())
    return Beside("nodes", "node", "demonstrate", "--data", data, "--site", site, "--parent", str(os.getpid()))
