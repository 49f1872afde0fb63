"""Node files that lie at hand: those of the nodes beside this installation, or those a department hands in."""

from collections.abc import Iterable
from pathlib import Path

from tongban.sharing.node.config import NodeConfig, load


def read_nodes(data_dir: Path, more: Iterable[Path] = ()) -> list[NodeConfig]:
    """`nodes/*/node.yaml` of the data directory and what is named besides. Raises Refused with every mistake."""
    return [load(path) for path in (*sorted((data_dir / "nodes").glob("*/node.yaml")), *more)]
