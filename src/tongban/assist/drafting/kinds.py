"""Which field of which act takes which kind of draft: read off the procedure, so a new one needs no Python."""

from tongban.assist.drafting.model import Kind
from tongban.catalog.model import Service
from tongban.catalog.procedure import Procedure, Stage, Who

ANSWERS = frozenset({"answer", "reply", "response"})
"""Names of fields by which a procedure answers somebody: an objection, a call to the hotline."""


def drafted_for(service: Service) -> bool:
    """Whether anything is drafted in cases of a service. Not where somebody asked for a human to look at what a machine
    did, and not where the file allows no machine anywhere: there an official reads and writes alone."""
    ai = service.ai
    return service.concerns is None and "allowed" in (ai.guide, ai.precheck, ai.draft)


def kind_of(procedure: Procedure, act: str, field: str) -> Kind | None:
    """The kind of draft for one field of one act; None where only the official knows what to write."""
    spec = procedure.acts.get(act)
    if spec is None:  # an act that every procedure knows, such as handing a case on
        return None
    said = spec.says[field]
    if said.type != "long-text" or Who.APPLICANT in spec.who:
        return None
    if field in ANSWERS:
        return Kind.REPLY
    if any(other.type == "items" for other in spec.says.values()):
        return Kind.CORRECTION
    if any(other.type == "law" for other in spec.says.values()):
        return Kind.REFUSAL
    if spec.decides == "favourable":
        return Kind.DECISION
    if field != "opinion" or spec.to == "same":
        return None
    match procedure.states[spec.to].stage:
        case Stage.ACCEPTED:
            return Kind.ACCEPTANCE
        case Stage.EXAMINED:
            return Kind.SUMMARY
        case Stage.SUBMITTED | Stage.DECIDED | Stage.DELIVERED:
            return None
