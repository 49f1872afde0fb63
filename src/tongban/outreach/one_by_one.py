"""People decided alone, by the same rules as a case: where a service or a value has no columnar form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tongban.catalog.assess import Assessment, assess
from tongban.catalog.model import Fact
from tongban.catalog.policy import Answer
from tongban.outreach.duck import named, quoted
from tongban.outreach.plan import ROW, Part, Plan
from tongban.outreach.report import Standing

if TYPE_CHECKING:  # a third of a second and 27 MB that only what runs over people needs
    import duckdb


@dataclass(frozen=True, slots=True)
class Alone:
    """One person's standing: the row of the eligibility table, the amounts, the fact that is missing."""

    person: Any
    standing: Standing
    row: int | None
    outputs: Mapping[str, Any]
    fact: str


def decide(
    connection: "duckdb.DuckDBPyConnection", plan: Plan, part: Part, first: int, last: int, keys: list[Any] | None
) -> Iterator[Alone]:
    """Decides people of the rows from `first` to `last`: those with one of `keys`, or all of them."""
    answers = {name: a for name, a in part.policy.population.answers().items() if name in part.service.facts}
    key = named(part.policy.population.key)
    columns = ", ".join(named(a.column) if a.fixed is None else "NULL" for a in answers.values()) or "NULL"
    file = f"read_parquet({quoted(plan.people.path)}, file_row_number = true)"
    where = f"{ROW} BETWEEN {first} AND {last}"
    if keys is not None:
        where += f" AND {key} IN (SELECT UNNEST($keys))"
    found = connection.execute(
        f"SELECT {key}, {columns} FROM {file} WHERE {where}",
        {} if keys is None else {"keys": keys},
    )
    for person, *values in found.fetchall():
        facts = {
            name: value_of(part.service.facts[name], answer, value)
            for (name, answer), value in zip(answers.items(), values, strict=False)
        }
        yield _standing(person, assess(part.service, facts, plan.day))


def value_of(fact: Fact, answer: Answer, value: Any) -> Any:
    """What a column says of one person, as a case would have it."""
    if answer.fixed is not None:
        return answer.fixed
    if value is None:
        return None
    if answer.codes:
        return answer.codes.get(str(value))
    if fact.choices:
        return str(value)
    if answer.scale is not None:
        return Decimal(value).scaleb(-answer.scale)
    return value if isinstance(value, bool | date | Decimal) else Decimal(value) if isinstance(value, int) else value


def _standing(person: Any, found: Assessment) -> Alone:
    row = next((d.matched[0] for d in found.trace if d.table.name == "eligible" and d.matched), None)
    if found.outcome == "eligible" and found.fully_determined:
        return Alone(person, Standing.ENTITLED, row, found.outputs, "")
    if len(found.unknown) == 1:
        return Alone(person, Standing.MISSING, row, {}, found.unknown[0])
    if found.unknown:
        return Alone(person, Standing.SEVERAL, row, {}, "")
    left = found.outcome in ("ask-official", "eligible", "unknown")
    return Alone(person, Standing.OFFICIAL if left else Standing.NOT, row, {}, "")
