"""What is different from the last run: only that need be told."""

from pathlib import Path
from typing import TYPE_CHECKING

from tongban.catalog.policy import Policy
from tongban.outreach.duck import quoted
from tongban.outreach.plan import KEY
from tongban.outreach.report import Standing

if TYPE_CHECKING:  # a third of a second and 27 MB that only what runs over people needs
    import duckdb

KINDS = ("new", "gone", "amount-changed", "now-known", "one-fact-missing", "no-longer-missing")
"""new: entitled, and was not listed; gone: was entitled; amount-changed; now-known: the missing fact came and the
person is entitled; one-fact-missing: lacks one fact, and did not; no-longer-missing: lacked one, and is now neither."""


def write_changes(
    connection: "duckdb.DuckDBPyConnection", n: int, policy: Policy, place: Path, last: Path | None
) -> dict[str, int] | None:
    """Writes `changes.parquet` (person, change) to `place`, comparing the list `hits_<n>` with that of the last run;
    how many of each kind. None without a last run of this policy."""
    before = None if last is None else last / "offers" / f"{policy.policy}.parquet"
    if before is None or not before.is_file():
        return None
    had = {
        name for (name, *_) in connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(before)]).fetchall()
    }
    both = [name for name in policy.tell.outputs if name in had]
    differs = " OR ".join(f'a."{name}" IS DISTINCT FROM b."{name}"' for name in both) or "FALSE"
    entitled, missing = quoted(Standing.ENTITLED), quoted(Standing.MISSING)
    kind = (
        f"CASE WHEN a.standing = {entitled} AND b.standing IS NULL THEN 'new'"
        f" WHEN a.standing = {entitled} AND b.standing = {missing} THEN 'now-known'"
        f" WHEN a.standing = {entitled} AND ({differs}) THEN 'amount-changed'"
        f" WHEN a.standing = {missing} AND b.standing IS DISTINCT FROM {missing} THEN 'one-fact-missing'"
        f" WHEN a.standing IS NULL AND b.standing = {entitled} THEN 'gone'"
        f" WHEN a.standing IS NULL AND b.standing = {missing} THEN 'no-longer-missing' END"
    )
    now = f"(SELECT * FROM hits_{n} WHERE standing IN ({entitled}, {missing}))"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE changed AS SELECT COALESCE(a.{KEY}, b.{KEY}) AS {KEY}, {kind} AS change"
        f" FROM {now} AS a FULL JOIN read_parquet({quoted(before)}) AS b ON a.{KEY} = b.{KEY}"
    )
    connection.execute("DELETE FROM changed WHERE change IS NULL")
    path = quoted(place / "changes.parquet")
    connection.execute(f"COPY (SELECT * FROM changed ORDER BY {KEY}) TO {path} (FORMAT parquet, COMPRESSION zstd)")
    found = dict(connection.execute("SELECT change, count(*) FROM changed GROUP BY change").fetchall())
    return {name: int(found.get(name, 0)) for name in KINDS}
