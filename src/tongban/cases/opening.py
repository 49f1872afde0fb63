"""What is fixed when a case is opened: the version of its service, its procedure, and the body that owes the answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tongban.base.errors import refuse
from tongban.base.i18n import LANGS, words
from tongban.cases.says import said_facts
from tongban.catalog import variant
from tongban.catalog.model import Service
from tongban.sharing import Shared


def procedure_of(service: Service, says: Mapping[str, Any], records: Mapping[str, Shared], day: date) -> str:
    """The procedure of the situation that the answers lead to. Raises Refused (`not-needed`) if nothing is needed."""
    if not any(situation.procedure or situation.outcome for situation in service.situations):
        return service.procedure
    known: dict[str, Any] = {name: record.value for name, record in records.items()}
    known.update(said_facts(service, says.get("facts"), day)[0])
    found = variant(service, known, day)
    if found.outcome == "not-needed":
        note = (found.situation.note if found.situation else "") or service.name
        zh, en = (words(note, lang) for lang in LANGS)
        raise refuse(
            "not-needed", f"这种情况不用办理：{zh}", f"Nothing needs to be applied for here: {en}", place="service"
        )
    return found.procedure
