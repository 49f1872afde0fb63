"""JSON Schema of the file types, generated from the types themselves: for editors, for reviewers, for the loader."""

import re
from functools import cache
from typing import Any, Literal, get_args

import msgspec

from tongban.catalog.bundle import Bundle
from tongban.catalog.certificate_type import CertificateType
from tongban.catalog.model import Service
from tongban.catalog.paper import Paper
from tongban.catalog.policy import Policy
from tongban.catalog.procedure import Procedure
from tongban.catalog.use import Use
from tongban.catalog.watching import Reuse

FileKind = Literal["policy", "paper", "bundle", "certificate", "service", "procedure", "use", "reuse"]
FILE_KINDS: tuple[FileKind, ...] = get_args(FileKind)
"""A file is of the first of these that it has a field of; a policy also names its service."""
FILE_TYPES: dict[FileKind, type[msgspec.Struct]] = {
    "policy": Policy,
    "paper": Paper,
    "bundle": Bundle,
    "certificate": CertificateType,
    "service": Service,
    "procedure": Procedure,
    "use": Use,
    "reuse": Reuse,
}
FOLDERS: dict[str, FileKind] = {
    "services": "service",
    "procedures": "procedure",
    "uses": "use",
    "policies": "policy",
    "papers": "paper",
    "bundles": "bundle",
    "certificate-types": "certificate",
}


@cache
def _schema(kind: FileKind) -> dict[str, Any]:
    return schema_of(FILE_TYPES[kind], kind)


def schema_of(file_type: type[msgspec.Struct], kind: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of any type that files are read as; `kind` is what its title calls it."""
    made = msgspec.json.schema(file_type, ref_template="#/$defs/{name}")
    definitions: dict[str, Any] = made.pop("$defs")
    for definition in definitions.values():
        if "description" in definition:
            definition["description"] = re.sub(r"\s+", " ", definition["description"]).strip()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:tongban:schema:{kind}:1",
        "title": f"Tongban {kind} file",
        **made,
        "$defs": dict(sorted(definitions.items())),
    }


def json_schema(kind: FileKind) -> dict[str, Any]:
    """The published JSON Schema (2020-12) of a file type; the same on every run.

    An editor completes and checks a file that begins with `# yaml-language-server: $schema=<where it is kept>`.
    """
    return msgspec.json.decode(msgspec.json.encode(_schema(kind)))
