"""One item in the European Union's Core Public Service Vocabulary Application Profile (CPSV-AP 3.2), as JSON-LD."""

from collections.abc import Iterable
from typing import Any

from tongban.base.i18n import Text
from tongban.catalog.acts import cite
from tongban.catalog.export.national import KIND_CODES
from tongban.catalog.model import Law, Service, Term, Words
from tongban.terms import Span, TermError, Unit

CONTEXT: dict[str, str] = {
    "cpsv": "http://purl.org/vocab/cpsv#",
    "cv": "http://data.europa.eu/m8g/",
    "dct": "http://purl.org/dc/terms/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "eli": "http://data.europa.eu/eli/ontology#",
    "adms": "http://www.w3.org/ns/adms#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_ADMS = {
    "draft": "http://purl.org/adms/status/UnderDevelopment",
    "published": "http://purl.org/adms/status/Completed",
    "ended": "http://purl.org/adms/status/Withdrawn",
}
_LANGUAGES = ("ZHO", "ENG")
_DURATION = {
    Unit.MINUTE: "PT{n}M",
    Unit.HOUR: "PT{n}H",
    Unit.CALENDAR_DAY: "P{n}D",
    Unit.MONTH: "P{n}M",
    Unit.YEAR: "P{n}Y",
}


def cpsv_ap(service: Service, *, base: str = "urn:tongban:") -> dict[str, Any]:
    """The item as CPSV-AP 3.2 in JSON-LD. `base` begins every identifier; give the installation's public address.

    ISO 8601 knows no working days: a term in working days becomes the calendar days it takes at five a week, and
    its exact words stand in the rule that `cpsv:follows` names.
    """
    me = f"{base}service/{service.service}"
    authority = f"{base}authority/{service.authority.level.value}/{service.authority.body}"
    laws = [_legal_resource(f"{me}/law/{law.id}", law) for law in service.law]
    evidence = [
        {
            "@id": f"{me}/evidence/{slug}",
            "@type": "cv:Evidence",
            "dct:identifier": slug,
            "dct:title": _languages(material.name),
            **({"dct:description": _languages(material.hint)} if material.hint else {}),
        }
        for slug, material in service.materials.items()
    ]
    requirements = [
        {
            "@id": f"{me}/requirement/{number}",
            "@type": "cv:Requirement",
            "dct:identifier": str(number),
            "dct:title": _languages(said),
        }
        for number, said in enumerate(service.conditions, start=1)
    ]
    channels = [
        {
            "@id": f"{me}/channel/{mode}",
            "@type": "cv:Channel",
            "dct:identifier": mode,
            "dct:type": {"@id": f"{base}channel/{mode}"},
        }
        for mode in service.reach.modes
    ]
    output = {
        "@id": f"{me}/output",
        "@type": "cv:Output",
        "dct:identifier": service.result.certificate,
        "dct:title": _languages(service.result.name),
    }
    cost: dict[str, Any] = {
        "@id": f"{me}/cost",
        "@type": "cv:Cost",
        "dct:identifier": "fee",
        "dct:description": _languages(service.fee.standard or service.fee.note or "无"),
        "cv:currency": {"@id": "http://publications.europa.eu/resource/authority/currency/CNY"},
        **({} if service.fee.charged else {"cv:hasValue": {"@type": "xsd:double", "@value": "0"}}),
    }
    rules = [_rule(f"{me}/rule/{slug}", slug, term) for slug, term in service.terms.items()]
    decide = service.terms.get("decide", Term())
    duration = iso_duration(decide.promised or decide.statutory)
    public_service: dict[str, Any] = {
        "@id": me,
        "@type": "cpsv:PublicService",
        "dct:identifier": service.basic_code,
        "dct:title": _languages(service.name),
        "dct:description": _languages(service.summary),
        "dcat:keyword": [{"@language": "zh", "@value": alias} for alias in service.aliases],
        "dct:language": [
            {"@id": f"http://publications.europa.eu/resource/authority/language/{code}"} for code in _LANGUAGES
        ],
        "adms:status": {"@id": _ADMS[service.status]},
        "cv:hasCompetentAuthority": {"@id": authority},
        "cv:hasLegalResource": _ids(laws),
        "cpsv:hasInput": _ids(evidence),
        "cv:holdsRequirement": _ids(requirements),
        "cpsv:produces": _ids([output]),
        "cv:hasCost": _ids([cost]),
        "cv:hasChannel": _ids(channels),
        "cpsv:follows": _ids(rules),
        "cv:thematicArea": [{"@id": f"{base}theme/{theme.value}"} for theme in service.themes],
        "cv:isClassifiedBy": [{"@id": f"{base}kind/{KIND_CODES[service.kind]}"}],
        "dct:audience": [{"@id": f"{base}audience/{audience.value}"} for audience in service.audience],
    }
    if duration is not None:
        public_service["cv:processingTime"] = {"@type": "xsd:duration", "@value": duration}
    organisation = {
        "@id": authority,
        "@type": "cv:PublicOrganisation",
        "skos:prefLabel": _languages(service.authority.name),
        "dct:spatial": [{"@id": f"{base}region/{code}"} for code in service.regions or ("000000",)],
    }
    concept = {
        "@id": f"{base}kind/{KIND_CODES[service.kind]}",
        "@type": "skos:Concept",
        "skos:prefLabel": [{"@language": "zh", "@value": service.kind.value}],
    }
    graph = [public_service, organisation, concept, *laws, *evidence, *requirements, output, cost, *channels, *rules]
    return {"@context": CONTEXT, "@graph": graph}


def iso_duration(text: str | None) -> str | None:
    """A span as an ISO 8601 duration; on the spot is `PT0S`. None if there is none or it cannot be read."""
    if not text:
        return None
    try:
        span = Span.parse(text)
    except TermError:
        return None
    if span.unit is Unit.ON_THE_SPOT:
        return "PT0S"
    if span.unit is Unit.WORKING_DAY:
        weeks, rest = divmod(span.amount, 5)
        return f"P{weeks * 7 + rest}D"
    return _DURATION[span.unit].format(n=span.amount)


def _languages(said: Words) -> list[dict[str, str]]:
    if isinstance(said, str):
        return [{"@language": "zh", "@value": said}]
    return [{"@language": "zh", "@value": said.zh}, {"@language": "en", "@value": said.en}]


def _ids(parts: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    return [{"@id": part["@id"]} for part in parts]


def _legal_resource(identifier: str, law: Law) -> dict[str, Any]:
    cited = cite(law)
    title = Text(f"{cited.zh}（{law.no}）", f"{cited.en} ({law.no})") if law.no else cited
    return {"@id": identifier, "@type": "eli:LegalResource", "dct:title": _languages(title)}


def _rule(identifier: str, slug: str, term: Term) -> dict[str, Any]:
    parts: dict[str, list[str]] = {"zh": [], "en": []}
    for text, zh, en in ((term.statutory, "法定", "by law"), (term.promised, "承诺", "promised")):
        try:
            span = Span.parse(text) if text else None
        except TermError:
            span = None
        if span is not None:
            parts["zh"].append(f"{zh}{span.text('zh')}")
            parts["en"].append(f"{span.text('en')} {en}")
    return {
        "@id": identifier,
        "@type": "cpsv:Rule",
        "dct:identifier": slug,
        "dct:title": [{"@language": "en", "@value": slug}],
        "dct:description": [{"@language": lang, "@value": "；".join(said)} for lang, said in parts.items()],
    }
