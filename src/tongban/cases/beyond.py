"""外地的机关: the bodies of other installations a case may be handed on to, by agreements between regions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text
from tongban.cases import handing
from tongban.cases.handover.standing import Origin
from tongban.cases.model import Custody, Office
from tongban.cases.opening import office_of

if TYPE_CHECKING:
    from tongban.cases.engine import Engine
    from tongban.cases.loaded import Case

_LAW: Final = "国办发〔2020〕35号"


def beyond(engine: Engine, found: Case, named: str = "") -> tuple[Custody, ...]:
    """The hand-overs to other installations that are possible from where a case lies.

    Bodies of the kind and level of the one that holds it, and the one that is `named`, as far as agreements go; of a
    case that came from another installation, the body that it came from and no other. Raises Refused where `named`
    works in another installation and the case cannot go to it: `no-agreement`, `only-back`,
    `held-before`, `persons-only`.
    """
    state, directory = found.state, engine.directory
    if engine.between is None or state.elsewhere or not directory.has(state.desk.id):
        return ()
    wanted = named if directory.has(named) and not directory.here(named) else ""
    if state.case.applicant.kind != "person":  # who may act for a company is not established between installations
        if wanted:
            raise _persons_only()
        return ()
    if origin := state.case.origin:
        if wanted not in ("", origin.office):
            raise _only_back(origin)
        return (_custody(state.office, Office(origin.office, origin.office_name, installation=origin.installation)),)
    held = {one.from_office.id for one in state.custody}
    if wanted in held:
        raise _held_before(directory.body(wanted).name)
    offices = {one.id: one for one in _alike(engine, found)}
    if wanted and wanted not in offices:
        office = office_of(directory, wanted)
        day = found.definition.local(engine.clock())
        engine.between.agreement(state.case.service, state.place, directory.body(wanted).region, day)
        offices = {office.id: office, **offices}
    return tuple(_custody(state.office, office) for office in offices.values() if office.id not in held)


def _alike(engine: Engine, found: Case) -> Iterator[Office]:
    """Bodies of the same kind and level in other installations that an agreement lets this case go to."""
    between, directory, state = engine.between, engine.directory, found.state
    if between is None:
        return
    own = directory.body(state.desk.id)
    level, day = directory.region(own.region).level, found.definition.local(engine.clock())
    for card in between.neighbours.all():
        for body in directory.bodies_in(card.regions):
            if body.kind != own.kind or directory.region(body.region).level != level:
                continue
            try:
                between.agreement(state.case.service, state.place, body.region, day)
            except Refused:
                continue
            yield office_of(directory, body.id)


def _custody(holder: Office, to: Office) -> Custody:
    return Custody(holder, to, handing.NEVER, Text("", ""), _LAW)


def _only_back(origin: Origin) -> Refused:
    return refuse(
        "only-back",
        f"外地转来的办件，转出本省只能退回{origin.office_name.zh}；该由别的机关办，由那边再转。",
        f"A case handed over by {origin.office_name.en} leaves here only back to it; it hands it on from there.",
        place="body",
        status=409,
    )


def _held_before(body: Text) -> Refused:
    return refuse(
        "held-before",
        f"{body.zh}办过这件事，已经退回来，不能再转给它。两边都认为不归自己管的，报共同的上一级机关指定；定下来以前由本机关办。",
        f"{body.en} has had this case and handed it back; it does not go there again. If neither holds itself competent"
        " the body above both settles it; until then it is for this body.",
        place="body",
        status=409,
    )


def _persons_only() -> Refused:
    return refuse(
        "persons-only",
        "单位的办件还不能转到外地的平台：谁能代表单位，两边平台还没有互认。请告诉申请人到那边申请。",
        "Cases of companies cannot go to another installation yet: who may act for one is not recognised between them."
        " Please tell the applicant to apply there.",
        place="body",
        law="行政许可法 32",
        status=409,
    )
