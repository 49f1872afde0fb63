"""What a list may show to whom: one filter for every read path, handed to SQL as parameters.

A list query always says `body = ANY($1)` or `applicant = ANY($2)` with these, never the reader's role. Equality on
columns with an index keeps it one indexed query (measured: a prefix match or an OR over both costs fifty times more).

Row-level security can repeat the predicate behind it: one database role per audience (`tongban_portal`,
`tongban_desk`), policies of the shape `body = ANY (string_to_array((SELECT current_setting('app.bodies', true)), ','))`
on the tables that carry the column, `FORCE ROW LEVEL SECURITY`, and `Scope.settings` applied with `set_config(…, true)`
inside the transaction. The parameters stay: row-level security is the second wall, not the first.
"""

from dataclasses import dataclass

from tongban.org.directory import Directory
from tongban.org.entries import ALL
from tongban.org.model import OUTSIDE, Actor, Role


@dataclass(frozen=True, slots=True)
class Scope:
    """Empty lists show nothing: denied unless named."""

    persons: tuple[str, ...] = ()
    """Applicants whose cases may be shown."""
    bodies: tuple[str, ...] = ()
    """Bodies whose cases may be shown."""
    lent: tuple[tuple[str, str], ...] = ()
    """Bodies of whose cases one service, or `*`, is handled by delegation (行政许可法 24)."""
    purpose: str = "handle-case"

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to ask the database for."""
        return not self.persons and not self.bodies and not self.lent

    def settings(self) -> dict[str, str]:
        """What the row-level policies read, as `set_config` names and values."""
        return {"app.persons": ",".join(self.persons), "app.bodies": ",".join(self.bodies)}


def visible(directory: Directory, actor: Actor) -> Scope:
    """Whose cases `actor` may see in a list. The clock and the rules read no lists."""
    if actor.kind == "person":
        return Scope(persons=(actor.on_behalf_of or actor.id,))
    today = directory.today()
    if actor.kind != "official" or not directory.holds(actor.id, actor.post, today):
        return Scope()
    if directory.absent(actor.id, today):
        return Scope()
    post = directory.post(actor.post)
    own = directory.body(post.body)
    bodies = {own.id} if post.roles - OUTSIDE else set[str]()
    if Role.INTAKE in post.roles:
        for window in directory.windows_of(own.id):
            if window.holds_on(today):
                bodies |= {body.id for body in directory.bodies_in(window.regions) if body.region in window.regions}
    if Role.SUPERIOR in post.roles:
        bodies |= {b.id for b in directory.register.bodies if any(s.id == own.id for s in directory.superiors(b.id))}
    if Role.GOVERNMENT_HEAD in post.roles:
        bodies |= {b.id for b in directory.register.bodies if b.region == own.region}
    received = [d for d in directory.moved.held_by(own.id) if not d.own_name and d.holds_on(today)]
    works = bool(post.roles - OUTSIDE)
    bodies |= {d.from_body for d in received if works and ALL in d.services}
    lent = {(d.from_body, service) for d in received if works for service in d.services}
    supervises = Role.SUPERVISE in post.roles
    if supervises:
        bodies |= {body.id for body in directory.bodies_in([own.region])}
    lent = {one for one in lent if one[1] == ALL or one[0] not in bodies}
    return Scope(
        bodies=tuple(sorted(bodies)), lent=tuple(sorted(lent)), purpose="supervise" if supervises else "handle-case"
    )
