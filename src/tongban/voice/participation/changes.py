"""What a consultation is about, in words: what a new version of a service changes for whom, or what a policy is."""

import re
from dataclasses import dataclass

from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.diff import Change, Effect, diff
from tongban.voice.participation.model import Consultation

EFFECTS: dict[Effect, Text] = {
    "better": Text("对申请人更好", "Better for applicants"),
    "worse": Text("对申请人更严", "Harder for applicants"),
    "neutral": Text("其他改动，因人而异", "Other changes; it depends on the person"),
}
OURS = ("version", "status", "valid_from", "valid_to", "competence", "law", "examples", "aliases", "faq")
"""Changes of the file that change nothing for anybody: which file it is, how it is found, what it cites."""


@dataclass(frozen=True, slots=True)
class Matter:
    """`changes` by their effect, the better ones first; empty for a policy and for a first version."""

    name: Text
    summary: Text | None
    service: str
    changes: tuple[tuple[Effect, tuple[Change, ...]], ...]


def matter(catalogue: Catalogue, one: Consultation) -> Matter | None:
    """None where the file is not here any more."""
    try:
        if one.kind == "policy":
            policy = catalogue.policy(one.subject, one.version)
            return Matter(policy.name, policy.summary, policy.service, ())
        new = catalogue.service(one.subject, one.version)
        summary = Text(new.summary, new.summary) if isinstance(new.summary, str) else new.summary
        name = Text(new.name, new.name) if isinstance(new.name, str) else new.name
        if not one.replaces:
            return Matter(name, summary, one.subject, ())
        older = catalogue.service(one.subject, one.replaces)
        found = [each for each in diff(older, new) if re.split(r"[.\[]", each.path)[0] not in OURS]
    except Refused:
        return None
    grouped: list[tuple[Effect, tuple[Change, ...]]] = [
        (effect, alike) for effect in EFFECTS if (alike := tuple(each for each in found if each.effect == effect))
    ]
    return Matter(name, summary, one.subject, tuple(grouped))
