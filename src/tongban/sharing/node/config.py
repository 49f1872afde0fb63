"""The file that says which of a department's data a node answers from, and how.

Nothing is reached that is not written here: no other table, column, row, field or comparison. Every mistake is told
at once, each at its line and column.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

import msgspec
from msgspec import Meta

from tongban.base.i18n import Text
from tongban.base.keys import Algorithm, PublicKey, Use
from tongban.catalog.findings import Finding, sort_findings
from tongban.catalog.findings import Path as Place
from tongban.catalog.load import Loaded, load_as, load_path
from tongban.catalog.yaml_source import Source as Written
from tongban.sharing.channel.model import AllowedTest
from tongban.sharing.node.values import Kind, fits_mask, orders, reads_as

Address = Annotated[str, Meta(pattern=r"^https?://[^/\s?#]+(/[^\s?#]*)?$")]
Member = Annotated[str, Meta(pattern=r"^[A-Z0-9-]{1,20}/[A-Z]{2,10}/[0-9A-Z]{18}/[a-z0-9-]{1,40}$")]
ResourceId = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*\.[a-z0-9-]+$")]
RecordName = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]*$")]
FieldName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$")]
Column = Annotated[str, Meta(min_length=1, max_length=128)]
Seconds = Annotated[float, Meta(gt=0, le=60)]
FILE_TIME = "file-time"
"""As `as_of`: the record is as old as the file it stands in."""


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class Sql(_Part, frozen=True, kw_only=True, tag_field="kind", tag="sql"):
    """A database. `url` as SQLAlchemy writes it, without a password: `postgresql://reader@db.example/hr`.

    Read only: the session is opened so, and the role should have no other rights (`tongban node check` looks).
    """

    url: Annotated[str, Meta(pattern=r"^(postgresql|mysql|mariadb|sqlite)://\S*$")]
    password_file: str = ""
    seconds: Seconds = 5.0
    connections: Annotated[int, Meta(ge=1, le=32)] = 4


class Files(_Part, frozen=True, kw_only=True, tag_field="kind", tag="files"):
    """Files in one folder: CSV, Parquet, Excel (.xlsx). Put a new file in place by renaming it."""

    folder: str
    seconds: Seconds = 10.0
    encoding: Literal["utf-8", "gb18030"] = "utf-8"
    """Of CSV files."""
    delimiter: Annotated[str, Meta(min_length=1, max_length=1)] = ","


class Rest(_Part, frozen=True, kw_only=True, tag_field="kind", tag="rest"):
    """A service of the department itself. `headers` may name environment variables: `Bearer ${HR_TOKEN}`."""

    base: Address
    seconds: Seconds = 5.0
    headers: dict[str, str] = {}
    max_bytes: Annotated[int, Meta(ge=100, le=10_000_000)] = 1_000_000


Source = Sql | Files | Rest


class Field(_Part, frozen=True, kw_only=True):
    """One field: the column it stands in (REST: the path in the answer, `person.months`), its type, its mask."""

    column: Column
    type: Kind
    mask: Literal["", "last-4", "first-1", "year", "year-month"] = ""
    """What is left of the value when it leaves; comparisons are made with the whole."""


class Record(_Part, frozen=True, kw_only=True):
    """One record of a resource: where it stands and what may be asked of it.

    `table` is a table or view (`schema.name`), a file (`people.csv`, `people.xlsx:Sheet1`) or a path with
    `{subject}` for REST. `subject` is the column of the identity number or social credit code (REST: where the answer
    repeats it, so that another person's answer is noticed; may be left out).
    """

    source: str
    table: Annotated[str, Meta(min_length=1, max_length=200)]
    subject: str = ""
    as_of: str = ""
    where: dict[str, str | int | bool] = {}
    """Fixed conditions on rows, all of which must hold: column and value."""
    rows: Literal["one", "newest"] = "one"
    """If a subject may have several rows (a history), `newest` takes the one with the latest `as_of`."""
    fields: Annotated[dict[FieldName, Field], Meta(min_length=1, max_length=200)]
    leaves: tuple[str, ...] | None = None
    """The fields whose value may leave (default: all); the others only answer `tests`."""
    tests: tuple[AllowedTest, ...] = ()
    """Comparisons of which only yes, no or unknown leaves. Without a `value`, any value may be compared with."""

    def may_leave(self) -> frozenset[str]:
        """The fields whose value may be told."""
        return frozenset(self.fields if self.leaves is None else self.leaves)


class PinnedKey(_Part, frozen=True, kw_only=True):
    """The registry's signing key, as the digital centre gave it by another way than the network."""

    id: str
    public: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{43}$")]

    def key(self) -> PublicKey:
        """As a key; how long it may sign is the centre's affair, and a pinned one is replaced by a new file."""
        always = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
        return PublicKey(
            id=self.id,
            algorithm=Algorithm.ED25519,
            use=Use.REGISTRY,
            public=self.public,
            not_before=always[0],
            not_after=always[1],
        )


class RegistryAt(_Part, frozen=True, kw_only=True):
    """Where the signed list of members and rights is fetched."""

    address: Address
    key: PinnedKey


class NodeConfig(_Part, frozen=True, kw_only=True):
    """A node: who it is, where it listens, whom it believes, what it answers from."""

    member: Member
    hosts: tuple[Member, ...] = ()
    """Bodies that have no node of their own and let this one answer for them (托管)."""
    registry: RegistryAt
    listen: Annotated[str, Meta(pattern=r"^([0-9A-Za-z.-]+|\[[0-9a-f:]+\]):[0-9]{1,5}$")] = "127.0.0.1:8300"
    address: Address = "http://127.0.0.1:8300"
    """As others reach it; signatures are checked against this, never against what a request says."""
    keys: str = "keys"
    data: str = "node-data"
    """Where an embedded PostgreSQL keeps nonces and the message log, if `database` names none."""
    database: Annotated[str, Meta(pattern=r"^postgres(ql)?://")] | None = None
    files: str = ""
    """A folder for bodies without a line to here: files of questions in its `in/` are answered into `out/`."""
    zone: str = "Asia/Shanghai"
    sources: Annotated[dict[str, Source], Meta(min_length=1)]
    resources: Annotated[dict[ResourceId, dict[RecordName, Record]], Meta(min_length=1)]

    def record(self, resource: str, record: str) -> Record | None:
        """What is asked for, if it is declared here."""
        return self.resources.get(resource, {}).get(record)


def load(path: Path) -> NodeConfig:
    """Read a node's file. Raises `Refused` with every mistake, each with its line and column."""
    return load_path(path, _load).require()


def load_text(text: str, path: str = "node.yaml") -> NodeConfig:
    """The same from a text."""
    return _load(text, path).require()


def _load(text: str, path: str) -> Loaded[NodeConfig]:
    # What a type cannot say is looked at with a second source: a sound one lets its text go.
    loaded = load_as(Written(text, path), "node", NodeConfig)
    if loaded.value is None:
        return loaded
    found = _Look(Written(text, path), loaded.value).all()
    return Loaded(None, tuple(sort_findings(found)), loaded.source) if found else loaded


class _Look:
    """What a type cannot say: names that must be somewhere else in the file, and what fits together."""

    def __init__(self, written: Written, config: NodeConfig) -> None:
        self._written = written
        self._config = config
        self._found: list[Finding] = []

    def all(self) -> list[Finding]:
        config = self._config
        if config.zone not in available_timezones():
            self._note("no-such-zone", "没有这个时区", "There is no such time zone", "zone")
        if not 0 < int(config.listen.rpartition(":")[2]) < 65536:
            self._note("bad-port", "端口应在1到65535之间", "A port is between 1 and 65535", "listen")
        for name, source in config.sources.items():
            self._source(source, ("sources", name))
        for resource, records in config.resources.items():
            for name, record in records.items():
                self._record(record, ("resources", resource, name))
        return self._found

    def _note(self, code: str, zh: str, en: str, *place: str | int) -> None:
        path: Place = place
        self._found.append(self._written.finding("error", code, Text(zh, en), self._written.position(path), path))

    def _source(self, source: Source, place: tuple[str, ...]) -> None:
        if isinstance(source, Sql) and "@" in source.url and ":" in source.url.split("//", 1)[1].rsplit("@", 1)[0]:
            self._note(
                "password-in-file",
                "不要把密码写在这里，请写进另一个文件，用 password_file 指明",
                "Do not write the password here; put it into a file of its own and name that as password_file",
                *place,
                "url",
            )

    def _record(self, record: Record, place: tuple[str, ...]) -> None:
        source = self._config.sources.get(record.source)
        if source is None:
            known = "、".join(self._config.sources)
            self._note(
                "no-such-source",
                f"没有“{record.source}”这个数据源；有 {known}",
                f"There is no source “{record.source}”; there are {known}",
                *place,
                "source",
            )
        self._where_it_stands(record, source, place)
        for name, field in record.fields.items():
            if field.mask and not fits_mask(field.mask, field.type):
                self._note(
                    "mask-does-not-fit",
                    f"{field.type} 不能用 {field.mask} 遮盖",
                    f"The mask {field.mask} does not fit a {field.type}",
                    *(*place, "fields", name, "mask"),
                )
        for n, name in enumerate(record.leaves or ()):
            if name not in record.fields:
                self._no_field(name, *place, "leaves", n)
        for n, test in enumerate(record.tests):
            self._test(record, test, (*place, "tests", n))

    def _where_it_stands(self, record: Record, source: Source | None, place: tuple[str, ...]) -> None:
        match source:
            case Rest():
                if "{subject}" not in record.table:
                    self._note(
                        "no-subject",
                        "地址里要有 {subject}，表示要查的人",
                        "The path must have {subject} for whom is asked about",
                        *place,
                        "table",
                    )
                if record.where or record.rows == "newest":
                    self._note(
                        "no-filter-here",
                        "REST 数据源不能再筛选行，请让对方接口只返回一条",
                        "Rows of a REST source cannot be filtered here; let the service return one",
                        *place,
                    )
            case Sql() | Files() | None:
                if not record.subject:
                    self._note("no-subject", "缺少 subject：证件号码在哪一列", "Say the column of the number", *place)
                if record.as_of == FILE_TIME and isinstance(source, Sql):
                    self._note("no-file-time", "数据库没有文件时间", "A database has no file time", *place, "as_of")
                if record.rows == "newest" and record.as_of in ("", FILE_TIME):
                    self._note(
                        "newest-of-what",
                        "要取最新的一行，先用 as_of 说明时间在哪一列",
                        "To take the newest row, say with as_of which column has its time",
                        *place,
                        "rows",
                    )

    def _test(self, record: Record, test: AllowedTest, place: tuple[str | int, ...]) -> None:
        field = record.fields.get(test.field)
        if field is None:
            self._no_field(test.field, *place, "field")
        elif test.op not in ("=", "!=") and not orders(field.type):
            self._note(
                "no-order",
                f"{field.type} 只能比较 = 和 !=",
                f"A {field.type} can only be compared by = and !=",
                *(*place, "op"),
            )
        elif test.value is not None and not reads_as(test.value, field.type):
            self._note(
                "wrong-type",
                f"“{test.value}”不是 {field.type}",
                f"“{test.value}” is no {field.type}",
                *(*place, "value"),
            )

    def _no_field(self, name: str, *place: str | int) -> None:
        self._note("no-such-field", f"没有“{name}”这个字段", f"There is no field “{name}”", *place)
