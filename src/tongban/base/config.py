"""The settings of an installation, from the environment (`TONGBAN_*`) and from arguments, which win.

`TONGBAN_PORT=8080`, `TONGBAN_SMTP_HOST=…`, `TONGBAN_OIDC_ISSUER=…`: the name of the field, with the group before it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

import msgspec
from msgspec import Meta

from tongban.base.errors import Problem, Refused
from tongban.base.i18n import Text

PREFIX = "TONGBAN_"
_BOOTSTRAP = {"PYTHON", "REQUIRE_BROWSER"}
"""Read by the start script and by the tests, not by us."""

Port = Annotated[int, Meta(ge=1, le=65535)]
Address = Annotated[str, Meta(pattern=r"^https?://[^/\s]+(/[^\s]*)?$")]


class Smtp(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where notices are mailed; without it they are written as files."""

    host: str
    port: Port = 587
    user: str = ""
    password: str = ""
    sender: str
    starttls: bool = True

    def __repr__(self) -> str:
        return f"Smtp(host={self.host!r}, port={self.port}, …)"


class Oidc(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The identity provider people log in with, and the names of its claims."""

    issuer: Address
    client_id: str
    client_secret: str = ""
    scope: str = "openid profile"
    name_claim: str = "name"
    id_number_claim: str = "id_number"
    phone_claim: str = "phone_number"
    level_claim: str = "acr"

    def __repr__(self) -> str:
        return f"Oidc(issuer={self.issuer!r}, client_id={self.client_id!r}, …)"


class ModelServer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A language model that speaks the chat-completions protocol; without it everything works with no model.

    `endpoint` is the address before `/chat/completions`; prices are in yuan for a million tokens.
    """

    endpoint: Address
    name: str
    key: str = ""
    yuan_in: Annotated[float, Meta(ge=0)] = 0.0
    yuan_out: Annotated[float, Meta(ge=0)] = 0.0
    seconds: Annotated[float, Meta(gt=0, le=300)] = 30.0
    tokens: Annotated[int, Meta(ge=16, le=32_768)] = 2_048
    """The longest answer asked for."""

    def __repr__(self) -> str:
        return f"ModelServer(endpoint={self.endpoint!r}, name={self.name!r}, …)"


class Upper(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The level above, whose AI uses are reused here: its address, our key there or our own certificate (PEM)."""

    endpoint: Address
    key: str = ""
    certificate: Path | None = None
    authority: Path | None = None
    """Certificates of the authority that vouches for it, where that is no public one."""
    seconds: Annotated[float, Meta(gt=0, le=60)] = 5.0

    def __repr__(self) -> str:
        return f"Upper(endpoint={self.endpoint!r}, …)"


LOWER = r"^([0-9]{6}=[0-9a-f]{64}(,[0-9]{6}=[0-9a-f]{64})*)?$"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything that may differ between two installations."""

    data_dir: Path = Path(".tongban")
    host: str = "127.0.0.1"
    port: Port = 8000
    public_url: str = ""
    """What stands before every link in a notice or a QR code; by default the address we listen on."""
    database_url: Annotated[str, Meta(pattern=r"^postgres(ql)?://")] | None = None
    """A PostgreSQL of yours (16 or later). Without it the embedded one runs in `data_dir`."""
    demo: bool = True
    """The demonstration province, its people, and log-in by choosing a person."""
    province: Literal["", "lan", "yun"] = ""
    """In the demonstration, which of its provinces this is, with the other in an installation of its own beside it."""
    nodes: bool = True
    """In the demonstration, the departments as processes of their own that are asked over the exchange."""
    workers: Annotated[int, Meta(ge=1, le=64)] = 1
    people_file: Path | None = None
    """The Parquet file of people on which policy makers try out changes; a demonstration invents some."""
    behind_proxy: bool = False
    """Only a reverse proxy of ours can reach this address; believe the caller's address it adds."""
    zone: str = "Asia/Shanghai"
    smtp: Smtp | None = None
    oidc: Oidc | None = None
    model: ModelServer | None = None
    upper: Upper | None = None
    key_command: str = ""
    """A command in front of a key service or a certified device, which wraps the keys of persons; else files do."""
    key_command_seconds: Annotated[float, Meta(gt=0, le=60)] = 5.0
    sealing_suite: Literal["aes-256-gcm", "sm4-gcm"] = "aes-256-gcm"
    """What new keys of persons are for. Older keys keep theirs."""
    lower_keys: Annotated[str, Meta(pattern=LOWER)] = ""
    """Regions that may ask our AI uses, each with the SHA-256 of its key: `990121=…,990221=…`."""

    @classmethod
    def load(cls, environ: Mapping[str, str], **arguments: Any) -> "Settings":
        """Read the environment; arguments that are not None win.

        Raises `Refused` (`bad-setting`, one problem for each) that names the variable.
        """
        wanted: dict[str, Any] = {}
        problems: list[Problem] = []
        groups = {"smtp": Smtp, "oidc": Oidc, "model": ModelServer, "upper": Upper}
        for variable in sorted(environ):
            if not variable.startswith(PREFIX) or variable.removeprefix(PREFIX) in _BOOTSTRAP:
                continue
            name = variable.removeprefix(PREFIX).lower()
            group, _, member = name.partition("_")
            if group in groups:
                wanted.setdefault(group, {})[member] = environ[variable]
            elif name in cls.__struct_fields__ and name not in groups:
                wanted[name] = environ[variable]
            else:
                problems.append(_bad(variable, "没有这个设置项", "there is no such setting"))
        wanted |= {name: value for name, value in arguments.items() if value is not None}
        settings = _convert(wanted, problems)
        if settings is None or problems:
            raise Refused(*problems, status=500)
        return settings

    @property
    def lower(self) -> dict[str, str]:
        """The SHA-256 of the key of each region that may ask here."""
        pairs = (pair.partition("=") for pair in self.lower_keys.split(",") if pair)
        return {region: digest for region, _, digest in pairs}

    @property
    def address(self) -> str:
        """The site's public address, without a slash at its end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def timezone(self) -> ZoneInfo:
        """The zone in which days begin and end."""
        return ZoneInfo(self.zone)

    @property
    def keys_dir(self) -> Path:
        """Where the installation's signing keys are."""
        return self.data_dir / "keys"

    @property
    def sealing_dir(self) -> Path:
        """Where the master keys are that personal data are sealed under. Back it up apart from the database."""
        return self.keys_dir / "sealing"


def _convert(wanted: dict[str, Any], problems: list[Problem]) -> Settings | None:
    """The settings, or None with a problem for every value that does not fit."""
    kept: dict[str, Any] = {}
    for field in msgspec.structs.fields(Settings):
        if field.name not in wanted:
            continue
        try:
            kept[field.name] = msgspec.convert(wanted[field.name], field.type, strict=False, dec_hook=_path)
        except msgspec.ValidationError as error:
            variable = PREFIX + field.name.upper()
            problems.append(_bad(variable, f"这个值用不了（{error}）", f"this value does not fit ({error})"))
    for name in sorted(set(wanted) - set(Settings.__struct_fields__)):
        problems.append(_bad(PREFIX + name.upper(), "没有这个设置项", "there is no such setting"))
    if "zone" in kept and kept["zone"] not in available_timezones():
        problems.append(_bad(PREFIX + "ZONE", "没有这个时区", "there is no such time zone"))
    return None if problems else Settings(**kept)


def _path(kind: type, value: object) -> object:
    """The one type of ours that msgspec does not know."""
    return Path(value) if kind is Path and isinstance(value, str) else value


def _bad(variable: str, zh: str, en: str) -> Problem:
    text = Text("设置 {variable}：{why}。", "Setting {variable}: {why}.")
    return Problem("bad-setting", text.format(variable=variable, why=Text(zh, en)), variable)
