"""Node files that lie at hand: those of the nodes beside this installation, or those a department hands in."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from tongban.sharing.node.config import NodeConfig, load


def read_nodes(data_dir: Path, more: Iterable[Path] = ()) -> list[NodeConfig]:
    """`nodes/*/node.yaml` of the data directory and what is named besides. Raises Refused with every mistake."""
    paths = (*sorted((data_dir / "nodes").glob("*/node.yaml")), *more)
    return [_read(path, path.stat().st_mtime_ns if path.is_file() else 0) for path in paths]


@lru_cache(maxsize=256)
def _read(path: Path, _changed: int) -> NodeConfig:
    """A file is read anew when it has changed: with its lines and columns that takes tens of milliseconds."""
    return load(path)
