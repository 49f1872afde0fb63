"""The catalogue: service, procedure and AI-use files, read, checked, searched, compiled and run."""

from tongban.catalog.acts import cite
from tongban.catalog.answers import parse_fact, stored_fact
from tongban.catalog.assess import Assessment, assess
from tongban.catalog.catalogue import Catalogue, Hit
from tongban.catalog.competence import Asks, Placed, place_of
from tongban.catalog.compile import compile_service, content_hash
from tongban.catalog.explanation import explanation
from tongban.catalog.findings import Finding, format_finding
from tongban.catalog.listed import ListedItem
from tongban.catalog.load import Loaded, load_file, load_policy, load_procedure, load_service, load_use
from tongban.catalog.reasons import Explanation
from tongban.catalog.replay import compact, digest, replay
from tongban.catalog.schema import json_schema
from tongban.catalog.variant import Needed, Question, Variant, variant

__all__ = [
    "Asks",
    "Assessment",
    "Catalogue",
    "Explanation",
    "Finding",
    "Hit",
    "ListedItem",
    "Loaded",
    "Needed",
    "Placed",
    "Question",
    "Variant",
    "assess",
    "cite",
    "compact",
    "compile_service",
    "content_hash",
    "digest",
    "explanation",
    "format_finding",
    "json_schema",
    "load_file",
    "load_policy",
    "load_procedure",
    "load_service",
    "load_use",
    "parse_fact",
    "place_of",
    "replay",
    "stored_fact",
    "variant",
]
