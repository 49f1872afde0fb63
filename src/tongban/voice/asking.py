"""In whose name a case is opened where nobody is to be named: the body that supervises the place."""

from tongban.base.errors import refuse
from tongban.cases.model import Applicant
from tongban.org import Directory


def supervising(directory: Directory, region: str) -> Applicant:
    """The nearest digital centre, of the region or of one around it. Raises Refused `no-supervisor` (409)."""
    for code in (region, f"{region[:4]}00", f"{region[:2]}0000"):
        for body in directory.bodies_of("digital-centre"):
            if body.region == code:
                return Applicant(body.id, body.name.zh, body.uscc, "body")
    raise refuse("no-supervisor", "没有监督机关。", "There is no supervising body.", status=409)
