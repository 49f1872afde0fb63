"""Rules about procedure files: every state is answered, every path ends, nothing adverse is done by a machine."""

import re
from collections.abc import Iterator

from tongban import rules
from tongban.base.i18n import Text
from tongban.catalog.check.flow import START, Flow
from tongban.catalog.check.laws import doubled_laws, undefined_laws, unnamed_acts, unread_laws, unused_laws
from tongban.catalog.check.registry import Said, View, procedure_lint
from tongban.catalog.check.spans import read_span
from tongban.catalog.findings import Path
from tongban.catalog.model import Kind
from tongban.catalog.procedure import CONDITION_NAMES, Act, Procedure, Who
from tongban.terms import STATUTES, TermError

_PLACEHOLDERS = frozenset(
    {"service", "case", "name", "body", "due", "items", "reasons", "remedies", "link", "official", "parts"}
    | {"bodies", "findings", "inspectors", "day", "place", "matter", "certificate"}
)
_MACHINES = frozenset({Who.CLOCK, Who.RULES})
_PLACEHOLDER = re.compile(r"\{(\w*)\}")


def _law_references(procedure: Procedure) -> Iterator[tuple[Path, str]]:
    for slug, act in procedure.acts.items():
        yield ("acts", slug, "law"), act.law
    for slug, term in procedure.terms.items():
        yield ("terms", slug, "law"), term.law


@procedure_lint("law-undefined", "error", "引用的法条要在 law 里列明", "A cited law must be listed")
def law_undefined(view: View[Procedure]) -> Iterator[Said]:
    return undefined_laws(view.file.law, _law_references(view.file))


@procedure_lint("law-unused", "warning", "列出的法条要有用处", "A listed law should be cited")
def law_unused(view: View[Procedure]) -> Iterator[Said]:
    return unused_laws(view.file.law, _law_references(view.file))


@procedure_lint("law-twice", "error", "法条编号不能重复", "A law id stands for one article")
def law_twice(view: View[Procedure]) -> Iterator[Said]:
    return doubled_laws(view.file.law)


@procedure_lint("law-from-memory", "warning", "没核对过原文的法条要说明", "A law not read in its text must say so")
def law_from_memory(view: View[Procedure]) -> Iterator[Said]:
    return unread_laws(view.file.law)


@procedure_lint("act-unnamed", "warning", "法律文件要有英文名", "An act has a name in English")
def act_unnamed(view: View[Procedure]) -> Iterator[Said]:
    return unnamed_acts(view.file.law)


@procedure_lint("name-unknown", "error", "动作里提到的都要存在", "What an act names must exist")
def name_unknown(view: View[Procedure]) -> Iterator[Said]:
    procedure = view.file
    states, acts, terms = set(procedure.states), set(procedure.acts), set(procedure.terms)
    for slug, act in procedure.acts.items():
        path: Path = ("acts", slug)
        named: list[tuple[Path, str, str, set[str]]] = []
        named += [((*path, "from", i), "状态 state", s, states | {START}) for i, s in enumerate(act.from_)]
        named += [((*path, "to"), "状态 state", act.to, states | {"same"})]
        named += [((*path, "terms", i, "term"), "期限 term", e.term, terms) for i, e in enumerate(act.terms)]
        named += [((*path, "not_by", i), "动作 act", name, acts) for i, name in enumerate(act.not_by)]
        named += [((*path, "unless", i), "动作 act", name, acts) for i, name in enumerate(act.unless)]
        if act.notice is not None:
            named.append(((*path, "notice"), "通知 notice", act.notice, set(procedure.notices)))
        named += [((*path, key), "期限 term", name, terms) for key, name in _expiries(act) if name]
        for place, kind, name, known in named:
            if name not in known:
                zh, en = kind.split()
                text = Text(
                    f"没有{zh}“{name}”；有：{'、'.join(sorted(known))}",
                    f"There is no {en} '{name}'; there are: {', '.join(sorted(known))}",
                )
                yield Said(text, place)


@procedure_lint("no-start", "error", "要有从 start 开始的动作", "Some act must open the case")
def no_start(view: View[Procedure]) -> Iterator[Said]:
    if not any(START in act.from_ for act in view.file.acts.values()):
        yield Said(Text("没有从 start 开始的动作", "No act starts a case"), ("acts",), key=True)


@procedure_lint("state-unreachable", "error", "每个状态都要走得到", "Every state must be reachable")
def state_unreachable(view: View[Procedure]) -> Iterator[Said]:
    reached = Flow(view.file).reachable()
    for slug, state in view.file.states.items():
        if slug not in reached:
            text = Text(f"状态“{state.name.zh}”走不到", f"The state '{state.name.en}' cannot be reached")
            yield Said(text, ("states", slug), key=True)


