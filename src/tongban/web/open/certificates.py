"""证照类型: which certificates there are, what stands on each, who gives it, how long, which paper it replaces."""

from dataclasses import dataclass

from litestar import Response, get

from tongban.base.errors import refuse
from tongban.base.i18n import LANGS, Text, words
from tongban.catalog.certificate_type import CertificateType, HolderKind, Lasts, Sensitivity
from tongban.catalog.fields import Words
from tongban.certs.model import ROOT
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

HOLDERS: dict[HolderKind, Text] = {
    HolderKind.PERSON: Text("个人", "a person"),
    HolderKind.BODY: Text("单位", "a business or body"),
    HolderKind.EITHER: Text("个人或单位", "a person, a business or a body"),
}
SENSITIVITIES: dict[Sensitivity, Text] = {
    Sensitivity.PUBLIC: Text("可以公开", "public"),
    Sensitivity.PERSONAL: Text("个人信息", "personal"),
    Sensitivity.SENSITIVE: Text("敏感个人信息", "sensitive"),
}


@dataclass(frozen=True, slots=True)
class Giving:
    """A service that issues the type, and the body that answers for it."""

    slug: str
    name: Text
    body: Text
    applied_for: bool


def said(value: Words) -> Text:
    """Both languages of a word in a file."""
    return Text(*(words(value, lang) for lang in LANGS))


def giving(site: Site, kind: CertificateType) -> list[Giving]:
    """The services that issue it."""
    open_now = {one.service for one in site.catalogue.services()}
    return [
        Giving(one.service, said(one.name), said(one.authority.name), one.service in open_now)
        for one in site.catalogue.issuing(kind.certificate)
    ]


def lasting(kind: CertificateType) -> Text:
    """How long one holds, in words."""
    match kind.lasts:
        case Lasts.UNTIL_REVOKED:
            return Text("长期有效", "no end date")
        case Lasts.BY_SERVICE:
            return Text("看是哪个事项发的", "as the service says")
        case Lasts.FIXED:
            years, months = (kind.valid.years, kind.valid.months) if kind.valid else (None, None)
            if years:
                return Text(f"{years}年", f"{years} year{'s' if years > 1 else ''}")
            return Text(f"{months}个月", f"{months} months")


@get("/open/certificates")
async def certificate_types(site: Site, visitor: Visitor) -> Response[str]:
    """Every type, with what it replaces."""
    rows = [(kind, lasting(kind), HOLDERS[kind.holder]) for kind in site.catalogue.certificate_types()]
    return page(site, visitor, "open/certificate_types.html", rows=rows)


@get("/open/certificates/{kind:str}")
async def certificate_type(site: Site, visitor: Visitor, kind: str) -> Response[str]:
    """One type. Raises Refused (`unknown-certificate-type`, 404)."""
    found = site.catalogue.certificate_type(kind)
    if found is None:
        raise refuse(
            "unknown-certificate-type", "没有这种证照", "There is no certificate of this kind", status=404, place="kind"
        )
    return page(
        site,
        visitor,
        "open/certificate_type.html",
        kind=found,
        lasts=lasting(found),
        holder=HOLDERS[found.holder],
        giving=giving(site, found),
        replaces=[said(name) for name in found.replaces],
        fields=[(said(one.name), SENSITIVITIES[one.sensitivity], one) for one in found.fields.values()],
        root=ROOT,
    )


ROUTES = [certificate_types, certificate_type]
