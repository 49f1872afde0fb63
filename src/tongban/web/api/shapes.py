"""From what the packages below know to what the API answers. No decision is taken here."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from tongban.base.i18n import Text
from tongban.cases.account import Line
from tongban.cases.decide import PossibleAct
from tongban.cases.projections import FAR, CaseRow
from tongban.cases.views import CaseView, TermView
from tongban.catalog import Assessment, Needed, Question, cite
from tongban.catalog.model import Fact, Law, Material, Service, Words
from tongban.catalog.procedure import Stage
from tongban.catalog.tables import both
from tongban.web.api import answered as out
from tongban.web.api import case_answers as told
from tongban.web.portal.promise import promises
from tongban.web.site import Site


def maybe(words: Words) -> Text | None:
    """Words that a file may leave out."""
    return both(words) if words else None


# --- services ----------------------------------------------------------------------------------------------------


def item(service: Service) -> out.ServiceItem:
    return out.ServiceItem(**_item(service))


def _item(service: Service) -> dict[str, Any]:
    return {
        "service": service.service,
        "version": service.version,
        "name": both(service.name),
        "summary": both(service.summary),
        "kind": service.kind,
        "themes": service.themes,
        "authority": both(service.authority.name),
        "visits": service.visits.max,
    }


def guide(site: Site, service: Service) -> out.Guide:
    asked = ((name, fact) for name, fact in service.facts.items() if not fact.derive)
    return out.Guide(
        **_item(service),
        basic_code=service.basic_code,
        audience=service.audience,
        aliases=service.aliases,
        conditions=tuple(both(one) for one in service.conditions),
        facts=tuple(fact_item(name, fact) for name, fact in asked),
        materials=tuple(material_item(slug, one, certain=not one.when) for slug, one in service.materials.items()),
        terms=tuple(
            out.PromisedTerm(term=one.term, name=one.name, due=one.due, explanation=one.says)
            for one in promises(site, service)
        ),
        result=both(service.result.name),
        fee=service.fee.charged,
        law=citations(service.law),
        faq=tuple(out.QuestionAnswered(question=both(one.q), answer=both(one.a)) for one in service.faq),
    )


def fact_item(name: str, fact: Fact) -> out.AskedFact:
    return out.AskedFact(
        fact=name,
        name=both(fact.name),
        ask=both(fact.ask or fact.name),
        hint=maybe(fact.hint),
        type=fact.type,
        required=fact.required,
        choices=tuple(
            out.ChoiceItem(value=one.value, name=both(one.name), hint=maybe(one.hint)) for one in fact.choices
        ),
        source=both(fact.source.name) if fact.source else None,
        unit=fact.unit,
        min=fact.min,
        max=fact.max,
        max_length=fact.max_length,
    )


def material_item(slug: str, material: Material, *, certain: bool) -> out.MaterialNeed:
    return out.MaterialNeed(
        material=slug,
        name=both(material.name),
        need=material.need,
        certain=certain,
        accepts=material.accepts,
        replaced_by=both(material.replaced_by.name) if material.replaced_by else None,
        hint=maybe(material.hint),
        law=material.law,
    )


def citations(laws: Iterable[Law]) -> tuple[out.Citation, ...]:
    return tuple(out.Citation(id=law.id, act=law.act, article=law.article, cite=cite(law), no=law.no) for law in laws)


def assessment(service: Service, found: Assessment) -> out.AssessmentAnswer:
    explained = found.as_json()
    questions: tuple[Question, ...] = found.variant.questions
    materials: tuple[Needed, ...] = found.variant.materials
    return out.AssessmentAnswer(
        service=service.service,
        version=service.version,
        outcome=found.outcome,
        message=found.message,
        fully_determined=found.fully_determined,
        outputs=explained["outputs"],
        questions=tuple(fact_item(one.name, one.fact) for one in questions if one.value is None),
        materials=tuple(material_item(one.slug, one.material, certain=one.certain) for one in materials),
        laws=citations(found.laws),
        trace=tuple(msgspec.convert(one, out.DecisionTrace) for one in explained["decisions"]),
    )


# --- cases -------------------------------------------------------------------------------------------------------


def receipt(view: CaseView) -> told.Receipt:
    """Little on purpose: nothing is worked out that the sender does not need at once."""
    due = view.due
    return told.Receipt(
        case=view.case,
        version=view.version,
        service=view.opening.service,
        state=view.state.state,
        state_name=view.state_name,
        due=due.due if due else None,
    )


def summary(site: Site, row: CaseRow) -> told.CaseSummary:
    return told.CaseSummary(
        case=row.case_id,
        region=row.region,
        version=row.version,
        service=row.service,
        service_name=both(site.catalogue.service(row.service, row.service_version).name),
        state=row.state,
        state_name=row.state_name,
        stage=Stage(row.stage),
        waits_for=row.waits_for,
        open=row.open,
        body=row.body,
        applicant_name=row.applicant_name,
        due=_known(row.due_at),
        legal_due=_known(row.legal_at),
        opened_at=row.opened_at,
        updated_at=row.updated_at,
        labels=row.labels,
    )


def _known(at: datetime | None) -> datetime | None:
    return None if at is None or at >= FAR else at


def detail(view: CaseView) -> told.CaseDetail:
    case, due = view.opening, view.due
    return told.CaseDetail(
        case=view.case,
        version=view.version,
        region=case.region,
        service=case.service,
        service_version=view.state.service_version,
        service_name=view.service_name,
        applicant=told.PartyName(id=case.applicant.id, name=both(case.applicant.name)),
        body=told.PartyName(id=view.office.id, name=view.office.name),
        whose=view.whose,
        state=view.state.state,
        state_name=view.state_name,
        stage=view.spec.stage,
        waits_for=view.spec.waits_for,
        end=view.spec.end,
        due=due.due if due else None,
        track=tuple(told.TrackStop(stage=s.stage, name=s.name, at=s.at, mark=s.mark) for s in view.track),
        terms=tuple(_term(term) for term in view.terms),
        facts=tuple(
            told.CaseFact(fact=f.name, name=f.label, value=f.value, record=f.record, agrees=f.agrees, dispute=f.dispute)
            for f in view.facts
        ),
        materials=tuple(
            told.CaseMaterial(
                material=m.slug, name=m.label, status=m.status, asked=m.asked, files=m.files, earlier=m.earlier
            )
            for m in view.materials
        ),
        asked=view.state.asked,
        possible=possible(view.possible),
        account=tuple(_line(line) for line in view.account),
        certificates=tuple(one.record.id for one in view.certificates),
    )


def _term(term: TermView) -> told.CaseTerm:
    return told.CaseTerm(
        term=term.term,
        name=term.name,
        owed_by=term.owed_by,
        open=term.open,
        due=term.due,
        promised=term.promised.due if term.promised else None,
        statutory=term.statutory.due,
        explanation=term.explain(),
    )


def _line(line: Line) -> told.AccountLine:
    letter = line.letter
    return told.AccountLine(
        seq=line.seq,
        at=line.at,
        by=line.by.kind,
        who=line.who,
        what=line.what,
        sentence=line.sentence,
        law=line.law,
        details=tuple(told.SaidItem(name=name, value=value) for name, value in line.details),
        letter=told.LetterText(title=letter.title, body=letter.body) if letter else None,
        undone=line.undone,
    )


def possible(acts: Iterable[PossibleAct]) -> tuple[told.PossibleAct, ...]:
    return tuple(
        told.PossibleAct(
            act=one.act,
            name=one.name,
            adverse=one.spec.adverse if one.spec else False,
            law=one.spec.law if one.spec else "",
            help=one.spec.help if one.spec else None,
            fields=dict(one.spec.says) if one.spec else {},
        )
        for one in acts
    )
