"""What was judged of the people, as SQL over the judgement of `Plan.sql`: standings, ages, amounts."""

from tongban.outreach.duck import named, quoted
from tongban.outreach.plan import BORN, Part, Plan
from tongban.outreach.report import BANDS, UNKNOWN_BAND, Standing
from tongban.rules.columns.ir import OUTCOMES
from tongban.rules.columns.nodes import Kind, Type


def standing_of(part: Part) -> str:
    """Where somebody stands; null for those who must be decided alone."""

    def of(name: str) -> str:
        return named(part.prefix + name)

    # An amount without a value (a day that no law covers) is for an official, whatever else is determined.
    told = [f"{of(name)} IS NOT NULL" for name in part.types]
    cases = [
        (f"COALESCE({named(part.already)}, FALSE)", Standing.ALREADY) if part.already else None,
        (f"NOT COALESCE({named(part.agreed)}, FALSE)", Standing.NOT_AGREED) if part.agreed else None,
        (of("fault"), None),
        (" AND ".join([f"{of('outcome')} = {OUTCOMES.index('eligible')}", of("determined"), *told]), Standing.ENTITLED),
        (f"bit_count({of('missing')}) = 1", Standing.MISSING),
        (f"{of('missing')} <> 0", Standing.SEVERAL),
        (
            f"{of('outcome')} IN ({', '.join(str(OUTCOMES.index(w)) for w in ('eligible', 'ask-official'))})",
            Standing.OFFICIAL,
        ),
    ]
    said = " ".join(
        f"WHEN {case[0]} THEN {quoted(case[1]) if case[1] else 'NULL'}" for case in cases if case is not None
    )
    return f"CASE {said} ELSE {quoted(Standing.NOT)} END"


def band_of(plan: Plan) -> str:
    """The band of somebody's age on the day."""
    if BORN not in plan.columns:
        return quoted(UNKNOWN_BAND)
    cases = "".join(
        f" WHEN {BORN} > DATE '{plan.day}' - INTERVAL {beyond} YEAR THEN {quoted(name)}" for name, beyond, _ in BANDS
    )
    return f"CASE WHEN {BORN} IS NULL THEN {quoted(UNKNOWN_BAND)}{cases} ELSE {quoted(BANDS[-1][0])} END"


def outputs_of(part: Part) -> dict[str, Type]:
    """The amounts of a service, those that are told first."""
    types = part.types
    return {name: types[name] for name in dict.fromkeys((*part.policy.tell.outputs, *types))}


def amount_of(part: Part) -> str:
    """The name of the amount that is summed: the first output that is a number; empty if there is none."""
    return next((name for name, kind in outputs_of(part).items() if kind.kind is Kind.NUMBER), "")


def scaled(text: str, of: Type) -> str:
    """A number of the rules as people write it; other values as they are."""
    if of.kind is not Kind.NUMBER or not of.scale:
        return text
    return f"CAST(CAST({text} AS DECIMAL(38, {of.scale})) / {10**of.scale} AS {sql_type(of)})"


def sql_type(of: Type) -> str:
    """The DuckDB type of a value as people write it."""
    match of.kind:
        case Kind.NUMBER:
            return f"DECIMAL(38, {of.scale})" if of.scale else "BIGINT"
        case Kind.BOOLEAN:
            return "BOOLEAN"
        case Kind.DATE:
            return "DATE"
        case _:
            return "VARCHAR"
