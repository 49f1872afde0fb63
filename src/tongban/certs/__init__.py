"""Certificates: signed once, shown as page, PDF with QR code and JSON, verified by anyone, offline."""

from tongban.certs import store
from tongban.certs.checks import Check
from tongban.certs.datafile import data_file
from tongban.certs.faults import FAULTS, POINTS, Fault, Point
from tongban.certs.issue import issue
from tongban.certs.keys import PublicKeys, export_jwks, read_jwks
from tongban.certs.model import (
    STANDING_NAMES,
    Certificate,
    CertificateRecord,
    Exercised,
    Holder,
    Issuer,
    Law,
    Shown,
    Standing,
    Status,
    digest,
    identifier,
    mask_name,
    mask_number,
    standing,
)
from tongban.certs.pdf import day, render_pdf, verify_link
from tongban.certs.report import report
from tongban.certs.sign import export_json, sign
from tongban.certs.store import Revocation, StoredCertificate
from tongban.certs.verify import Verification, verify

__all__ = [
    "FAULTS",
    "POINTS",
    "STANDING_NAMES",
    "Certificate",
    "CertificateRecord",
    "Check",
    "Exercised",
    "Fault",
    "Holder",
    "Issuer",
    "Law",
    "Point",
    "PublicKeys",
    "Revocation",
    "Shown",
    "Standing",
    "Status",
    "StoredCertificate",
    "Verification",
    "data_file",
    "day",
    "digest",
    "export_json",
    "export_jwks",
    "identifier",
    "issue",
    "mask_name",
    "mask_number",
    "read_jwks",
    "render_pdf",
    "report",
    "sign",
    "standing",
    "store",
    "verify",
    "verify_link",
]
