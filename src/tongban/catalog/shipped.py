"""Where the files that come with the platform are: in the package once installed, in the repository before."""

from pathlib import Path
from typing import Literal

Folder = Literal["services", "procedures", "uses", "policies", "papers", "bundles", "certificate-types"]
Shelf = Folder | Literal["words", "indicators"]
"""Folders of law, and what else comes with the platform as files."""


def shipped(folder: Shelf) -> Path:
    """The folder of shipped files; it may not exist in an unusual installation."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "law" / folder
    return inside if inside.is_dir() else package.parent.parent / folder
