"""What is fixed when a case is opened: the version of its service, its procedure, and the body that owes the answer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, cast

import msgspec

from tongban.base.errors import refuse
from tongban.base.i18n import LANGS, words
from tongban.cases.model import Office
from tongban.cases.says import Given
from tongban.catalog.competence import concerned
from tongban.catalog.model import Service
from tongban.catalog.variant import resolve
from tongban.org import Directory
from tongban.sharing import Shared


def procedure_of(service: Service, given: Given) -> str:
    """The procedure of the situation that the answers lead to. Raises Refused (`not-needed`) if nothing is needed."""
    if not any(situation.procedure or situation.outcome for situation in service.situations):
        return service.procedure
    found = resolve(given.run.compiled, given.run)
    if found.outcome == "not-needed":
        note = (found.situation.note if found.situation else "") or service.name
        zh, en = (words(note, lang) for lang in LANGS)
        raise refuse(
            "not-needed", f"这种情况不用办理：{zh}", f"Nothing needs to be applied for here: {en}", place="service"
        )
    return found.procedure


def office_of(directory: Directory, body: str) -> Office:
    """A body as a case keeps it, with where its decision can be contested. Raises Refused (`unknown-body`)."""
    found, remedies = directory.body(body), directory.remedies(body)
    where = directory.installation(found.region)
    return Office(
        found.id, found.name, remedies.reconsideration, remedies.reconsideration_contact, remedies.court, where
    )


def known(says: Mapping[str, Any], records: Mapping[str, Shared]) -> dict[str, Any]:
    """What is said of each fact at the opening, as far as it can be read."""
    said = says.get("facts")
    facts: Mapping[str, Any] = cast("Mapping[str, Any]", said) if isinstance(said, Mapping) else {}
    return {**facts, **{name: record.value for name, record in records.items()}}


def digest(act: str, says: Mapping[str, Any], *about: str) -> str:
    """What a command asks for and what it is about, as a repeat must ask for the same of the same."""
    said = msgspec.json.encode({"act": act, "says": dict(says), "about": about}, order="sorted", enc_hook=str)
    return hashlib.sha256(said).hexdigest()[:32]


def taking_part(service: Service, region: str, directory: Directory, given: Given) -> tuple[Office, ...]:
    """The bodies that take part beside the one that answers (会同办理), by what is known at the opening.

    One whose condition cannot be told yet takes part: better asked in vain than left out. Raises Refused
    (`no-competent-body`).
    """
    if not service.together:
        return ()
    found = [directory.competent(one.body, one.level, region) for one in concerned(given.run)]
    return tuple(Office(body.id, body.name) for body in found)
