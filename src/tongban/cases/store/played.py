"""What the demonstration asks before it begins."""

from tongban.cases.store.runner import Runner


async def any_case(db: Runner) -> bool:
    """Whether this installation has a case."""
    row = await db.fetchrow("SELECT EXISTS (SELECT 1 FROM case_row) AS found")
    return bool(row and row["found"])
