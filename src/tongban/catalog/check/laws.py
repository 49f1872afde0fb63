"""Rules about legal grounds: every demand on a person names the article it rests on."""

from collections.abc import Iterator

from tongban.base.i18n import Text, words
from tongban.catalog.acts import cite, english, title
from tongban.catalog.check.registry import Said, View, service_lint
from tongban.catalog.findings import Path
from tongban.catalog.model import Law, Service, Table, Term
from tongban.catalog.tables import read_row, read_verdict


def references(service: Service) -> Iterator[tuple[Path, str]]:
    """Every place that cites a law, with the id it cites; empty where nothing is cited."""
    yield ("visits", "law"), service.visits.law
    yield ("fee", "law"), service.fee.law
    if service.in_person.acts:
        yield ("in_person", "law"), service.in_person.law
    yield from _terms(("terms",), service.terms)
    for index, row in enumerate(service.competence):
        yield ("competence", index, "law"), row.law
    for index, special in enumerate(service.special):
        yield ("special", index, "law"), special.law
    for index, situation in enumerate(service.situations):
        yield ("situations", index, "law"), situation.law
        yield from _terms(("situations", index, "terms"), situation.terms or {})
        if situation.result is not None and situation.result.valid is not None:
            yield ("situations", index, "result", "valid", "law"), situation.result.valid.law
    for name, fact in service.facts.items():
        yield ("facts", name, "law"), fact.law
        if fact.source is not None:
            yield ("facts", name, "source", "law"), fact.source.law
    for slug, material in service.materials.items():
        yield ("materials", slug, "law"), material.law
        if material.replaced_by is not None:
            yield ("materials", slug, "replaced_by", "law"), material.replaced_by.law
    if service.result.valid is not None:
        yield ("result", "valid", "law"), service.result.valid.law
    for path, table in tables(service):
        yield from _rows(path, table)
    yield from of_parameters(service)


def of_parameters(service: Service) -> Iterator[tuple[Path, str]]:
    """The laws that periods of parameters cite. Each must be in force in its period, not when the service begins."""
    for name, parameter in service.parameters.items():
        for index, period in enumerate(parameter.periods):
            yield ("parameters", name, "periods", index, "law"), period.law


def tables(service: Service) -> Iterator[tuple[Path, Table]]:
    """All decision tables of a service with their paths."""
    for slug, table in service.tables.items():
        yield ("tables", slug), table
    yield ("eligible",), service.eligible
    for slug, table in service.amounts.items():
        yield ("amounts", slug), table


def _terms(path: Path, terms: dict[str, Term]) -> Iterator[tuple[Path, str]]:
    for slug, term in terms.items():
        yield (*path, slug, "law"), term.law
        if term.extension is not None:
            yield (*path, slug, "extension", "law"), term.extension.law


def _rows(path: Path, table: Table) -> Iterator[tuple[Path, str]]:
    outputs = len(table.outputs) or 1
    for index, raw in enumerate(table.rows):
        row = read_row(raw, len(table.inputs), outputs)
        if row.law:
            yield (*path, "rows", index, len(raw) - 1, "law"), row.law


def undefined_laws(laws: tuple[Law, ...], cited: Iterator[tuple[Path, str]]) -> Iterator[Said]:
    """Citations of ids that the file does not define."""
    known = {law.id for law in laws}
    for path, law in cited:
        if law and law not in known:
            yield Said(
                Text(
                    f"引用了“{law}”，但 law 里没有这一条；已有：{'、'.join(sorted(known)) or '无'}",
                    f"'{law}' is cited but not listed under law; listed are: {', '.join(sorted(known)) or 'none'}",
                ),
                path,
            )


def unused_laws(laws: tuple[Law, ...], cited: Iterator[tuple[Path, str]]) -> Iterator[Said]:
    """Laws that nothing cites."""
    used = {law for _, law in cited}
    for index, law in enumerate(laws):
        if law.id not in used:
            text = Text(f"“{law.id}”没有被任何地方引用", f"'{law.id}' is not cited anywhere")
            yield Said(text, ("law", index, "id"))


def doubled_laws(laws: tuple[Law, ...]) -> Iterator[Said]:
    """The same id twice."""
    seen: set[str] = set()
    for index, law in enumerate(laws):
        if law.id in seen:
            yield Said(Text(f"法条编号“{law.id}”重复", f"The law id '{law.id}' is used twice"), ("law", index, "id"))
        seen.add(law.id)


def unread_laws(laws: tuple[Law, ...]) -> Iterator[Said]:
    """Laws nobody has read in their text, without a word about it."""
    for index, law in enumerate(laws):
        if law.tag != "V" and not law.gist:
            yield Said(
                Text(
                    f"{cite(law).zh}没有核对过原文（{law.tag}），请在 gist 里写明它说了什么、从哪里来",
                    f"{cite(law).en} was not read in its text ({law.tag});"
                    " say in gist what it demands and where that comes from",
                ),
                ("law", index),
            )


def unnamed_acts(laws: tuple[Law, ...]) -> Iterator[Said]:
    """Acts that an English page could only cite in Chinese."""
    for index, law in enumerate(laws):
        if english(law) is None:
            yield Said(
                Text(
                    f"{title(law).zh}没有英文名，请加 act_en，或者写进 acts.yaml",
                    f"{law.act} has no English name; add act_en, or list it in acts.yaml",
                ),
                ("law", index, "act"),
            )


