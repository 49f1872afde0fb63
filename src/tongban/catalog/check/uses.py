"""Rules about AI-use files: measured, reviewed, answerable, and never the one who decides."""

from collections.abc import Iterator
from datetime import timedelta

from tongban.base.i18n import Text
from tongban.catalog.check.laws import doubled_laws, unnamed_acts, unread_laws
from tongban.catalog.check.registry import Said, View, use_lint
from tongban.catalog.use import Use

LONGEST_REVIEW = timedelta(days=366)


@use_lint("law-twice", "error", "法条编号不能重复", "A law id stands for one article")
def law_twice(view: View[Use]) -> Iterator[Said]:
    return doubled_laws(view.file.law)


@use_lint("law-from-memory", "warning", "没核对过原文的法条要说明", "A law not read in its text must say so")
def law_from_memory(view: View[Use]) -> Iterator[Said]:
    return unread_laws(view.file.law)


@use_lint("act-unnamed", "warning", "法律文件要有英文名", "An act has a name in English")
def act_unnamed(view: View[Use]) -> Iterator[Said]:
    return unnamed_acts(view.file.law)


@use_lint("no-legal-basis", "error", "算法应用要有依据", "An AI use needs a legal basis", law="个人信息保护法 34")
def no_legal_basis(view: View[Use]) -> Iterator[Said]:
    if not view.file.law:
        yield Said(Text("没有写依据 law", "No law is named"), ("law",), key=True)


@use_lint("model-unpinned", "error", "用的是哪个模型、哪段提示词要说死", "Model and prompt are fixed by hash")
def model_unpinned(view: View[Use]) -> Iterator[Said]:
    model = view.file.model
    if view.file.status == "draft" and model.kind == "linear":
        return  # trained by each installation on its own rows; it pins what it adopts
    wanted = {"none": (), "linear": ("weights",), "reader": ("weights",), "language-model": ("weights", "prompt")}[
        model.kind
    ]
    for name in wanted:
        if getattr(model, name) is None:
            zh = {"weights": "模型", "prompt": "提示词"}[name]
            yield Said(Text(f"没有写{zh}的摘要 {name}", f"The hash '{name}' is missing"), ("model",), key=True)


@use_lint("no-threshold", "error", "要有达不到就停用的指标", "There are thresholds below which it stops")
def no_threshold(view: View[Use]) -> Iterator[Said]:
    if not view.file.evaluation.thresholds:
        yield Said(Text("没有指标 thresholds", "There are no thresholds"), ("evaluation",), key=True)
    for index, threshold in enumerate(view.file.evaluation.thresholds):
        if (threshold.at_least is None) == (threshold.at_most is None):
            text = Text("指标要写 at_least 或 at_most 之一", "A threshold has either at_least or at_most")
            yield Said(text, ("evaluation", "thresholds", index))


@use_lint("personal-unmasked", "error", "给模型看的个人信息要遮盖", "Personal data is masked", law="个人信息保护法 51")
def personal_unmasked(view: View[Use]) -> Iterator[Said]:
    for index, seen in enumerate(view.file.sees):
        if (seen.personal or seen.sensitive) and not seen.masked:
            yield Said(Text("个人信息没有遮盖（masked: false）", "Personal data is not masked"), ("sees", index))


@use_lint(
    "impact-missing",
    "error",
    "处理个人信息的要先做影响评估",
    "Personal data needs an impact assessment first",
    law="个人信息保护法 55、56",
)
def impact_missing(view: View[Use]) -> Iterator[Said]:
    use = view.file
    if any(seen.personal or seen.sensitive for seen in use.sees) and use.impact is None:
        yield Said(Text("没有影响评估 impact", "There is no impact assessment"), ("use",), key=True)
    if use.impact is not None and use.impact.done > use.reviewed:
        text = Text("影响评估晚于审查日期", "The impact assessment is later than the review")
        yield Said(text, ("impact", "done"), severity="warning")


@use_lint(
    "not-answerable",
    "error",
    "在用的算法要写清为什么用、谁来把关、是否备案",
    "A use in operation says why, who answers for it and whether it is filed",
    law="算法推荐管理规定 16、24、26",
)
def not_answerable(view: View[Use]) -> Iterator[Said]:
    use = view.file
    if use.answerable is None:
        if use.status == "active":
            text = Text("没有写 answerable（为什么用、谁把关、备案）", "There is no 'answerable' (why, who, filing)")
            yield Said(text, ("use",), key=True)
        return
    filing = use.answerable.filing
    if bool(filing.number) == bool(filing.not_needed):
        text = Text(
            "备案写编号 number，或者写为什么不用备案 not_needed", "A filing has a number or says why not needed"
        )
        yield Said(text, ("answerable", "filing"))
    if use.model.kind == "language-model" and not use.answerable.label:
        text = Text("生成的文字怎么标识，没有写 label", "How generated text is marked ('label') is missing")
        yield Said(text, ("answerable",), key=True)


@use_lint("review", "error", "要定期审查，最长一年", "It is reviewed at least once a year", law="算法推荐管理规定 8")
def review(view: View[Use]) -> Iterator[Said]:
    use = view.file
    if use.review_by <= use.reviewed:
        yield Said(Text("下次审查不晚于上次审查", "The next review is not after the last"), ("review_by",))
    elif use.review_by - use.reviewed > LONGEST_REVIEW:
        yield Said(Text("两次审查相隔超过一年", "More than a year lies between the reviews"), ("review_by",))
    today = view.world.today
    if today is not None and use.status == "active" and today > use.review_by:
        text = Text("已过审查日期，不得继续使用", "The review is overdue; it must not run")
        yield Said(text, ("review_by",))


@use_lint("ceiling-task", "error", "用途不能超过上限", "The task must lie within the ceiling")
def ceiling_task(view: View[Use]) -> Iterator[Said]:
    order = ("guide", "precheck", "draft", "assign")
    least = {"guide": "guide", "precheck": "precheck", "extract": "precheck", "triage": "guide", "draft": "draft"}
    wanted = least.get(view.file.task.value, "guide")
    if order.index(view.file.ceiling) < order.index(wanted):
        text = Text(
            f"任务 {view.file.task.value} 需要上限 {wanted}",
            f"The task {view.file.task.value} needs the ceiling {wanted}",
        )
        yield Said(text, ("ceiling",))
    if view.file.ceiling == "assign" and view.file.task.value != "triage":
        yield Said(
            Text(
                "只有分办可以直接送出",
                "Only sorting may assign",
            ),
            ("ceiling",),
        )
