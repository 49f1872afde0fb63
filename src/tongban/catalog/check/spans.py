"""Rules about time: promises within the law, spans that can be read, terms the procedure knows."""

from collections.abc import Iterator

from tongban.base.i18n import Text
from tongban.catalog.check.registry import Said, View, service_lint
from tongban.catalog.findings import Path
from tongban.catalog.model import Service, Term
from tongban.catalog.procedure import Procedure
from tongban.terms import STATUTES, Span, TermError, Unit


def read_span(text: str) -> Span | TermError:
    """A span, or why it cannot be read."""
    try:
        return Span.parse(text)
    except TermError as problem:
        return problem


def all_terms(service: Service) -> Iterator[tuple[Path, str, Term, str]]:
    """Path, name, term and procedure of every term of a service and of its situations."""
    for slug, term in service.terms.items():
        yield ("terms", slug), slug, term, service.procedure
    for index, situation in enumerate(service.situations):
        for slug, term in (situation.terms or {}).items():
            yield ("situations", index, "terms", slug), slug, term, situation.procedure or service.procedure


def _written_spans(service: Service) -> Iterator[tuple[Path, str]]:
    for path, _, term, _ in all_terms(service):
        if term.statutory is not None:
            yield (*path, "statutory"), term.statutory
        if term.promised is not None:
            yield (*path, "promised"), term.promised
        if term.extension is not None:
            yield (*path, "extension", "by"), term.extension.by
    for index, special in enumerate(service.special):
        yield ("special", index, "takes"), special.takes


@service_lint("span-unreadable", "error", "期限要写明数和单位", "A span has a number and a unit", law="行政许可法 82")
def span_unreadable(view: View[Service]) -> Iterator[Said]:
    for path, text in _written_spans(view.file):
        read = read_span(text)
        if isinstance(read, TermError):
            yield Said(Text(read.zh, read.en), path)


@service_lint(
    "promise-too-long",
    "error",
    "承诺期限不得长于法定期限",
    "A promise may not be longer than the law allows",
    law="行政许可法 42",
)
def promise_too_long(view: View[Service]) -> Iterator[Said]:
    for path, _, term, _ in all_terms(view.file):
        promised = read_span(term.promised) if term.promised else None
        statutory = read_span(term.statutory) if term.statutory else None
        if isinstance(promised, Span) and isinstance(statutory, Span) and longer(promised, statutory):
            text = Text(
                f"承诺期限{promised.text('zh')}长于法定期限{statutory.text('zh')}",
                f"The promise of {promised.text('en')} is longer than the law's {statutory.text('en')}",
            )
            yield Said(text, (*path, "promised"))


def longer(one: Span, other: Span) -> bool:
    """Whether `one` is longer: exactly where both count alike, roughly (five working days a week) where not."""
    unit, amount = one.measure()
    other_unit, other_amount = other.measure()
    return amount > other_amount if unit is other_unit else one.rough_days > other.rough_days


@service_lint("term-rule", "error", "期限要和所引的法定期限一致", "A term must agree with the statute it names")
def term_rule(view: View[Service]) -> Iterator[Said]:
    for path, _, term, _ in all_terms(view.file):
        if not term.rule:
            continue
        rule = STATUTES.get(term.rule)
        if rule is None:
            family = sorted(name for name in STATUTES if name.split(".")[0] == term.rule.split(".")[0]) or sorted(
                STATUTES
            )
            text = Text(
                f"没有名为“{term.rule}”的法定期限；可用：{'、'.join(family)}",
                f"There is no statutory term '{term.rule}'; there are: {', '.join(family)}",
            )
            yield Said(text, (*path, "rule"))
            continue
        written = read_span(term.statutory) if term.statutory else None
        if isinstance(written, Span) and longer(written, rule.span):
            text = Text(
                f"写的法定期限{written.text('zh')}长于{rule.name}的{rule.span.text('zh')}",
                f"The statutory {written.text('en')} is longer than {rule.name}'s {rule.span.text('en')}",
            )
            yield Said(text, (*path, "statutory"))
        if term.extension is not None and rule.extension is None:
            text = Text(f"{rule.name}不能延长", f"{rule.name} cannot be extended")
            yield Said(text, (*path, "extension"), severity="warning")


