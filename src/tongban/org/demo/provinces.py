"""The two provinces of the demonstration. Both are invented; each can run in an installation of its own."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tongban.base.i18n import Text

_HERE = Path(__file__).parent


class Province(StrEnum):
    """By the name that `tongban up --province` takes."""

    LAN = "lan"
    YUN = "yun"


@dataclass(frozen=True, slots=True)
class Profile:
    """What a province is called, where it lies, and which files it is made from.

    `code` is its code of region, `instance` the first part of its code as a member of an exchange, `port` where its
    installation listens unless told otherwise.
    """

    code: str
    name: Text
    folder: Path
    instance: str
    port: int

    @property
    def short(self) -> Text:
        """Its name without what it is."""
        return Text(self.name.zh.removesuffix("省"), self.name.en.removesuffix(" Province"))

    @property
    def centre(self) -> str:
        """The body that runs its platform."""
        return f"{self.code}.digital-centre"


PROFILES: dict[Province, Profile] = {
    Province.LAN: Profile("990000", Text("岚江省", "Lanjiang Province"), _HERE, "LJ", 8000),
    Province.YUN: Profile("980000", Text("云泽省", "Yunze Province"), _HERE / "yun", "YZ", 8001),
}
