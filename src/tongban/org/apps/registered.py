"""The list of programs that the operator has let in: `apps.json` in the data directory, read again when it changes."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text
from tongban.org.apps.model import App

FILE: Final = "apps.json"
EXAMPLE: Final = "example-app"


class Apps:
    """The programs of one installation. `address` is its own; a demonstration has an example among them."""

    def __init__(self, data_dir: Path, address: str, *, demo: bool) -> None:
        self._file = data_dir / FILE
        self._own: dict[str, App] = {}
        if demo:
            page = f"{address}/example-app"
            self._own[EXAMPLE] = App(
                client=EXAMPLE,
                name=Text("掌上岚江（演示应用）", "Lanjiang in Hand (demonstration app)"),
                owner=Text("演示公司", "a company for demonstration"),
                redirects=(page,),
                returns=page,
            )
        self._read: tuple[int, dict[str, App]] = (0, {})

    def find(self, client: str) -> App | None:
        """A program by its number. Raises Refused (`apps-file-wrong`, 500)."""
        return self._own.get(client) or self._listed().get(client)

    def _listed(self) -> dict[str, App]:
        try:
            changed = self._file.stat().st_mtime_ns
        except FileNotFoundError:
            return {}
        if self._read[0] != changed:
            self._read = (changed, {app.client: app for app in _decode(self._file)})
        return self._read[1]


def _decode(file: Path) -> list[App]:
    try:
        apps = msgspec.json.decode(file.read_bytes(), type=list[App])
    except msgspec.MsgspecError as error:
        raise _wrong(str(error), str(error)) from error
    for app in apps:
        for address in app.redirects:
            parts = urlsplit(address)
            if parts.scheme == "http" and parts.hostname not in {"127.0.0.1", "::1", "localhost"}:
                raise _wrong(
                    f"{app.client} 的回跳地址要用 https：{address}", f"{app.client}: a redirect needs https: {address}"
                )
            if parts.scheme in {"javascript", "data", "file", "vbscript"}:
                raise _wrong(f"{app.client} 的回跳地址不能用", f"{app.client}: this redirect address cannot be used")
    return apps


def _wrong(zh: str, en: str) -> Refused:
    return refuse("apps-file-wrong", f"{FILE} 写得不对：{zh}", f"{FILE} is wrong: {en}", place=FILE, status=500)
