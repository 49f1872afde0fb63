"""From policies and a file of people to one query: which column answers which fact, and all that does not fit."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text, words
from tongban.catalog.columns import Columnar, columnar, encode
from tongban.catalog.compile import Compiled, compile_service
from tongban.catalog.model import Fact, FactType, Service
from tongban.catalog.policy import Answer, Policy
from tongban.outreach.duck import named, quoted
from tongban.rules.columns.ir import Decide, Program
from tongban.rules.columns.nodes import BOOLEAN, DATE, OTHER, TEXT, Kind, Type
from tongban.rules.columns.source import Fixed, Source, Stored
from tongban.rules.columns.sql import Member, population_sql, prefix_of

KEY, REGION, BORN, ROW = "person", "region", "born", "file_row_number"

_WHOLE = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"})
_TYPES: dict[str, Type] = {
    "text": TEXT,
    "boolean": BOOLEAN,
    "date": DATE,
    "integer": Type(Kind.NUMBER),
    "money": Type(Kind.NUMBER, scale=2),
    "number": Type(Kind.NUMBER, scale=4),
}


@dataclass(frozen=True, slots=True)
class People:
    """A Parquet file of people: its columns with their DuckDB types, and how many rows."""

    path: Path
    columns: Mapping[str, str]
    rows: int


@dataclass(frozen=True, slots=True)
class Part:
    """One policy in the plan. `program` is None where the service has no columnar form: then each person is decided
    alone. `already` and `agreed` are columns of the relation, or empty."""

    policy: Policy
    service: Service
    compiled: Compiled
    program: Program | None
    already: str
    agreed: str

    @property
    def prefix(self) -> str:
        return prefix_of(self.program) if self.program else ""

    @property
    def types(self) -> dict[str, Type]:
        """The type of each amount that the service gives, in the order of its file."""
        if self.program is None:
            tables = self.service.amounts.values()
            return {output.name: _TYPES[output.type] for table in tables for output in table.outputs}
        decided = (step for step in self.program.steps if isinstance(step, Decide))
        types = {output.name: output.type for step in decided for output in step.outputs}
        return {name: types[name] for name in self.program.outputs}

    @property
    def tables(self) -> list[str]:
        """The names of the tables, in the order in which they are decided, with their columns' endings."""
        return [step.name for step in (self.program.steps if self.program else ()) if isinstance(step, Decide)]


@dataclass(frozen=True, slots=True)
class Plan:
    """What one pass over the people does."""

    people: People
    day: date
    parts: tuple[Part, ...]
    columns: Mapping[str, str]
    """The columns of the relation that the rules read: name to SQL over the file."""
    members: tuple[Member, ...]

    def relation(self, first: int, last: int) -> str:
        """The rows from `first` to `last` (counted from 0, both included), as the rules read them."""
        shown = ", ".join(f"{text} AS {named(name)}" for name, text in self.columns.items())
        file = f"read_parquet({quoted(self.people.path)}, file_row_number = true)"
        return f"(SELECT {shown} FROM {file} WHERE {ROW} BETWEEN {first} AND {last})"

    def sql(self, first: int, last: int) -> str:
        """The judgement of these rows by all policies at once."""
        carried = tuple(name for name in self.columns if name not in (KEY, *self._read()))
        source = Source(self.relation(first, last), KEY, carried=carried)
        return population_sql(self.members, source, self.day)

    def _read(self) -> set[str]:
        return {
            stored.column for member in self.members for stored in member.columns.values() if isinstance(stored, Stored)
        }


def open_people(path: Path) -> People:
    """Looks at a Parquet file. Raises Refused (422): `people-unreadable`, `people-empty`."""
    import duckdb

    if not path.is_file():
        raise refuse("people-unreadable", "没有这个文件", "There is no such file", place=str(path))
    try:
        with duckdb.connect() as connection:
            found = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
            rows = connection.execute("SELECT num_rows FROM parquet_file_metadata(?)", [str(path)]).fetchone()
    except duckdb.Error:
        raise refuse(
            "people-unreadable",
            "读不了：应当是 Parquet 文件，没有损坏",
            "It cannot be read: it must be a sound Parquet file",
            place=str(path),
        ) from None
    count = int(rows[0]) if rows else 0
    if not count:
        raise refuse("people-empty", "文件里一个人也没有", "There is nobody in the file", place=str(path))
    return People(path, {str(name): str(kind) for name, kind, *_ in found}, count)


