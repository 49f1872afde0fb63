"""A procedure as a graph of states: what can be reached, what ends, which clocks may be running where."""

from tongban.catalog.procedure import Act, Procedure

START = "start"
SAME = "same"


class Flow:
    """The graph of a procedure. Names that do not exist are left out; another rule tells of them."""

    def __init__(self, procedure: Procedure) -> None:
        self.procedure = procedure
        self.ends = {slug for slug, state in procedure.states.items() if state.end is not None}
        self.steps: list[tuple[str, str, str, Act]] = [
            (source, source if act.to == SAME else act.to, slug, act)
            for slug, act in procedure.acts.items()
            for source in act.from_
            if (source in procedure.states or source == START) and (act.to in procedure.states or act.to == SAME)
        ]

    def acts_from(self, state: str) -> list[str]:
        """The acts that are possible in a state."""
        return [slug for source, _, slug, _ in self.steps if source == state]

    def reachable(self) -> set[str]:
        """The states that a case can come to."""
        return self._closure({START}, forward=True)

    def ending(self) -> set[str]:
        """The states from which an end can be reached."""
        return self._closure(set(self.ends), forward=False)

    def leads(self, state: str, to: tuple[str, ...]) -> bool:
        """Whether a case in `state` can come to one of `to`."""
        return bool(self._closure({state}, forward=True).intersection(to))

    def _closure(self, found: set[str], *, forward: bool) -> set[str]:
        grown = True
        while grown:
            grown = False
            for source, target, _, _ in self.steps:
                here, there = (source, target) if forward else (target, source)
                if here in found and there not in found:
                    found.add(there)
                    grown = True
        return found

    def left_running(self) -> dict[tuple[str, str], str]:
        """(end state, term) to the act by which a case may arrive there with the term still running.

        A clock that merely runs out (`on_expiry: none` or `lapse`), such as the time for a remedy, may run on.
        """
        harmless = {slug for slug, term in self.procedure.terms.items() if term.on_expiry in ("none", "lapse")}
        may: dict[str, set[str]] = {START: set()}
        found: dict[tuple[str, str], str] = {}
        todo = [START]
        while todo:
            here = todo.pop()
            for source, target, slug, act in self.steps:
                if source != here:
                    continue
                after = _after(may[here], act)
                if target in self.ends:
                    for term in after - harmless:
                        found.setdefault((target, term), slug)
                if target not in may or not after <= may[target]:
                    may[target] = may.get(target, set()) | after
                    todo.append(target)
        return found

    def running_always(self) -> dict[str, set[str]]:
        """For each state, the terms that run there whichever way a case came."""
        everything = set(self.procedure.terms)
        must: dict[str, set[str]] = {state: set(everything) for state in self.procedure.states}
        must[START] = set()
        changed = True
        while changed:
            changed = False
            for source, target, _, act in self.steps:
                after = _after(must[source], act) & must[target]
                if after != must[target]:
                    must[target] = after
                    changed = True
        return must


def _after(running: set[str], act: Act) -> set[str]:
    started = {effect.term for effect in act.terms if effect.do == "start"}
    ended = {effect.term for effect in act.terms if effect.do == "end"}
    return (running - ended) | started