@service_lint("term-not-in-procedure", "error", "期限要是流程里有的", "The procedure must know the term")
def term_not_in_procedure(view: View[Service]) -> Iterator[Said]:
    for path, slug, _, name in all_terms(view.file):
        procedure = view.world.procedures.get(name)
        if procedure is not None and slug not in procedure.terms:
            text = Text(
                f"流程“{name}”里没有期限“{slug}”；有：{'、'.join(procedure.terms)}",
                f"The procedure '{name}' has no term '{slug}'; it has: {', '.join(procedure.terms)}",
            )
            yield Said(text, path, key=True)


@service_lint(
    "extension-approver",
    "error",
    "延期要由流程里有权的人批准",
    "The procedure must let the approver extend",
    law="行政许可法 42",
)
def extension_approver(view: View[Service]) -> Iterator[Said]:
    for path, slug, term, name in all_terms(view.file):
        procedure = view.world.procedures.get(name)
        if term.extension is None or procedure is None:
            continue
        approvers = sorted(_extenders(procedure, slug))
        if term.extension.approver not in approvers:
            who = "、".join(approvers) or "没有人"
            text = Text(
                f"流程“{name}”里能延长“{slug}”的是：{who}，不是 {term.extension.approver}",
                f"In '{name}', '{slug}' can be extended by: {', '.join(approvers) or 'nobody'};"
                f" not by {term.extension.approver}",
            )
            yield Said(text, (*path, "extension", "approver"))


def _extenders(procedure: Procedure, term: str) -> set[str]:
    return {
        str(who)
        for act in procedure.acts.values()
        if any(effect.do == "extend" and effect.term == term for effect in act.terms)
        for who in act.who
    }


@service_lint(
    "special-without-pause",
    "error",
    "有特别程序，流程就要能停表",
    "A special procedure needs a pause",
    law="行政许可法 45",
)
def special_without_pause(view: View[Service]) -> Iterator[Said]:
    procedure = view.world.procedures.get(view.file.procedure)
    if not view.file.special or procedure is None:
        return
    if not any(effect.do == "pause" for act in procedure.acts.values() for effect in act.terms):
        text = Text(
            f"流程“{view.file.procedure}”没有停表的动作，特别程序的时间会被算进去",
            f"The procedure '{view.file.procedure}' has no act that pauses; the special procedure's time would count",
        )
        yield Said(text, ("special",), key=True)


@service_lint(
    "on-the-spot-kind",
    "warning",
    "当场办结的事项用即办流程",
    "What is decided on the spot is instant",
    law="事项质检规则 1",
)
def on_the_spot_kind(view: View[Service]) -> Iterator[Said]:
    decide = view.file.terms.get("decide")
    if decide is None:
        return
    promised = read_span(decide.promised or decide.statutory or "")
    on_the_spot = isinstance(promised, Span) and promised.unit is Unit.ON_THE_SPOT
    if on_the_spot and view.file.procedure != "instant":
        text = Text(
            f"承诺当场办结，流程却是“{view.file.procedure}”",
            f"Promised on the spot, but it follows '{view.file.procedure}'",
        )
        yield Said(text, ("procedure",))


@service_lint(
    "no-promise",
    "warning",
    "应当有承诺期限",
    "A service should make a promise",
    law="浙江省保障“最多跑一次”改革规定 12",
)
def no_promise(view: View[Service]) -> Iterator[Said]:
    decide = view.file.terms.get("decide")
    if decide is not None and decide.promised is None:
        text = Text("没有承诺期限 promised", "No promised span is given")
        yield Said(text, ("terms", "decide"), key=True)


@service_lint("procedure-unknown", "error", "流程要存在", "The procedure must exist")
def procedure_unknown(view: View[Service]) -> Iterator[Said]:
    named: list[tuple[Path, str]] = [(("procedure",), view.file.procedure)]
    for index, situation in enumerate(view.file.situations):
        if situation.procedure is not None:
            named.append((("situations", index, "procedure"), situation.procedure))
    for path, name in named:
        if view.world.procedures and name not in view.world.procedures:
            known = sorted(view.world.procedures)
            text = Text(
                f"没有流程“{name}”；有：{'、'.join(known)}",
                f"There is no procedure '{name}'; there are: {', '.join(known)}",
            )
            yield Said(text, path)
