"""Static files: read once, named by their content, compressed once, cached for a year.

Only files of `web/static` are served; the request's path is looked up in a table and never touches the file system.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
}
PREFIX = "/static/"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file ready to send."""

    url: str
    media_type: str
    plain: bytes
    packed: bytes


class Assets:
    """Every static file by the path it is asked for under (`/static/portal.1a2b3c4d5e.css`)."""

    def __init__(self) -> None:
        self._urls: dict[str, str] = {}
        self._assets: dict[str, Asset] = {}
        for name, asset in _read():
            self._urls[name] = asset.url
            self._assets[asset.url] = asset

    def url(self, name: str) -> str:
        """Where a file is now. Raises KeyError for a file that does not exist: a page must not point nowhere."""
        return self._urls[name]

    def get(self, path: str) -> Asset | None:
        """The file asked for, if its content is still this one."""
        return self._assets.get(path)


@cache
def _read() -> tuple[tuple[str, Asset], ...]:
    """Every file by its name, read and compressed once in a process."""
    own = [(item.name, item.read_bytes()) for item in files("tongban.web").joinpath("static").iterdir()]
    wanted = [(name, data) for name, data in own if PurePosixPath(name).suffix in TYPES]
    # The desk's one third-party script; the portal loads none.
    htmx = files("js_lib_htmx").joinpath("static", "htmx", "htmx.min.js")
    return tuple((name, _asset(name, data)) for name, data in sorted([*wanted, ("htmx.min.js", htmx.read_bytes())]))


def _asset(name: str, data: bytes) -> Asset:
    path = PurePosixPath(name)
    url = f"{PREFIX}{path.stem}.{hashlib.sha256(data).hexdigest()[:10]}{path.suffix}"
    return Asset(url, TYPES[path.suffix], data, gzip.compress(data, mtime=0))
