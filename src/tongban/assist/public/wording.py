"""Short names for what stands in an entry: abstentions, measured qualities, what a use may do."""

from collections.abc import Mapping

from tongban.assist.watch.narrowing import AUTONOMY_NAMES
from tongban.base.i18n import Text

CODES: Mapping[str, Text] = {
    "not-registered": Text("没有登记", "not registered"),
    "not-active": Text("没有启用", "not in operation"),
    "review-overdue": Text("过了审查日期", "review overdue"),
    "not-measured": Text("没有评测", "not measured"),
    "measurement-expired": Text("评测过期", "measurement too old"),
    "below-threshold": Text("没有达到标准", "short of its standard"),
    "switched-off": Text("已关掉", "switched off"),
    "not-reused": Text("还没有打开复用", "reuse not switched on"),
    "opted-out": Text("本人不愿用", "declined by the person"),
    "over-budget": Text("用量已满", "allowance spent"),
    "too-slow": Text("太慢", "too slow"),
    "given-up": Text("没有等结果", "not waited for"),
    "model-failed": Text("出错", "failed"),
    "no-evidence": Text("说不出依据", "nothing to rest on"),
    "not-logged": Text("无法留痕", "could not be recorded"),
    "unsure": Text("没有把握", "not sure"),
    "not-trained": Text("没有培训", "not trained"),
    "no-model": Text("没有配置模型", "no model set up"),
}
METRICS: Mapping[str, Text] = {
    "hit-at-1": Text("第一个就对", "first answer right"),
    "hit-at-3": Text("前三个里有对的", "right among the first three"),
    "macro-f1": Text("各类平均的准确程度（宏F1）", "accuracy averaged over categories (macro F1)"),
    "top-3": Text("前三类里有对的", "right among the first three"),
    "accuracy": Text("准确率", "accuracy"),
    "ece": Text("说的把握和实际相差多少", "how far stated confidence is from what is so"),
    "wrong-confident": Text("答错却很有把握", "wrong but confident"),
    "held": Text("自己写的话都有依据", "its own sentences that have a basis"),
    "caught": Text("造假的话被查出", "falsified sentences caught"),
    "spared": Text("换个说法的真话没有误删", "true sentences in other words kept"),
    "named": Text("摘要没有漏掉要点", "summaries that leave out nothing that matters"),
    "false-caught": Text("人写的假话被查出", "false claims written by people caught"),
    "true-kept": Text("人写的真话没有误删", "true claims written by people kept"),
    "fields-text": Text("电子文件读对的栏目", "fields read right from text files"),
    "fields-clean": Text("清楚的图片读对的栏目", "fields read right from clean pictures"),
    "fields-phone": Text("手机拍的图片读对的栏目", "fields read right from photographs"),
    "stamped-flagged": Text("盖了章的栏目提醒人工核对", "stamped fields flagged for a person"),
    "false-agreeing": Text("不一致却说一致", "differences called agreement"),
    "sure": Text("有把握的占多少", "share answered with certainty"),
    "sure-accuracy": Text("有把握的里面对的", "right among those answered with certainty"),
    "skill": Text("误差比“去年同周”小多少", "error below that of last year's same week"),
    "coverage": Text("实际落在区间里的", "actual counts inside the interval"),
    "brier": Text("预警和结果的平均差距（Brier）", "mean distance of warnings from what became of it (Brier)"),
    "brier-base": Text("只报总的超期率时的差距", "the same for the overall share of late cases"),
    "brier-skill": Text("比只报总的超期率准多少", "how much better than giving the overall share of late cases"),
    "shown": Text("比“去年同周”准、给出来的", "series better than last year's week, which are shown"),
}
LEVELS: Mapping[str, Text] = {level.value: name for level, name in AUTONOMY_NAMES.items()}
"""How far a use is let, as watching has it."""
CEILINGS: Mapping[str, Text] = {
    "guide": Text("帮着找", "help to find"),
    "precheck": Text("帮着看材料", "look over papers"),
    "draft": Text("起草文字，由人来改、来签", "draft words that a person edits and signs"),
    "assign": Text("有把握的诉求替人先勾好机关，由人派出", "tick the body of sure requests; a person sends them"),
}
KINDS: Mapping[str, Text] = {
    "none": Text("没有训练过的模型，只有规则、检索或者算术", "nothing trained: rules, search or arithmetic"),
    "linear": Text("用本地数据训练的线性模型", "a linear model trained on local data"),
    "reader": Text("识别图片里的字的模型", "a model that reads letters in pictures"),
    "language-model": Text("语言模型", "a language model"),
}
SWITCHED_BY: Mapping[str, Text] = {
    "official": Text("工作人员", "an official"),
    "operator": Text("平台运行方", "whoever runs the platform"),
    "threshold": Text("达不到标准，自动关掉", "by itself, below its limit"),
}


def named(table: Mapping[str, Text], word: str) -> Text:
    """A word's name; a use's own word, which no table has, stands for itself."""
    return table.get(word, Text(word, word))
