"""What names a call in the log: its number, and hashes of what went in and came out."""

import hashlib
from datetime import datetime

from tongban.assist.records import Asked
from tongban.base.ids import uuid7


def call_id(asked: Asked) -> str:
    """A number for a call. The region leads, so that it is found by its primary key."""
    return f"{asked.region}-{uuid7().hex}"


def digest(data: bytes) -> str:
    """SHA-256, as the log writes it; empty for nothing."""
    return "sha256:" + hashlib.sha256(data).hexdigest() if data else ""


def midnight(now: datetime) -> datetime:
    """When the day began, in the zone of the moment."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)
