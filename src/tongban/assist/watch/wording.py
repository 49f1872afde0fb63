"""Measures and levels in plain words: what is measured, what a figure means, why a use was narrowed."""

from __future__ import annotations

from collections.abc import Mapping

from tongban.assist.watch.narrowing import AUTONOMY_NAMES, Autonomy, Judged, Verdict
from tongban.base.i18n import Text
from tongban.catalog.watching import Measure

MEASURE_NAMES: Mapping[Measure, Text] = {
    Measure.DECLINED: Text("工作人员没有采纳的建议", "Suggestions that officials declined"),
    Measure.ABSTAINED: Text("机器没有给出建议", "Calls without a suggestion"),
    Measure.TOO_FAST: Text("快得来不及看就采纳", "Accepted faster than it can be read"),
    Measure.UNBROKEN: Text("一个人连续采纳、一次也不否决", "Accepted in a row by one official"),
    Measure.BLIND: Text("先看自己的再看建议时没有采纳", "Declined when the own view came first"),
    Measure.ANCHORED: Text("因为摆在眼前才跟着走的部分", "Followed only because it is there"),
    Measure.KNOWN_CASES: Text("已知答案的考题答错", "Known cases it got wrong"),
    Measure.EXERCISES: Text("练习里采纳了错误的建议", "Wrong suggestions accepted in exercises"),
    Measure.GAP_SELECTION: Text("不同人群得到建议的差距", "Gap between groups in being given a suggestion"),
    Measure.GAP_ERROR: Text("不同人群建议出错的差距", "Gap between groups in suggestions declined"),
    Measure.GAP_ABSTENTION: Text("不同人群得不到建议的差距", "Gap between groups in being given none"),
    Measure.INPUTS: Text("来问、来办的事和当初不一样了", "What comes in has changed since the start"),
    Measure.DRIFT: Text("机器有把握的程度和当初不一样了", "How sure the machine is has changed since the start"),
}

VERDICT_NAMES: Mapping[Verdict, Text] = {
    Verdict.FINE: Text("正常", "fine"),
    Verdict.WATCHED: Text("偏高，可能是偶然，继续看", "high, perhaps by chance; watched"),
    Verdict.PASSED: Text("越过限值", "limit passed"),
    Verdict.TOO_FEW: Text("件数太少，不下结论", "too few to say"),
    Verdict.UNLIMITED: Text("只看，没有设限值", "shown only, no limit"),
}

_COUNTED = frozenset({Measure.UNBROKEN})
_INDEX = frozenset({Measure.INPUTS, Measure.DRIFT})


def amount(measure: Measure, value: float) -> str:
    """A value as people read it: a share in per cent, a number of cases, an index."""
    if measure in _COUNTED:
        return f"{value:.0f}"
    if measure in _INDEX:
        return f"{value:.2f}"
    return f"{100 * value:.1f}%"


def sentence(judged: Judged) -> Text:
    """One figure beside its limit, in a sentence."""
    figure = judged.figure
    name, found = MEASURE_NAMES[figure.measure], amount(figure.measure, figure.value)
    about = Text(f"（{figure.about.zh}）", f" ({figure.about.en})") if figure.about else Text("", "")
    zh, en = f"{name.zh}{about.zh}：{found}", f"{name.en}{about.en}: {found}"
    if figure.measure not in _COUNTED | _INDEX:
        low, high = amount(figure.measure, figure.low), amount(figure.measure, figure.high)
        zh, en = f"{zh}，真实值多半在{low}到{high}之间", f"{en}, in truth most likely {low} to {high}"
    zh, en = f"{zh}，共{figure.of}件", f"{en}, of {figure.of}"
    if judged.limit is not None:
        limit = amount(figure.measure, judged.limit)
        zh, en = f"{zh}；限值{limit}", f"{en}; the limit is {limit}"
    return Text(f"{zh}。", f"{en}.")


def why_narrowed(judged: Judged, to: Autonomy) -> Text:
    """Why a use was narrowed, as the register publishes it."""
    level, said = AUTONOMY_NAMES[to], sentence(judged)
    return Text(
        f"{said.zh[:-1]}，越过了登记的限值，系统自动改为“{level.zh}”。",
        f"{said.en} That passes the registered limit, and the use narrowed itself: {level.en}.",
    )
