"""The catalogue of one installation: the shipped files with its own beside them."""

from pathlib import Path
from typing import get_args

from tongban.base.clock import Clock
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.shipped import Folder, shipped


def open_catalogue(data_dir: Path, clock: Clock | None = None) -> Catalogue:
    """The catalogue in force here.

    `data_dir/services`, `/procedures`, `/uses`, `/policies`, `/papers`, `/bundles` and `/certificate-types` are
    read after the shipped folders, so a file there replaces the shipped file of the same name and version;
    `data_dir/drafts` holds imported items.
    Never raises for what is in the files: see `Catalogue.problems`.
    """

    def folders(folder: Folder) -> list[Path]:
        return [path for path in (shipped(folder), data_dir / folder) if path.is_dir()]

    services, procedures, uses, policies, papers, bundles, types = (folders(one) for one in get_args(Folder))
    drafts = data_dir / "drafts"
    return Catalogue.load(
        services,
        procedures,
        uses,
        policies,
        papers=papers,
        bundles=bundles,
        certificate_types=types,
        drafts=drafts,
        clock=clock,
    )