@procedure_lint("state-unanswered", "error", "每个状态都要有下一步", "Every state needs an answer", law="行政许可法 32")
def state_unanswered(view: View[Procedure]) -> Iterator[Said]:
    flow = Flow(view.file)
    ending = flow.ending()
    for slug, state in view.file.states.items():
        if state.end is not None:
            continue
        if not flow.acts_from(slug):
            text = Text(f"状态“{state.name.zh}”没有任何动作", f"The state '{state.name.en}' has no act")
            yield Said(text, ("states", slug), key=True)
        elif slug not in ending:
            text = Text(f"从“{state.name.zh}”走不到任何终点", f"From '{state.name.en}' no end can be reached")
            yield Said(text, ("states", slug), key=True, code="path-without-end")


@procedure_lint("silence", "error", "没人动手的状态要有表在走", "A state that waits needs a clock", law="行政许可法 42")
def silence(view: View[Procedure]) -> Iterator[Said]:
    flow = Flow(view.file)
    running = flow.running_always()
    reached = flow.reachable()
    for slug, state in view.file.states.items():
        if state.end is None and slug in reached and not running.get(slug):
            text = Text(
                f"在“{state.name.zh}”可能一块表也没在走，案件会被忘掉",
                f"In '{state.name.en}' no clock may be running; the case could be forgotten",
            )
            yield Said(text, ("states", slug), key=True, severity="warning")


@procedure_lint("term-left-running", "error", "办完了，表都要停", "No clock runs on after the end")
def term_left_running(view: View[Procedure]) -> Iterator[Said]:
    flow = Flow(view.file)
    for (state, term), act in flow.left_running().items():
        name = view.file.states[state].name
        text = Text(
            f"经“{view.file.acts[act].name.zh}”到“{name.zh}”时，期限“{term}”可能还在走",
            f"Arriving at '{name.en}' by '{act}', the term '{term}' may still be running",
        )
        yield Said(text, ("acts", act), key=True)


@procedure_lint("term-never-ended", "error", "起了表就要有停表的动作", "A started term is ended by some act")
def term_never_ended(view: View[Procedure]) -> Iterator[Said]:
    effects = [(slug, i, e) for slug, act in view.file.acts.items() for i, e in enumerate(act.terms)]
    done = {(e.do, e.term) for _, _, e in effects}
    for slug, index, effect in effects:
        missing = {"start": "end", "pause": "resume"}.get(effect.do)
        if missing is not None and (missing, effect.term) not in done:
            if effect.do == "pause" and ("end", effect.term) in done and view.file.acts[slug].to in _ends(view.file):
                continue
            zh = {"end": "结束", "resume": "恢复"}[missing]
            text = Text(f"没有动作{zh}期限“{effect.term}”", f"No act does '{missing}' for the term '{effect.term}'")
            yield Said(text, ("acts", slug, "terms", index))


def _ends(procedure: Procedure) -> set[str]:
    return {slug for slug, state in procedure.states.items() if state.end is not None}


@procedure_lint(
    "adverse-by-machine",
    "error",
    "不利的决定不能由时钟或规则作出",
    "Nothing adverse is done by the clock or the rules",
    law="个人信息保护法 24",
)
def adverse_by_machine(view: View[Procedure]) -> Iterator[Said]:
    for slug, act in _adverse(view.file):
        for index, who in enumerate(act.who):
            if who in _MACHINES:
                text = Text(
                    f"“{act.name.zh}”对申请人不利，不能由 {who.value} 作出",
                    f"'{act.name.en}' is adverse; not by {who.value}",
                )
                yield Said(text, ("acts", slug, "who", index))


@procedure_lint(
    "adverse-one-person",
    "error",
    "不利的决定要第二个人",
    "An adverse act takes a second person",
    law="行政许可法 26、38",
)
def adverse_one_person(view: View[Procedure]) -> Iterator[Said]:
    for slug, act in _adverse(view.file):
        if not act.not_by:
            text = Text(
                f"“{act.name.zh}”要写 not_by：提出的人不能自己复核",
                f"'{act.name.en}' needs not_by: whoever proposed it may not confirm it",
            )
            yield Said(text, ("acts", slug), key=True)


