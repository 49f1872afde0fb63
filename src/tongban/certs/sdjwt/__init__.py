"""SD-JWT (RFC 9901): a signed statement whose holder chooses, field by field, what to show.

Pure but for the salts. What RFC 9901 §7 says to refuse is refused, each with a code of its own (`certs.faults`).
"""

from tongban.certs.sdjwt.binding import Request, bind, holder_key
from tongban.certs.sdjwt.form import SdJwt, looks_like_sd_jwt, parse, to_flattened, to_general
from tongban.certs.sdjwt.hiding import Hidden, conceal, select
from tongban.certs.sdjwt.revealing import reveal

__all__ = [
    "Hidden",
    "Request",
    "SdJwt",
    "bind",
    "conceal",
    "holder_key",
    "looks_like_sd_jwt",
    "parse",
    "reveal",
    "select",
    "to_flattened",
    "to_general",
]
