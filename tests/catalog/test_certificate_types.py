"""Certificate types as data: each rule has a file that breaks it, and every shipped service issues a described type."""

from pathlib import Path

import pytest

from tongban.catalog.certificate_type import results
from tongban.catalog.check import CERTIFICATE_LINTS, check
from tongban.catalog.load import load_file, load_text
from tongban.catalog.model import Service
from tongban.catalog.shipped import shipped

GOOD = """certificate: hygiene-pass
version: "1"
name: {zh: 卫生许可, en: Hygiene pass}
code: "990000009999"
holder: either
issuer: [disease-control]
lasts: until-revoked
"""
LAW = 'law:\n  - {id: A, act: 行政许可法, article: "39", in_force: 2004-07-01, tag: V}\n'
CASES = [
    ("law-twice", GOOD + LAW + LAW.split("\n", 1)[1]),
    ("law-from-memory", GOOD + LAW.replace("tag: V", "tag: M")),
    ("certificate-code-twice", GOOD.replace("990000009999", "990000000039")),
    ("certificate-lasts", GOOD.replace("until-revoked", "fixed")),
    ("certificate-lasts", GOOD + "valid: {years: 4}\n"),
]
SERVICE_CASES = [
    ("certificate-type-unknown", "service", "certificate: venue-licence", "certificate: venue-pass"),
    ("certificate-fields", "type", "  venue: {name", "  seats: {name: {zh: 座位, en: Seats}}\n  venue: {name"),
    ("certificate-fields", "type", "  venue: {name", "  venu: {name"),
    ("certificate-validity", "service", "valid: {years: 4,", "valid: {years: 3,"),
    ("certificate-parties", "type", "issuer: [disease-control]", "issuer: [market]"),
    ("certificate-parties", "type", "holder: either", "holder: person"),
]


def told(folder: Path, text: str) -> list[str]:
    types = folder / "certificate-types"
    types.mkdir()
    (types / "hygiene-pass.yaml").write_text(text, encoding="utf-8")
    (types / "residence-permit.yaml").write_bytes((shipped("certificate-types") / "residence-permit.yaml").read_bytes())
    return [one.code for one in check([types]) if "hygiene-pass" in one.place]


@pytest.mark.parametrize(("code", "text"), CASES)
def test_a_certificate_type_that_breaks_a_rule_is_told(tmp_path: Path, code: str, text: str) -> None:
    assert code in told(tmp_path, text)


def test_a_sound_certificate_type_passes(tmp_path: Path) -> None:
    assert told(tmp_path, GOOD) == []
    assert {lint.code for lint in CERTIFICATE_LINTS} == {code for code, _ in CASES}


@pytest.mark.parametrize(("code", "where", "old", "new"), SERVICE_CASES)
def test_a_service_that_contradicts_the_type_it_issues_is_told_where(
    tmp_path: Path, code: str, where: str, old: str, new: str
) -> None:
    texts = {
        "service": shipped("services") / "public-venue-hygiene.yaml",
        "type": shipped("certificate-types") / "venue-licence.yaml",
        "filing": shipped("certificate-types") / "venue-filing.yaml",
    }
    for name, source in texts.items():
        text = source.read_text(encoding="utf-8")
        assert name != where or old in text
        folder = tmp_path / source.parent.name
        folder.mkdir(exist_ok=True)
        (folder / source.name).write_text(text.replace(old, new, 1) if name == where else text, encoding="utf-8")
    found = [one for one in check([tmp_path / "services"]) if one.code.startswith("certificate-")]
    assert code in {one.code for one in found}
    assert all(one.line > 1 for one in found if one.code == code)


def test_a_paper_that_a_certificate_stands_for_is_not_asked_for(tmp_path: Path) -> None:
    for folder in ("services", "certificate-types"):
        (tmp_path / folder).mkdir()
    service = (shipped("services") / "public-venue-hygiene.yaml").read_text(encoding="utf-8")
    asked = service.replace(
        "{zh: 平面图和卫生设施图, en: Floor plan with hygiene facilities}", "{zh: 居住证, en: Permit}"
    )
    (tmp_path / "services" / "public-venue-hygiene.yaml").write_text(asked, encoding="utf-8")
    for name in ("venue-licence", "venue-filing", "residence-permit"):
        source = shipped("certificate-types") / f"{name}.yaml"
        (tmp_path / "certificate-types" / source.name).write_bytes(source.read_bytes())
    assert "certificate-paper" in {one.code for one in check([tmp_path / "services"])}
    stands = asked.replace("en: Permit}", "en: Permit}, replaced_by: {at: 'certificates.issued/nothing#id', name: x}")
    (tmp_path / "services" / "public-venue-hygiene.yaml").write_text(stands, encoding="utf-8")
    codes = {one.code for one in check([tmp_path / "services"])}
    assert "certificate-source" in codes and "certificate-paper" not in codes


def test_every_certificate_that_a_shipped_service_gives_has_its_type_file() -> None:
    types = {path.stem for path in shipped("certificate-types").glob("*.yaml")}
    services = (load_file(path).value for path in sorted(shipped("services").glob("*.yaml")))
    given = {result.certificate for one in services if isinstance(one, Service) for result in results(one)}
    assert given == types


def test_a_field_that_nobody_knows_is_told_at_its_line() -> None:
    loaded = load_text(GOOD + "colour: red\n", "certificate-types/x.yaml")
    assert loaded.value is None
    assert loaded.findings[0].line == 8