@procedure_lint(
    "adverse-without-reasons",
    "error",
    "不利的决定要有理由、依据和救济途径",
    "An adverse act gives reasons, law and remedies",
    law="行政许可法 38",
)
def adverse_without_reasons(view: View[Procedure]) -> Iterator[Said]:
    for slug, act in _adverse(view.file):
        for name, zh in (("reasons", "理由"), ("law", "依据")):
            field = act.says.get(name)
            if field is None or not field.required:
                text = Text(f"“{act.name.zh}”必须说{zh}（says: {name}）", f"'{act.name.en}' must say {name}")
                yield Said(text, ("acts", slug), key=True)
        notice = view.file.notices.get(act.notice or "")
        if notice is None or not notice.remedies:
            text = Text(
                f"“{act.name.zh}”要发写明复议、诉讼途径的通知（remedies: true）",
                f"'{act.name.en}' must send a notice with remedies: true",
            )
            yield Said(text, ("acts", slug, "notice") if act.notice else ("acts", slug), key=not act.notice)


def _adverse(procedure: Procedure) -> Iterator[tuple[str, Act]]:
    ends = {slug for slug, state in procedure.states.items() if state.end == "adverse"}
    for slug, act in procedure.acts.items():
        if act.adverse or act.decides == "adverse" or act.to in ends:
            yield slug, act


@procedure_lint("adverse-unmarked", "error", "不利的动作要标明", "An adverse act is marked as such")
def adverse_unmarked(view: View[Procedure]) -> Iterator[Said]:
    for slug, act in _adverse(view.file):
        if not act.adverse:
            text = Text(
                f"“{act.name.zh}”对申请人不利，请写 adverse: true", f"'{act.name.en}' is adverse; write adverse: true"
            )
            yield Said(text, ("acts", slug), key=True)


@procedure_lint("expiry-without-act", "error", "到期要有动作接着", "A term that acts on expiry needs its act")
def expiry_without_act(view: View[Procedure]) -> Iterator[Said]:
    clock = {act.on_expiry for act in view.file.acts.values() if Who.CLOCK in act.who and act.on_expiry}
    for slug, term in view.file.terms.items():
        if term.on_expiry == "act" and slug not in clock:
            text = Text(
                f"期限“{slug}”到期要有动作，却没有 who: [clock]、on_expiry: {slug} 的动作",
                f"'{slug}' acts on expiry, but no act has who: [clock] and on_expiry: {slug}",
            )
            yield Said(text, ("terms", slug), key=True)
    for slug, act in view.file.acts.items():
        if (Who.CLOCK in act.who) != (act.on_expiry is not None):
            text = Text(
                "由时钟做的动作要写 on_expiry，写了 on_expiry 的要由时钟做",
                "on_expiry and who: [clock] belong together",
            )
            yield Said(text, ("acts", slug), key=True)


@procedure_lint(
    "no-deemed-acceptance",
    "error",
    "许可流程逾期不告知即视为受理",
    "In licensing, silence at intake counts as acceptance",
    law="行政许可法 32",
)
def no_deemed_acceptance(view: View[Procedure]) -> Iterator[Said]:
    procedure = view.file
    users = [service for _, service in view.world.services if service.procedure == procedure.procedure]
    licensing = procedure.procedure == "licensing" or any(service.kind is Kind.LICENSING for service in users)
    if not licensing:
        return
    deemed = [
        act
        for act in procedure.acts.values()
        if Who.CLOCK in act.who
        and act.on_expiry is not None
        and any(effect.do == "end" and effect.term == act.on_expiry for effect in act.terms)
        and act.to in procedure.states
        and procedure.states[act.to].stage == "accepted"
    ]
    if not deemed:
        text = Text(
            "行政许可五日内不告知的，自收到材料之日起视为受理；流程里没有这个动作",
            "A licence application not answered in five days counts as accepted; no act of the clock does this",
        )
        yield Said(text, ("acts",), key=True)


@procedure_lint("correction-again", "error", "补正只能一次告知", "What is missing is told once", law="行政许可法 32")
def correction_again(view: View[Procedure]) -> Iterator[Said]:
    flow = Flow(view.file)
    for slug, act in view.file.acts.items():
        asks = any(field.type == "items" for field in act.says.values())
        twice = act.to == "same" or flow.leads(act.to, act.from_)
        if asks and twice and slug not in act.unless:
            text = Text(
                f"“{act.name.zh}”要写 unless: [{slug}]，只能一次",
                f"'{act.name.en}' needs unless: [{slug}]; it is done once",
            )
            yield Said(text, ("acts", slug), key=True)


