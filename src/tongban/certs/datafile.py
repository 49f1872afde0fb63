"""The data file of a certificate: the record, every proof of it, and the code that says where its status stands."""

from datetime import datetime

from tongban.base.keys import KeyRing
from tongban.certs.sign import copy_time, export_json
from tongban.certs.statuslist import place_of
from tongban.certs.store import StoredCertificate


def data_file(one: StoredCertificate, ring: KeyRing, address: str, now: datetime) -> bytes:
    """As its holder saves it; `address` is the installation's. Raises `Refused` (`no-signing-key`)."""
    from tongban.certs.compactcwt import code_text, to_cwt  # CBOR comes with the first file that needs it

    place = place_of(one.number, address)
    code = code_text(to_cwt(one.record, ring, status=place, at=copy_time(one.record, ring, now)))
    return export_json(one.certificate, code)
