"""Rules about dated parameters: every day under one law, every value with its article, every category with a value."""

from collections.abc import Iterator
from datetime import date, timedelta

from tongban import rules
from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.catalog.acts import title
from tongban.catalog.check.asked import used_names
from tongban.catalog.check.registry import Said, View, compiled, service_lint
from tongban.catalog.compile import Compiled, ParameterStep
from tongban.catalog.dated import Parameter
from tongban.catalog.model import Service
from tongban.catalog.run import Run
from tongban.catalog.tables import COUNTS_ON, Names, both


def _steps(made: Compiled | None) -> Iterator[ParameterStep]:
    if made is not None:  # else told by the rule `expression`
        yield from (step for step in (*made.first, *made.later) if isinstance(step, ParameterStep))


def _asked_of(service: Service, parameter: Parameter) -> rules.Span:
    """The days for which a parameter must have a value: those of the service; where another day than that of
    application counts, also all days before, back to the first that the file gives a law for."""
    until = service.valid_to + timedelta(days=1) if service.valid_to else None
    since = service.valid_from
    if service.counts_on:
        since = min([since, *(period.from_ for period in parameter.periods)])
    return rules.Span(since, until)


def _days(span: rules.Span) -> Text:
    """A span as its first and last day; a person on the first of them falls into it."""
    if span.until is None:
        return Text(f"{span.since}起", f"from {span.since} on")
    last = span.until - timedelta(days=1)
    if last == span.since:
        return Text(f"{last}这天", f"on {last}")
    return Text(f"{span.since}至{last}", f"from {span.since} to {last}")


@service_lint(
    "parameter-gap",
    "error",
    "事项有效期内每一天都要有法可依",
    "Every day on which the service is valid is under a law",
    law="立法法",
)
def parameter_gap(view: View[Service]) -> Iterator[Said]:
    for step in _steps(compiled(view)[0]):
        for gap in step.parameter.gaps(_asked_of(view.file, step.source)):
            name, days = both(step.source.name), _days(gap)
            text = Text(
                f"{days.zh}没有规定“{name.zh}”，例如{gap.since}这天要算的人，没有数可用",
                f"Nothing says what '{name.en}' is {days.en}: whoever's day is {gap.since} has no value",
            )
            yield Said(text, ("parameters", step.name, "periods"))


@service_lint(
    "parameter-overlap",
    "error",
    "同一天不能有两个规定",
    "No day is under two laws",
    law="立法法",
)
def parameter_overlap(view: View[Service]) -> Iterator[Said]:
    for step in _steps(compiled(view)[0]):
        for clash in step.parameter.overlaps(_asked_of(view.file, step.source)):
            days = _days(clash.span)
            text = Text(
                f"{days.zh}第{clash.one}个和第{clash.other}个时期都管；前一个的 to 应当是后一个的 from",
                f"Periods {clash.one} and {clash.other} both hold {days.en};"
                " the `to` of the first should be the `from` of the other",
            )
            yield Said(text, ("parameters", step.name, "periods", clash.other - 1))


@service_lint(
    "parameter-law",
    "error",
    "参数的每个时期都要写明依据，并且依据那时有效",
    "Every period of a parameter names its law, and that law is in force then",
    law="立法法",
)
def parameter_law(view: View[Service]) -> Iterator[Said]:
    laws = {law.id: law for law in view.file.law}
    for name, parameter in view.file.parameters.items():
        for index, period in enumerate(parameter.periods):
            place = ("parameters", name, "periods", index)
            law = laws.get(period.law)
            if not period.law:
                text = Text("这个时期没有写依据，请加 law", "This period has no legal basis; add law")
                yield Said(text, place)
            elif law is not None and law.in_force is not None and law.in_force > period.from_:
                text = Text(
                    f"{title(law).zh}{law.in_force}才施行，这个时期{period.from_}就开始了",
                    f"{title(law).en} is in force from {law.in_force}; this period begins on {period.from_}",
                )
                yield Said(text, (*place, "from"))
            elif law is not None and law.until is not None and _outlives(period.to, law.until):
                text = Text(
                    f"{title(law).zh}{law.until}失效，这个时期在那以后还没有结束",
                    f"{title(law).en} ceases on {law.until}; this period goes on after that",
                )
                yield Said(text, place)


def _outlives(end: date | None, until: date) -> bool:
    return end is None or end > until


@service_lint(
    "parameter-category",
    "error",
    "每一类都要有数，不写没有的类",
    "Every category has a value, and there are no others",
)
def parameter_category(view: View[Service]) -> Iterator[Said]:
    values = Names.of(view.file).values
    for name, parameter in view.file.parameters.items():
        known = [str(value) for value in values.get(parameter.category, ())]
        for index, period in enumerate(parameter.periods if known else ()):
            place = ("parameters", name, "periods", index, "values")
            for strange in [key for key in period.values if key not in known]:
                text = Text(
                    f"“{parameter.category}”没有“{strange}”这一类；有：{'、'.join(known)}",
                    f"'{parameter.category}' has no '{strange}'; it has: {', '.join(known)}",
                )
                yield Said(text, (*place, strange), key=True)
            missing = [key for key in known if key not in period.values]
            if missing and period.values:
                text = Text(
                    f"这个时期没有给“{'、'.join(missing)}”定数", f"This period gives no value for {', '.join(missing)}"
                )
                yield Said(text, place)


@service_lint("parameter-unused", "warning", "参数要用得上", "A parameter is used")
def parameter_unused(view: View[Service]) -> Iterator[Said]:
    used = used_names(view.file)
    for name, parameter in view.file.parameters.items():
        if name not in used:
            label = both(parameter.name)
            text = Text(f"没有规则用到“{label.zh}”（{name}）", f"No rule uses '{label.en}' ({name})")
            yield Said(text, ("parameters", name), key=True)


@service_lint(
    "counts-on",
    "error",
    "counts_on 要算得出一个日期",
    "counts_on chooses a day",
)
def counts_on(view: View[Service]) -> Iterator[Said]:
    service = view.file
    if not service.counts_on:
        return
    if not service.parameters:
        text = Text("没有参数，counts_on 用不上", "There are no parameters, so counts_on has no use")
        yield Said(text, (COUNTS_ON,), key=True, severity="warning")
        return
    made = compiled(view)[0]
    for example in service.examples if made is not None else ():
        try:
            run = Run(made, example.given, example.on) if made is not None else None
        except (Refused, rules.RuleValueError):
            continue  # told by the rule `example-fails`
        if run is not None and run.values[COUNTS_ON] is None and not run.waits_for[COUNTS_ON]:
            name = both(example.name)
            text = Text(f"例子“{name.zh}”算不出日期", f"It gives no day for the example '{name.en}'")
            yield Said(text, (COUNTS_ON,))
            return