@procedure_lint(
    "person-not-told",
    "error",
    "事关申请人的动作要告知",
    "The person is told what concerns them",
    law="行政许可法 32、38、42、45",
)
def person_not_told(view: View[Procedure]) -> Iterator[Said]:
    ends = _ends(view.file)
    for slug, act in view.file.acts.items():
        moves = {effect.do for effect in act.terms}
        own = set(act.who) <= {Who.APPLICANT, Who.ASKING, Who.ASKING_HEAD}
        concerns = act.decides is not None or act.to in ends or moves & {"extend", "pause"}
        if concerns and act.notice is None and not own and not _told_next(view.file, act):
            text = Text(f"“{act.name.zh}”没有发通知 notice", f"'{act.name.en}' sends no notice")
            yield Said(text, ("acts", slug), key=True, severity="error" if act.adverse or act.to in ends else "warning")


def _told_next(procedure: Procedure, act: Act) -> bool:
    """Whether the machine goes on at once with an act that tells the person."""
    return any(
        act.to in other.from_ and other.notice is not None and Who.RULES in other.who
        for other in procedure.acts.values()
    )


@procedure_lint("notice-unused", "warning", "写了的通知要用上", "A notice should be sent by some act")
def notice_unused(view: View[Procedure]) -> Iterator[Said]:
    used = {act.notice for act in view.file.acts.values()}
    for slug in view.file.notices:
        if slug not in used:
            yield Said(Text(f"通知“{slug}”没有用到", f"The notice '{slug}' is never sent"), ("notices", slug), key=True)


@procedure_lint("notice-placeholder", "error", "通知里的空格要填得上", "A notice's placeholders must be known")
def notice_placeholder(view: View[Procedure]) -> Iterator[Said]:
    for slug, notice in view.file.notices.items():
        said = {name for act in view.file.acts.values() if act.notice == slug for name in act.says}
        known = _PLACEHOLDERS | said
        for part, text in (("title", notice.title), ("body", notice.body)):
            for lang in ("zh", "en"):
                for match in _PLACEHOLDER.finditer(text[lang]):
                    if match.group(1) not in known:
                        message = Text(
                            f"不知道 {{{match.group(1)}}} 填什么；可用：{'、'.join(sorted(known))}",
                            f"Unknown placeholder {{{match.group(1)}}}; known are: {', '.join(sorted(known))}",
                        )
                        yield Said(message, ("notices", slug, part, lang), match.start())


@procedure_lint("span-unreadable", "error", "期限要写明数和单位", "A span has a number and a unit", law="行政许可法 82")
def span_unreadable(view: View[Procedure]) -> Iterator[Said]:
    for slug, term in view.file.terms.items():
        read = read_span(term.span) if term.span is not None else None
        if isinstance(read, TermError):
            yield Said(Text(read.zh, read.en), ("terms", slug, "span"))
        if term.rule and term.rule not in STATUTES:
            family = sorted(n for n in STATUTES if n.split(".")[0] == term.rule.split(".")[0]) or sorted(STATUTES)
            text = Text(
                f"没有名为“{term.rule}”的法定期限；可用：{'、'.join(family)}",
                f"There is no statutory term '{term.rule}'; there are: {', '.join(family)}",
            )
            yield Said(text, ("terms", slug, "rule"), code="term-rule")


@procedure_lint("condition", "error", "条件要能读懂", "Conditions must compile", law="DMN 1.5 (FEEL)")
def condition(view: View[Procedure]) -> Iterator[Said]:
    users = [service for _, service in view.world.services if service.procedure == view.file.procedure]
    facts = {name for service in users for name in service.facts}
    outputs = {output.name for service in users for table in service.tables.values() for output in table.outputs}
    for slug, act in view.file.acts.items():
        if not act.when:
            continue
        try:
            rules.compile_expression(act.when, (*CONDITION_NAMES, *facts, *outputs))
        except rules.RuleSyntaxError as problem:
            yield Said(
                Text(problem.zh, problem.en), ("acts", slug, "when"), problem.position, code=f"feel-{problem.code}"
            )


@procedure_lint("nothing-issued", "error", "有结果的流程要有出证的动作", "A procedure with a favourable end issues")
def nothing_issued(view: View[Procedure]) -> Iterator[Said]:
    favourable = [slug for slug, state in view.file.states.items() if state.end == "favourable"]
    told = any("parts_open" in act.when for act in view.file.acts.values())  # a whole: its parts issue
    issue = any(act.issues or act.certificate == "replace" for act in view.file.acts.values())
    if favourable and not told and not issue:
        text = Text("没有出证的动作（issues: true）", "No act issues the result (issues: true)")
        yield Said(text, ("acts",), key=True, severity="warning")


def _expiries(act: Act) -> tuple[tuple[str, str | None], ...]:
    """The terms on whose running out an act rests."""
    return ("on_expiry", act.on_expiry), ("after_expiry", act.after_expiry), ("before_expiry", act.before_expiry)