@service_lint("law-undefined", "error", "引用的法条要在 law 里列明", "A cited law must be listed", law="行政许可法 30")
def law_undefined(view: View[Service]) -> Iterator[Said]:
    return undefined_laws(view.file.law, references(view.file))


@service_lint("law-unused", "warning", "列出的法条要有用处", "A listed law should be cited")
def law_unused(view: View[Service]) -> Iterator[Said]:
    return unused_laws(view.file.law, references(view.file))


@service_lint("law-twice", "error", "法条编号不能重复", "A law id stands for one article")
def law_twice(view: View[Service]) -> Iterator[Said]:
    return doubled_laws(view.file.law)


@service_lint("law-from-memory", "warning", "没核对过原文的法条要说明", "A law not read in its text must say so")
def law_from_memory(view: View[Service]) -> Iterator[Said]:
    return unread_laws(view.file.law)


@service_lint("act-unnamed", "warning", "法律文件要有英文名", "An act has a name in English")
def act_unnamed(view: View[Service]) -> Iterator[Said]:
    return unnamed_acts(view.file.law)


@service_lint(
    "law-not-in-force", "error", "依据在事项生效时要有效", "The law must be in force when the service is", law="立法法"
)
def law_not_in_force(view: View[Service]) -> Iterator[Said]:
    begins = view.file.valid_from
    dated = {law for _, law in of_parameters(view.file)}
    dated -= {law for path, law in references(view.file) if path[0] != "parameters"}
    for index, law in enumerate(view.file.law):
        if law.id in dated:
            continue  # told by the rule `parameter-law`
        if law.in_force is not None and law.in_force > begins:
            text = Text(
                f"{title(law).zh}{law.in_force}才施行，晚于本事项的生效日期{begins}",
                f"{title(law).en} is in force from {law.in_force}, after this service begins on {begins}",
            )
            yield Said(text, ("law", index, "in_force"))
        if law.until is not None and law.until <= begins:
            text = Text(
                f"{title(law).zh}{law.until}已经失效，本事项{begins}才生效",
                f"{title(law).en} ceased to be in force on {law.until}, before this service begins on {begins}",
            )
            yield Said(text, ("law", index, "until"))


@service_lint(
    "no-legal-basis",
    "error",
    "材料、期限、收费、条件都要有依据",
    "Every material, term, fee and condition needs a legal basis",
    law="优化营商环境条例 40",
)
def no_legal_basis(view: View[Service]) -> Iterator[Said]:
    service = view.file
    for slug, material in service.materials.items():
        if not material.law:
            name = words(material.name, "zh")
            yield Said(
                _basis(f"材料“{name}”", f"The material '{words(material.name, 'en')}'"), ("materials", slug), key=True
            )
    for slug, term in service.terms.items():
        if not term.law:
            yield Said(_basis(f"期限“{slug}”", f"The term '{slug}'"), ("terms", slug), key=True)
    for index, situation in enumerate(service.situations):
        if situation.outcome is not None and not situation.law:
            name = words(situation.name, "zh")
            yield Said(_basis(f"情形“{name}”", f"The situation '{situation.id}'"), ("situations", index))
    for path, table in tables(service):
        for index, raw in enumerate(table.rows):
            row = read_row(raw, len(table.inputs), len(table.outputs) or 1)
            if path != ("eligible",) and not row.law:
                yield Said(_basis(f"第{index + 1}行", f"Row {index + 1}"), (*path, "rows", index), severity="warning")


@service_lint(
    "refusal-without-law",
    "error",
    "资格表的每一行都要写明依据，不利的尤其如此",
    "Every row of the eligibility table names its law, above all those against the applicant",
    law="行政许可法 38",
)
def refusal_without_law(view: View[Service]) -> Iterator[Said]:
    table = view.file.eligible
    for index, raw in enumerate(table.rows):
        row = read_row(raw, len(table.inputs), 1)
        if row.law:
            continue
        verdict = read_verdict(row.outputs[0]) if row.outputs else None
        favourable = verdict is not None and verdict.outcome == "eligible"
        text = Text(
            f"资格表第{index + 1}行没有写依据，请在行末加 {{law: …}}",
            f"Row {index + 1} of the eligibility table names no law; end it with {{law: …}}",
        )
        yield Said(text, ("eligible", "rows", index), severity="warning" if favourable else "error")


@service_lint(
    "fee-without-basis",
    "error",
    "收费要写明项目、标准和依据",
    "A fee needs its item, its standard and its law",
    law="行政许可法 58",
)
def fee_without_basis(view: View[Service]) -> Iterator[Said]:
    fee = view.file.fee
    if not fee.charged:
        if fee.standard:
            text = Text("写了收费标准，charged 却是 false", "A standard is given although charged is false")
            yield Said(text, ("fee", "standard"), severity="warning")
        return
    for name, value, zh in (("item", fee.item, "项目"), ("standard", fee.standard, "标准"), ("law", fee.law, "依据")):
        if not value:
            yield Said(Text(f"收费没有写{zh}", f"The fee has no {name}"), ("fee",), key=True)


def _basis(zh: str, en: str) -> Text:
    return Text(f"{zh}没有写依据，请加 law", f"{en} has no legal basis; add law")
