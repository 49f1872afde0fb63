"""Rules about how a use is watched: a limit that can be passed, steps that end in off, an official who looks first."""

from collections.abc import Iterator

from tongban.base.i18n import Text
from tongban.catalog.check.registry import Said, View, use_lint
from tongban.catalog.use import Use
from tongban.catalog.watching import Measure

WHOLE = frozenset({Measure.UNBROKEN, Measure.INPUTS, Measure.DRIFT})
"""Measures that are no shares and may be above one."""
_OF_OFFICIALS = frozenset({Measure.TOO_FAST, Measure.UNBROKEN, Measure.BLIND, Measure.ANCHORED, Measure.EXERCISES})


@use_lint("watch-limit", "error", "限值要越得过、各写一次", "A limit can be passed and is laid down once")
def watch_limit(view: View[Use]) -> Iterator[Said]:
    watch = view.file.watch
    seen: set[Measure] = set()
    for index, limit in enumerate(watch.limits if watch else ()):
        place = ("watch", "limits", index)
        if limit.measure in seen:
            text = Text(f"“{limit.measure}”写了两次", f"'{limit.measure}' is laid down twice")
            yield Said(text, (*place, "measure"))
        seen.add(limit.measure)
        if limit.measure not in WHOLE and limit.at_most >= 1:
            text = Text(
                f"“{limit.measure}”是比例，限值到1就永远越不过",
                f"'{limit.measure}' is a share: a limit of 1 is never passed",
            )
            yield Said(text, (*place, "at_most"))


@use_lint("watch-levels", "error", "能一步步收窄，直到停用", "It can be narrowed step by step, down to off")
def watch_levels(view: View[Use]) -> Iterator[Said]:
    watch = view.file.watch
    if watch is None:
        return
    order = ("on", "second-look", "off")
    steps = list(watch.levels)
    if steps != [level for level in order if level in steps] or steps[:1] != ["on"] or steps[-1:] != ["off"]:
        text = Text(
            "levels 要从 on 开始，到 off 结束，依次写，中间可以有 second-look",
            "levels go from on to off, in order, with or without second-look between",
        )
        yield Said(text, ("watch", "levels"))
    officials = [one.measure for one in watch.limits if one.measure in _OF_OFFICIALS]
    if "second-look" not in steps and officials:
        text = Text(
            f"“{officials[0]}”看的是工作人员，levels 里要有 second-look",
            f"'{officials[0]}' is about officials, so levels needs second-look",
        )
        yield Said(text, ("watch", "levels") if view.written(("watch", "levels")) else ("watch",))
