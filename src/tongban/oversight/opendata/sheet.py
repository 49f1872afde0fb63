"""The data sheet of a release: what it is, who made it, how, what it is good for, and what it does not say."""

from __future__ import annotations

from collections.abc import Sequence

from tongban.catalog.model import Law
from tongban.oversight.model import DIMENSIONS, UNITS, Indicator
from tongban.oversight.opendata.files import FIGURES, GAPS, MANIFEST, SUMS, VALUES, Release


def _law(law: Law) -> str:
    article = f"第{law.article}条" if law.article else ""
    return f"{law.act}{article} [{law.tag}]"


def sheet(release: Release, indicators: Sequence[Indicator], fine: Sequence[tuple[str, Sequence[str]]]) -> str:
    """The sheet in both languages, as Markdown."""
    budget = sum((float(one.epsilon) for one in release.budget), 0.0)
    listed = "\n".join(
        f"| `{one.indicator}` | {one.name.zh} | {one.name.en} | {UNITS[one.unit].zh} | {DIMENSIONS[one.dimension].zh} |"
        f" {'、'.join(_law(law) for law in one.law)} |"
        for one in indicators
    )
    tables = "\n".join(f"* `{name}`: {', '.join(columns)}, count" for name, columns in fine)
    costs = "\n".join(
        f"| `{one.table}` | {one.epsilon} | {one.scale} | {one.most} | {one.cells} |" for one in release.budget
    )
    noise_zh = (
        f"细表里每个数都加了离散拉普拉斯噪声（OpenDP），本月一个人合计 ε = {budget:g}。"
        "只数当月提交的办件，一个人最多算头两件。负数照原样留着：截掉会让小的数平均偏大。同一个月的噪声只抽一次，再发布就是同一份文件。"
        if release.budget
        else "本次没有细表：这台机器没有装 OpenDP（requirements-opendata.lock），或者还不知道申请人的年龄段。"
    )
    noise_en = (
        f"Every number of a fine table has discrete Laplace noise (OpenDP); in this month ε = {budget:g} for a person"
        " in all. Only what was submitted in the month counts, of a person the first two cases at most. Negative"
        " numbers stay: without them small ones were too large. The noise of a month is drawn once;"
        " releasing again gives the same files."
        if release.budget
        else "No fine tables this time: OpenDP (requirements-opendata.lock) is not installed, or who asked is unknown."
    )
    return f"""# 政务服务公开数据 {release.month} · Open data of government services, {release.month}

来源 · From: {release.origin} · 制作 · Made: {release.made_at:%Y-%m-%d %H:%M %Z} · tongban {release.software}
许可 · Licence: {release.licence}

## 是什么 · What it is

* `{FIGURES}`：每项指标的分子、分母、涉及的行数，按机关、区划、事项等分组。分子除以分母再乘单位，就是指标。
  The two sums of each indicator, and of how many rows, by body, region, service and so on.
* `{VALUES}`：平台自己算出的值，供您核对。 What the platform makes of them, to be checked.
* `{GAPS}`：服务得最好的组和最差的组差多少。 How far the worst served group is from the best.
* `indicators/`：每项指标的公式、依据和白话说明。 The formula, law and plain words of each.
{tables}
* `{MANIFEST}`：签名的清单；`{SUMS}`：校验和。 The signed list; checksums.

重算 · Recompute: `tongban indicators recompute DIR`，不需要数据库 · needs no database.
校验 · Verify: `sha256sum -c {SUMS}`；签名 · signature: `tongban indicators recompute DIR --keys KEYS`.

| id | 指标 | indicator | 单位 | 维度 | 依据 |
|---|---|---|---|---|---|
{listed}

## 怎么来的 · How it was made

从办件历史（每个动作一条）整理成不含任何人的行，再按公式相加。一个办件只在第一次答复的那个月算一次；重新打开另有指标。
数在发布那天定下，之后不再改；晚到的事件算在平台内部的数里，不改已经发布的月份。
Made from the history of cases, an event at a time, as rows without any person, added up by the formulas. A case counts
once, in the month of its first answer. Numbers are fixed on the day of release; what came later changes no release.

## 隐私 · Privacy

少于 {release.small} 件的组不公布；凡是能用别的数加减出这样一组的数也不公布，判断方法就是攻击本身：在整数上消元。
Groups of fewer than {release.small} cases are not shown, nor is any number from which, with the others, such a group
could be worked out by adding and subtracting. A group is who is counted: how many of a large group were late is shown.
所有指标和以前各月已经公布的数放在一起判断；只说明谁来办、怎么来办的分子（如网上办的人）也当成一组人。
All indicators, and what was released of earlier months, are looked at together; a numerator that only says who asked or
how (as those who came online) is a group of people too.

{noise_zh}
{noise_en}

| 表 table | ε | 尺度 scale | 每人至多 most | 格 cells |
|---|---|---|---|---|
{costs}

准确的数和带噪声的数怎么并存：准确的数只有足够大的组，噪声的保证是“在这些准确数已经公开的前提下”成立的。
How both fit: exact numbers are of large groups only; what the noise promises, it promises given that they are public.

## 不能说明什么 · What it does not say

* 门槛数的是办件、评价，不是人：一个人办了十件，也是十件；一个办件有十步，只算一件。
  The threshold counts cases or ratings, not people: ten cases of one person are ten, ten steps of one case are one.
* 指标比的是期限和次数，不比决定对不对。 Figures compare times and counts, not whether decisions were right.
* 每个值都能从分子和分母重算；分子、分母从一件件办件加起来那一步，公众不能重算：一件件的办件能让人认出是谁，不发布。
  Every value can be worked out again from its two sums. How these were added up from single cases cannot be repeated
  from a release: single cases would tell who somebody is, and are not in it.
* 没有列出的组不等于没有办件。 A group that is not listed may have cases.
* 数据不能用来认出任何人。 Nobody may be identified with it.
"""
