"""What the operator's database role may read: enough to keep the platform running, and nobody's data."""

from collections.abc import Mapping, Sequence

READABLE: Mapping[str, Sequence[str]] = {
    "migration": ("name", "checksum", "applied_at"),
    "sealed_pass": ("name", "done_at"),
    "person_key": ("suite", "master", "made_at"),
    "person_key_erased": ("erased_at",),
    "case_calendar": ("version",),
    "case_event": ("region", "case_id", "seq", "at", "type"),
    "case_row": (
        "region",
        "case_id",
        "seq",
        "version",
        "service",
        "service_version",
        "state",
        "stage",
        "waits_for",
        "open",
        "body",
        "due_at",
        "legal_at",
        "opened_at",
        "updated_at",
    ),
    "timer": ("region", "case_id", "due_at", "attempts", "dead"),
    "task": ("region", "case_id", "seq", "kind", "body", "role", "at", "open"),
    "outbox": ("region", "case_id", "seq", "due_at", "attempts", "locked_until"),
    "notice": ("region", "at", "read_at"),
    "document": ("region", "type", "size", "at"),
    "draft": ("region", "service", "updated_at"),
    "certificate": ("region", "type", "version", "issued_at", "revoked_at"),
    "precheck_paper": ("region", "due_at", "attempts", "locked_until", "done_at", "outcome"),
    "assist_call": ("region", "use", "version", "at", "outcome", "took_us", "cost_micro"),
    "assist_day": ("region", "use", "day", "outcome", "calls", "cost_micro"),
    "shared_access": ("at", "resource", "record", "answered", "purpose"),
    "shared_retry": ("resource", "record", "opened_at", "attempts", "next_at", "ended", "ended_at"),
    "session": ("method", "created_at", "seen_at", "expires_at"),
}
"""Columns by table. Not here, though operators might like them: `last_error` of clocks and letters, for a mail server
or a broken row may name somebody in it; the platform's own page of stuck cases shows them to who may see the case."""
