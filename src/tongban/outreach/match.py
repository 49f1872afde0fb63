"""One pass over a holder's people by any number of policies: who is entitled, who is not, who lacks one fact.

The people are read once, in stretches of some row groups; each stretch is judged by all policies in one statement.
What is found is written beside the last run's folder, which it replaces whole. Of all that, only `offers/` may leave
the holder: the person's number, and what the policy file says may be told.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tongban.base.errors import refuse
from tongban.catalog.model import Service
from tongban.catalog.policy import Policy
from tongban.outreach import one_by_one
from tongban.outreach.changes import write_changes
from tongban.outreach.duck import Progress, named, quoted, session
from tongban.outreach.judged import amount_of, band_of, outputs_of, scaled, sql_type, standing_of
from tongban.outreach.plan import KEY, REGION, Part, Plan, make_plan, open_people
from tongban.outreach.report import BANDS, UNKNOWN_BAND, Cell, PolicyReport, Standing, groups, parts, standings

if TYPE_CHECKING:  # a third of a second and 27 MB that only what runs over people needs
    import duckdb

STRETCH = 614_400
"""Rows judged at a time: five row groups, some tens of megabytes of results."""
RUN_FILE = "run.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Result:
    """A finished run: where it lies, and what each policy found."""

    folder: Path
    day: date
    people: int
    reports: tuple[PolicyReport, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "asOf": self.day.isoformat(),
            "people": self.people,
            "policies": [report.as_json() for report in self.reports],
        }


def match(
    pairs: Sequence[tuple[Policy, Service]],
    people: Path,
    day: date,
    out: Path,
    *,
    keep_not: bool = False,
    progress: Progress = lambda _: None,
) -> Result:
    """Runs the policies over the people on `day` and writes what is found to the folder `out`.

    For each policy: `<policy>/entitled.parquet`, `missing.parquet`, with `keep_not` also `not.parquet`, and
    `changes.parquet` against the last run in `out`; `offers/<policy>.parquet`, which is all that may leave; and
    `run.json`. Raises Refused (422): see `make_plan`, `open_people`; `out-in-the-way` where `out` holds something else.
    """
    last = _last_run(out)
    plan = make_plan(pairs, open_people(people), day)
    beside = out.with_name(f".{out.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        with session() as connection:
            run = _Run(connection, plan, keep_not=keep_not)
            run.judge(progress)
            reports = tuple(run.write(part, n, beside, last) for n, part in enumerate(plan.parts))
        result = Result(out, day, plan.people.rows, reports)
        record = {**result.as_json(), "file": {"name": people.name, "sha256": _digest(people)}}
        (beside / RUN_FILE).write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        _replace(out, beside)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    progress(1.0)
    return result


def _last_run(out: Path) -> Path | None:
    """The folder of the last run, if there is one; anything else is left alone."""
    if not out.exists():
        return None
    if out.is_dir() and (out / RUN_FILE).is_file():
        return out
    if out.is_dir() and not any(out.iterdir()):
        return None
    raise refuse(
        "out-in-the-way",
        "这里放着别的东西，请换一个空文件夹",
        "Something else is there; choose an empty folder",
        place=str(out),
    )


def _replace(out: Path, beside: Path) -> None:
    """Puts the new folder in the place of the old."""
    old = out.with_name(f".{out.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.rename(old)
    beside.rename(out)
    shutil.rmtree(old, ignore_errors=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Run:
    def __init__(self, connection: "duckdb.DuckDBPyConnection", plan: Plan, *, keep_not: bool) -> None:
        self.connection, self.plan = connection, plan
        self.kept = (Standing.ENTITLED, Standing.MISSING, *((Standing.NOT,) if keep_not else ()))
        self.keep_not = keep_not
        self.alone = dict.fromkeys(range(len(plan.parts)), 0)
        connection.execute(
            "CREATE TABLE counts (part INTEGER, region VARCHAR, band VARCHAR, standing VARCHAR, fact VARCHAR,"
            " people BIGINT, amount DECIMAL(38, 2))"
        )
        for n, part in enumerate(plan.parts):
            columns = ", ".join(f"{name} {kind}" for name, kind in self.columns(part).items())
            connection.execute(f"CREATE TABLE hits_{n} ({columns})")

    # --- what a hit holds --------------------------------------------------------------------------------

    def columns(self, part: Part) -> dict[str, str]:
        """The columns of a list, with their types."""
        key = self.plan.people.columns[part.policy.population.key]
        rows = {named(f"row_{table}"): "SMALLINT" for table in part.tables} or {named("row_eligible"): "SMALLINT"}
        outputs = {named(name): sql_type(of) for name, of in outputs_of(part).items()}
        return {KEY: key, REGION: "VARCHAR", "standing": "VARCHAR", "fact": "VARCHAR", **rows, **outputs}

    # --- judging -----------------------------------------------------------------------------------------

    def judge(self, progress: Progress) -> None:
        """Reads the people stretch by stretch."""
        rows = self.plan.people.rows
        for first in range(0, rows, STRETCH):
            last = min(first + STRETCH, rows) - 1
            columnar = any(part.program for part in self.plan.parts)
            if columnar:
                self.connection.execute(f"CREATE OR REPLACE TEMP TABLE judged AS {self.plan.sql(first, last)}")
            for n, part in enumerate(self.plan.parts):
                if part.program is not None:
                    self.collect(n, part)
                self.one_by_one(n, part, first, last)
            progress(0.98 * (last + 1) / rows)

    def collect(self, n: int, part: Part) -> None:
        """Takes what was judged of one policy into its list and into the counts."""

        def of(name: str) -> str:
            return named(part.prefix + name)

        facts = " ".join(
            f"WHEN {1 << f.bit} THEN {quoted(f.fact)}"
            for f in (part.program.inputs if part.program else ())
            if f.bit is not None
        )
        fact = f"CASE {of('missing')} {facts} END" if facts else "CAST(NULL AS VARCHAR)"
        rows = ", ".join(_row_of(part, table) for table in part.tables)
        outputs = outputs_of(part)
        values = ", ".join(scaled(of(name), kind) for name, kind in outputs.items())
        counted = amount_of(part)
        amount = scaled(of(counted), outputs[counted]) if counted else "0"
        judged = f"SELECT *, {standing_of(part)} AS standing, {fact} AS fact, {band_of(self.plan)} AS band FROM judged"
        listed = ", ".join(quoted(one) for one in self.kept)
        shown_columns = ", ".join(part for part in (f"{KEY}, {REGION}, standing, fact", rows, values) if part)
        self.connection.execute(
            f"INSERT INTO hits_{n} SELECT {shown_columns} FROM ({judged}) WHERE standing IN ({listed})"
        )
        self.connection.execute(
            f"INSERT INTO counts SELECT {n}, {REGION}, band, standing,"
            f" CASE standing WHEN {quoted(Standing.MISSING)} THEN fact END, count(*),"
            f" sum(CASE standing WHEN {quoted(Standing.ENTITLED)} THEN {amount} ELSE 0 END)"
            f" FROM ({judged}) WHERE standing IS NOT NULL GROUP BY ALL"
        )

    def one_by_one(self, n: int, part: Part, first: int, last: int) -> None:
        """Decides alone whom the columns could not."""
        keys: list[Any] | None = None
        if part.program is not None:
            found = self.connection.execute(
                f"SELECT {KEY} FROM (SELECT *, {standing_of(part)} AS standing FROM judged) WHERE standing IS NULL"
            )
            keys = [key for (key,) in found.fetchall()]
            if not keys:
                return
        decided = list(one_by_one.decide(self.connection, self.plan, part, first, last, keys))
        self.alone[n] += len(decided)
        outputs = list(outputs_of(part))
        amount = amount_of(part)
        people = f"(SELECT * FROM {self.plan.relation(first, last)})"
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE alone (key VARCHAR, standing VARCHAR, fact VARCHAR,"
            " row_eligible SMALLINT, amount DECIMAL(38, 2), outputs VARCHAR[])"
        )
        self.connection.executemany(
            "INSERT INTO alone VALUES (?, ?, ?, ?, ?, ?)",
            [
                [
                    str(one.person),
                    one.standing.value,
                    one.fact or None,
                    one.row,
                    one.outputs.get(amount) or Decimal(0),
                    [None if one.outputs.get(name) is None else str(one.outputs[name]) for name in outputs],
                ]
                for one in decided
            ],
        )
        flags = [(part.already, Standing.ALREADY, True), (part.agreed, Standing.NOT_AGREED, False)]
        left = " ".join(
            f"WHEN COALESCE({named(name)}, FALSE) = {value} THEN {quoted(standing)}"
            for name, standing, value in flags
            if name
        )
        standing = f"CASE {left} ELSE alone.standing END" if left else "alone.standing"
        joined = (
            f"SELECT people.*, {standing} AS stands, alone.* EXCLUDE (standing), {band_of(self.plan)} AS band"
            f" FROM {people} AS people JOIN alone ON CAST(people.{KEY} AS VARCHAR) = alone.key"
        )
        rows = [f"row_eligible AS {named(f'row_{t}')}" if t == "eligible" else "NULL" for t in part.tables]
        values = [
            f"CAST(outputs[{i}] AS {sql_type(kind)})" for i, kind in enumerate(outputs_of(part).values(), start=1)
        ]
        listed = ", ".join(quoted(one) for one in self.kept)
        shown_columns = ", ".join([KEY, REGION, "stands", "fact", *(rows or ["row_eligible"]), *values])
        self.connection.execute(
            f"INSERT INTO hits_{n} SELECT {shown_columns} FROM ({joined}) WHERE stands IN ({listed})"
        )
        self.connection.execute(
            f"INSERT INTO counts SELECT {n}, {REGION}, band, stands,"
            f" CASE stands WHEN {quoted(Standing.MISSING)} THEN fact END, count(*),"
            f" sum(CASE stands WHEN {quoted(Standing.ENTITLED)} THEN amount ELSE 0 END) FROM ({joined}) GROUP BY ALL"
        )

    # --- writing -----------------------------------------------------------------------------------------

    def write(self, part: Part, n: int, folder: Path, last: Path | None) -> PolicyReport:
        """Writes the lists of one policy; what it found, as it may be shown."""
        policy = part.policy
        place = folder / policy.policy
        place.mkdir()
        columns = ", ".join(name for name in self.columns(part) if name != "standing")
        lists = {"entitled": Standing.ENTITLED, "missing": Standing.MISSING}
        lists |= {"not": Standing.NOT} if self.keep_not else {}
        for name, standing in lists.items():
            self.copy(f"SELECT {columns} FROM hits_{n} WHERE standing = {quoted(standing)}", place / f"{name}.parquet")
        (folder / "offers").mkdir(exist_ok=True)
        told = ", ".join([KEY, "standing", "fact", *(named(name) for name in policy.tell.outputs)])
        offered = f"{quoted(Standing.ENTITLED)}, {quoted(Standing.MISSING)}"
        offers = folder / "offers" / f"{policy.policy}.parquet"
        self.copy(f"SELECT {told} FROM hits_{n} WHERE standing IN ({offered})", offers, by=KEY)
        changes = write_changes(self.connection, n, policy, place, last)
        return self.report(part, n, changes)

    def copy(self, select: str, path: Path, by: str = f"{REGION}, {KEY}") -> None:
        self.connection.execute(f"COPY ({select} ORDER BY {by}) TO {quoted(path)} (FORMAT parquet, COMPRESSION zstd)")

    def report(self, part: Part, n: int, changes: Mapping[str, int] | None) -> PolicyReport:
        policy, smallest = part.policy, part.policy.smallest_group
        found = self.connection.execute(
            "SELECT region, band, standing, fact, sum(people), sum(amount) FROM counts WHERE part = ? GROUP BY ALL"
            " ORDER BY ALL",
            [n],
        ).fetchall()
        cells = [
            Cell(region or "", band, Standing(standing), int(people), Decimal(amount))
            for region, band, standing, _, people, amount in found
        ]
        stands = standings(cells, smallest)
        facts: dict[str, int] = {}
        for _, _, standing, fact, people, _ in found:
            if standing == Standing.MISSING and fact:
                facts[fact] = facts.get(fact, 0) + int(people)
        amount = sum((cell.amount for cell in cells if cell.standing is Standing.ENTITLED), Decimal(0))
        names = sorted({cell.region for cell in cells})
        bands = [*(name for name, _, _ in BANDS), UNKNOWN_BAND]
        whole = stands[Standing.ENTITLED] is not None
        return PolicyReport(
            policy=policy.policy,
            version=policy.version,
            service=part.service.service,
            service_version=part.service.version,
            digest=part.compiled.digest,
            columnar=part.program is not None,
            one_by_one=self.alone[n],
            standings=stands,
            amount=amount if whole else None,
            regions=groups(cells, "region", names, smallest) if whole else (),
            bands=groups(cells, "band", bands, smallest) if whole else (),
            missing=parts(dict(sorted(facts.items())), smallest),
            changes=None if changes is None else parts(changes, smallest),
        )


def _row_of(part: Part, table: str) -> str:
    """The column of a table's row; a table that aggregates has none, but the bits of its rows."""
    word = "".join(c if c.isalnum() else "_" for c in table)
    return f"{named(f'{part.prefix}row_{word}')} AS {named(f'row_{table}')}"
