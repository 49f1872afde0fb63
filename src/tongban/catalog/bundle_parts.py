"""How the parts of a bundle hang together: what each may take from another, and that none waits for itself."""

from collections.abc import Iterator, Mapping

from tongban.base.i18n import Text
from tongban.catalog.bundle import Bundle
from tongban.catalog.findings import Path
from tongban.catalog.model import Service
from tongban.catalog.tables import Fault

NUMBER = "case"
"""What every part gives beside its facts and outputs: the number of its case."""


def gives(service: Service) -> frozenset[str]:
    """What a part can give to another when it has ended in favour."""
    tables = (*service.tables.values(), *service.amounts.values())
    outputs = (output.name for table in tables for output in table.outputs)
    return frozenset((*service.facts, *outputs, NUMBER))


def part_faults(bundle: Bundle, members: Mapping[str, Service]) -> list[Fault]:
    """What is wrong between the parts: `bundle-part`, `bundle-takes`, `bundle-role`, `bundle-cycle`."""
    faults: list[Fault] = []
    for part, member in bundle.parts.items():
        for index, other in enumerate(member.after):
            if other not in bundle.parts:
                faults.append(_no_part(other, ("parts", part, "after", index)))
        for name, given in member.takes.items():
            faults += _takes(bundle, members, part, name, given)
        if member.by is not None and member.by not in bundle.roles:
            said = Text(f"没有“{member.by}”这个角色", f"There is no role '{member.by}'")
            faults.append(Fault("bundle-role", said, ("parts", part, "by")))
    for role in bundle.roles:
        if all(member.by != role for member in bundle.parts.values()):
            said = Text("没有哪一项由这个角色来办", "No part is completed by this role")
            faults.append(Fault("bundle-role", said, ("roles", role)))
    return [*faults, *_cycle(bundle)]


def _no_part(other: str, path: Path) -> Fault:
    return Fault("bundle-part", Text(f"没有“{other}”这一项", f"There is no part '{other}'"), path)


def _takes(bundle: Bundle, members: Mapping[str, Service], part: str, name: str, given: str) -> Iterator[Fault]:
    path, mine = ("parts", part, "takes", name), members.get(part)
    asked = mine.facts.get(name) if mine else None
    if mine and (asked is None or asked.derive):
        said = Text(f"“{mine.service}”没有要问的“{name}”", f"'{mine.service}' asks no '{name}'")
        yield Fault("bundle-takes", said, path)
    other, _, output = given.partition(".")
    if other not in bundle.parts:
        yield _no_part(other, path)
    elif other in members and output not in gives(members[other]):
        known = "、".join(sorted(gives(members[other])))
        said = Text(f"“{other}”给不出“{output}”；能给的有：{known}", f"'{other}' does not give '{output}'")
        yield Fault("bundle-takes", said, path)


def _cycle(bundle: Bundle) -> Iterator[Fault]:
    """Parts that wait for one another would wait for ever."""
    left = {part: {one for one in bundle.waits(part) if one in bundle.parts} for part in bundle.parts}
    while ready := {part for part, waits in left.items() if not waits}:
        left = {part: waits - ready for part, waits in left.items() if part not in ready}
    if left:
        chain = " → ".join(left)
        said = Text(
            f"这几项互相等，谁也办不了：{chain}", f"These parts wait for one another and none can begin: {chain}"
        )
        yield Fault("bundle-cycle", said, ("parts", next(iter(left))))
