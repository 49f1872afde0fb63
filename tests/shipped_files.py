"""The files that are shipped, each read once in a process, however many tests look at it."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from tongban.catalog import load_procedure, load_service
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.model import Service
from tongban.catalog.procedure import Procedure
from tongban.catalog.shipped import shipped


@cache
def services() -> Mapping[str, Service]:
    """By the name of its file, in order of the names."""
    paths = sorted(shipped("services").glob("*.yaml"))
    return MappingProxyType({path.stem: load_service(path.read_text("utf-8"), path.name).require() for path in paths})


@cache
def procedures() -> Mapping[str, Procedure]:
    """By the name of its file, in order of the names."""
    paths = sorted(shipped("procedures").glob("*.yaml"))
    return MappingProxyType({path.stem: load_procedure(path.read_text("utf-8"), path.name).require() for path in paths})


@cache
def catalogue() -> Catalogue:
    """Everything that is shipped, for who only reads there."""
    services, procedures, uses, papers, bundles = map(shipped, ("services", "procedures", "uses", "papers", "bundles"))
    return Catalogue.load(services, procedures, uses, papers=papers, bundles=bundles)
