"""Where the law that comes with the program lies, and the folders of an installation's own."""

from pathlib import Path

from tongban.base.clock import Clock
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.schema import FOLDERS

_PACKAGE = Path(__file__).resolve().parents[1]


def shipped(folder: str) -> Path:
    """`services`, `procedures` or `uses` as shipped: inside an installed package, at the top of a checkout."""
    installed = _PACKAGE / "law" / folder
    return installed if installed.is_dir() else _PACKAGE.parents[1] / folder


def open_catalogue(data_dir: Path, clock: Clock | None = None) -> Catalogue:
    """The shipped files with the installation's own beside them.

    `data_dir/services`, `/procedures` and `/uses` are read after the shipped ones, so a file there replaces the
    shipped file of the same name and version; `data_dir/drafts` holds imported items.
    """
    own = {folder: [shipped(folder), data_dir / folder] for folder in FOLDERS}
    folders = {folder: [path for path in paths if path.is_dir()] for folder, paths in own.items()}
    return Catalogue.load(
        folders["services"], folders["procedures"], folders["uses"], drafts=data_dir / "drafts", clock=clock
    )
