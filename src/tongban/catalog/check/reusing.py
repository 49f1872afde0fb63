"""Rules about reuse files: what is reused exists above, and the lower level may only be stricter."""

from collections.abc import Iterator

from tongban.base.i18n import Text
from tongban.catalog.check.registry import Said, View, reuse_lint
from tongban.catalog.check.uses import LONGEST_REVIEW
from tongban.catalog.watching import Reuse


@reuse_lint(
    "reuse-unknown",
    "error",
    "复用的算法应用要有登记",
    "What is reused is in the register",
    law="政务领域人工智能大模型部署应用指引",
)
def reuse_unknown(view: View[Reuse]) -> Iterator[Said]:
    use = view.world.uses.get(view.file.reuse.use)
    if use is None:
        text = Text(
            f"没有“{view.file.reuse.use}”的登记；请把上级的登记文件放在旁边",
            f"There is no record of '{view.file.reuse.use}'; put the upper level's file beside this one",
        )
        yield Said(text, ("reuse", "use"))
    elif use.watch is None:
        text = Text(
            f"“{use.use}”的登记没有写 watch，看不了就不能复用",
            f"The record of '{use.use}' lays no watch down: what cannot be watched is not reused",
        )
        yield Said(text, ("reuse", "use"))


@reuse_lint("reuse-from", "error", "只能复用上级的", "Only what lies above is reused")
def reuse_from(view: View[Reuse]) -> Iterator[Said]:
    region, above = view.file.region, view.file.reuse.from_
    if above == region or above not in (f"{region[:4]}00", f"{region[:2]}0000"):
        text = Text(
            f"{above} 不是 {region} 的上级；写所在的市或者省的代码",
            f"{above} does not lie above {region}; name its city or province",
        )
        yield Said(text, ("reuse", "from"))


@reuse_lint("reuse-looser", "error", "下级的限值只能更严", "A lower level may only be stricter")
def reuse_looser(view: View[Reuse]) -> Iterator[Said]:
    use = view.world.uses.get(view.file.reuse.use)
    if use is None or use.watch is None:
        return
    for index, limit in enumerate(view.file.limits):
        above = use.watch.limit(limit.measure)
        if above is not None and limit.at_most > above:
            text = Text(
                f"“{limit.measure}”的限值{limit.at_most}比上级的{above}宽",
                f"The limit of '{limit.measure}', {limit.at_most}, is looser than {above} above",
            )
            yield Said(text, ("limits", index, "at_most"))
    if view.file.least is not None and view.file.least > use.watch.least:
        text = Text(
            f"least {view.file.least} 比上级的{use.watch.least}大，会更晚才发现问题",
            f"least {view.file.least} is more than {use.watch.least} above: harm would be seen later",
        )
        yield Said(text, ("least",))


@reuse_lint("review", "error", "要定期审查，最长一年", "It is reviewed at least once a year", law="算法推荐管理规定 8")
def review(view: View[Reuse]) -> Iterator[Said]:
    file, today = view.file, view.world.today
    if file.review_by <= file.reviewed or file.review_by - file.reviewed > LONGEST_REVIEW:
        text = Text("下次审查要在上次之后、一年之内", "The next review comes after the last, within a year")
        yield Said(text, ("review_by",))
    elif today is not None and file.switch == "on" and today > file.review_by:
        yield Said(Text("已过审查日期，不得继续使用", "The review is overdue; it must not run"), ("review_by",))
