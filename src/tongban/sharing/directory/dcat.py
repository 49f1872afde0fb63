"""The list as DCAT 3 in JSON-LD, for portals and catalogues of others (W3C Recommendation of 22 August 2024).

An entry is a `dcat:Dataset`, each way of sharing a `dcat:Distribution`. Access rights and frequencies are those of the
EU's published vocabularies, so that any DCAT-AP reader understands them; what DCAT has no word for (sharing attribute,
grade, assessment) stands under our own name beside them.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from tongban.base.i18n import Text
from tongban.catalog import cite
from tongban.sharing.directory.model import (
    MODES,
    Attribute,
    Format,
    Frequency,
    Mode,
    Resource,
)
from tongban.sharing.directory.registered import PUBLIC, DataDirectory
from tongban.sharing.directory.words import ATTRIBUTES, CATEGORIES, FORMATS, GRADES, TYPES

_EU = "http://publications.europa.eu/resource/authority"
RIGHTS: Mapping[Attribute, str] = {
    Attribute.UNCONDITIONAL: f"{_EU}/access-right/PUBLIC",
    Attribute.CONDITIONAL: f"{_EU}/access-right/RESTRICTED",
    Attribute.NOT_SHARED: f"{_EU}/access-right/NON_PUBLIC",
}
FREQUENCY: Mapping[Frequency, str] = {
    Frequency.REAL_TIME: f"{_EU}/frequency/UPDATE_CONT",
    Frequency.DAILY: f"{_EU}/frequency/DAILY",
    Frequency.WEEKLY: f"{_EU}/frequency/WEEKLY",
    Frequency.MONTHLY: f"{_EU}/frequency/MONTHLY",
    Frequency.QUARTERLY: f"{_EU}/frequency/QUARTERLY",
    Frequency.YEARLY: f"{_EU}/frequency/ANNUAL",
    Frequency.ON_CHANGE: f"{_EU}/frequency/IRREG",
}
MEDIA: Mapping[Format, str] = {
    Format.DATABASE: "application/json",
    Format.SPREADSHEET: "text/csv",
    Format.DOCUMENT: "application/pdf",
    Format.IMAGE: "image/jpeg",
    Format.MAP: "application/geo+json",
    Format.STREAM: "video/mp4",
}
TITLE = Text("政务数据共享清单", "List of shared government data")
CONTEXT: Mapping[str, Any] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcatap": "http://data.europa.eu/r5r/",
    "csvw": "http://www.w3.org/ns/csvw#",
    "tongban": "urn:tongban:directory:",
}


def dcat(directory: DataDirectory, base: str, *, day: date, title: Text = TITLE) -> dict[str, Any]:
    """The whole public list as one `dcat:Catalog`. `base` is the address of the site, without a slash at its end."""
    shown = [one for one in directory.resources.values() if one.status in PUBLIC]
    return {
        "@context": dict(CONTEXT),
        "@id": f"{base}/open/data",
        "@type": "dcat:Catalog",
        "dct:title": _said(title),
        "dct:language": [_iri(f"{_EU}/language/ZHO"), _iri(f"{_EU}/language/ENG")],
        "dct:modified": _day(max((one.listed_on for one in shown if one.listed_on), default=day)),
        "foaf:homepage": _iri(f"{base}/open/data"),
        "dcat:dataset": [dataset(one, directory, base) for one in shown],
    }


def dataset(one: Resource, directory: DataDirectory, base: str) -> dict[str, Any]:
    """One entry as a `dcat:Dataset`."""
    here = f"{base}/open/data/{one.id}"
    made: dict[str, Any] = {
        "@id": here,
        "@type": "dcat:Dataset",
        "dct:identifier": one.id,
        "dcat:version": str(one.version),
        "dct:title": _said(one.name),
        "dct:description": _said(one.summary),
        "dct:publisher": {
            "@id": f"{base}/#body-{one.owner.id}",
            "@type": "foaf:Agent",
            "foaf:name": _said(one.owner.name),
        },
        "dct:accessRights": _iri(RIGHTS[one.attribute]),
        "dct:accrualPeriodicity": _iri(FREQUENCY[one.frequency]),
        "dcat:keyword": _keywords(one, directory),
        "dcat:landingPage": _iri(here),
        "dcatap:applicableLegislation": [_said(cite(law)) for law in one.law],
        "tongban:attribute": _said(ATTRIBUTES[one.attribute]),
        "tongban:type": _said(TYPES[one.type]),
        "tongban:category": _said(CATEGORIES[one.category]),
        "tongban:grade": _said(GRADES[one.grade]),
        "dcat:distribution": [_distribution(one, mode, here) for mode in one.modes],
    }
    if one.listed_on is not None:
        made["dct:issued"] = _day(one.listed_on)
    if one.rows is not None:
        made["tongban:rows"] = one.rows
    if one.scope is not None and one.use is not None:
        made["dct:rights"] = _said(Text(f"{one.scope.zh}；{one.use.zh}", f"{one.scope.en}; {one.use.en}"))
    if one.ground is not None:
        made["dct:rights"] = _said(one.ground.reason)
    return made


def _distribution(one: Resource, mode: Mode, here: str) -> dict[str, Any]:
    return {
        "@id": f"{here}#{mode.value}",
        "@type": "dcat:Distribution",
        "dct:title": _said(MODES[mode]),
        "dct:description": _said(FORMATS[one.format]),
        "dcat:accessURL": _iri(here),
        "dcat:mediaType": _iri(f"https://www.iana.org/assignments/media-types/{MEDIA[one.format]}"),
    }


def _keywords(one: Resource, directory: DataDirectory) -> list[dict[str, str]]:
    """Names of the elements, each once."""
    named = dict.fromkeys(item.element for record in one.records.values() for item in record.elements.values())
    texts: Iterable[Text] = (directory.elements[name].name for name in named if name in directory.elements)
    return [said for text in texts for said in _said(text)]


def _said(text: Text) -> list[dict[str, str]]:
    return [{"@value": text.zh, "@language": "zh"}, {"@value": text.en, "@language": "en"}]


def _iri(address: str) -> dict[str, str]:
    return {"@id": address}


def _day(day: date) -> dict[str, str]:
    return {"@value": day.isoformat(), "@type": "xsd:date"}