def make_plan(pairs: Sequence[tuple[Policy, Service]], people: People, day: date) -> Plan:
    """One pass for all these policies. Raises Refused (422) with everything that does not fit: `people-column-missing`,
    `people-column-type`, `policies-differ` (keys or regions under different names cannot share a pass)."""
    work = _Work(people)
    first = pairs[0][0].population
    for policy, _ in pairs[1:]:
        if (policy.population.key, policy.population.region) != (first.key, first.region):
            work.problem(
                "policies-differ",
                "编号或者地区的列名和别的政策不一样，请分开跑",
                "Key or region have other names than for the other policies; run it by itself",
                policy.policy,
            )
    work.columns[KEY] = work.plain(first.key)
    work.columns[REGION] = f"CAST({work.plain(first.region)} AS VARCHAR)"
    if first.birth:
        work.columns[BORN] = work.typed(first.birth, "DATE", first.birth)
    parts = tuple(work.part(policy, service) for policy, service in pairs)
    if work.problems:
        raise Refused(*work.problems)
    return Plan(people, day, parts, work.columns, tuple(work.members))


class _Work:
    def __init__(self, people: People) -> None:
        self.people = people
        self.columns: dict[str, str] = {}
        self.members: list[Member] = []
        self.problems: list[Problem] = []
        self.made: dict[Hashable, Stored] = {}

    def problem(self, code: str, zh: str, en: str, place: str) -> None:
        self.problems.append(Problem(code, Text(zh, en), place))

    def plain(self, column: str) -> str:
        """A column of the file as SQL; told if there is none."""
        if column not in self.people.columns:
            near = "、".join(sorted(self.people.columns))[:300]
            self.problem(
                "people-column-missing",
                f"人员文件里没有“{column}”这一列；有的是：{near}",
                f"The file of people has no column '{column}'; it has: {near}",
                column,
            )
        return named(column)

    def typed(self, column: str, wanted: str, place: str) -> str:
        text = self.plain(column)
        found = self.people.columns.get(column, wanted)
        if found != wanted:
            self.problem(
                "people-column-type",
                f"“{column}”应当是 {wanted}，文件里是 {found}",
                f"'{column}' must be {wanted} but is {found} in the file",
                place,
            )
        return text

    def part(self, policy: Policy, service: Service) -> Part:
        compiled = compile_service(service)
        found: Columnar = columnar(compiled)
        answers = policy.population.answers()
        if found.program is not None:
            read = [field.fact for field in found.program.inputs if field.bit is not None]
            columns = {name: self.answer(answers[name], service.facts[name]) for name in read if name in answers}
            self.members.append(Member(found.program, columns))
        already = self.flag(policy.population.already)
        agreed = self.flag(policy.consent if policy.basis == "consent" else "")
        return Part(policy, service, compiled, found.program, already, agreed)

    def flag(self, column: str) -> str:
        """A truth of the file under its own name in the relation."""
        if not column:
            return ""
        self.columns[f"is {column}"] = self.typed(column, "BOOLEAN", column)
        return f"is {column}"

    def answer(self, answer: Answer, fact: Fact) -> Stored | Fixed:
        """Where a fact comes from; columns that answer alike are read once."""
        if answer.fixed is not None:
            return Fixed(encode(fact, answer.fixed))
        values = tuple(choice.value for choice in fact.choices)
        key = (answer.column, answer.scale, tuple(sorted(answer.codes.items())), fact.type, values)
        if key not in self.made:
            name = f"in {len(self.made)} {answer.column}"
            stored = Stored(name, coded=fact.type is FactType.ENUM, scale=answer.scale)
            self.columns[name] = self.column(answer, fact, values)
            self.made[key] = stored
        return self.made[key]

    def column(self, answer: Answer, fact: Fact, values: Sequence[str]) -> str:
        column = answer.column
        place = f"{column} → {words(fact.name, 'zh')}"
        match fact.type:
            case FactType.BOOLEAN:
                return self.typed(column, "BOOLEAN", place)
            case FactType.DATE:
                return self.typed(column, "DATE", place)
            case FactType.INTEGER | FactType.NUMBER | FactType.MONEY:
                text = self.plain(column)
                found = self.people.columns.get(column, "INTEGER")
                if found not in _WHOLE and not (found.startswith("DECIMAL") and answer.scale is None):
                    self.problem(
                        "people-column-type",
                        f"“{column}”应当是整数或者定点小数（DECIMAL），文件里是 {found}；浮点数会差一分钱",
                        f"'{column}' must be whole numbers or DECIMAL but is {found}; binary fractions lose cents",
                        place,
                    )
                return text
            case FactType.ENUM:
                codes = answer.codes or {value: value for value in values}
                text = f"CAST({self.plain(column)} AS VARCHAR)"
                cases = " ".join(f"WHEN {quoted(code)} THEN {values.index(value)}" for code, value in codes.items())
                return f"CAST(CASE {text} {cases} ELSE CASE WHEN {text} IS NOT NULL THEN {OTHER} END END AS SMALLINT)"
            case _:
                return f"CAST({self.plain(column)} AS VARCHAR)"
