"""Whose hand may turn an off-switch: heads and supervisors, in the region of their own body and what lies in it."""

from tongban.base.errors import refuse
from tongban.org import Actor, Directory, Role
from tongban.org.entries import lineage

MAY_TURN = frozenset({Role.HEAD, Role.GOVERNMENT_HEAD, Role.SUPERIOR, Role.SUPERVISE})


def reach(directory: Directory, actor: Actor) -> str | None:
    """The region in which somebody may turn switches today; None for anybody else (a clerk, a person on leave)."""
    today = directory.today()
    if (
        actor.kind != "official"
        or not directory.holds(actor.id, actor.post, today)
        or directory.absent(actor.id, today)
    ):
        return None
    if not directory.post(actor.post).roles & MAY_TURN:
        return None
    return directory.body(actor.body).region


def allow(directory: Directory, actor: Actor, region: str) -> None:
    """Raises Refused `not-your-switch` (403)."""
    own = reach(directory, actor)
    if own is None or own not in lineage(region):
        raise refuse(
            "not-your-switch",
            "关掉或者打开算法，由本地区的负责人、上级或者监督岗位来做",
            "An algorithm is switched by the heads, superiors or supervisors of the region",
            status=403,
        )
