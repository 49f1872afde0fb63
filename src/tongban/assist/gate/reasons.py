"""Why there is no suggestion, in words for the person who waits for one. The ordinary path always goes on."""

from collections.abc import Mapping

from tongban.assist.model import Abstain
from tongban.base.i18n import Text

WHY: Mapping[str, Text] = {
    "not-registered": Text("这个算法没有登记，所以没有使用。", "This use is not in the register, so it was not used."),
    "not-active": Text("这个算法还没有启用，或者已经停用。", "This use is not in operation."),
    "not-reused": Text(
        "本地登记了复用上级的算法，但还没有打开。", "This region has registered to reuse it and has not switched it on."
    ),
    "review-overdue": Text(
        "这个算法过了审查日期（{day}），审查之前不使用。", "Its review was due on {day}; it is not used until then."
    ),
    "not-measured": Text(
        "这个算法的这一版还没有评测，所以没有使用。", "This version has not been measured, so it was not used."
    ),
    "measurement-expired": Text(
        "这个算法的评测到{day}为止有效，重新评测之前不使用。",
        "Its measurement was good until {day}; it is not used until it is measured again.",
    ),
    "below-threshold": Text(
        "这个算法没有达到自己登记的标准（{metric}），所以没有使用。",
        "It fell short of its own standard ({metric}), so it was not used.",
    ),
    "switched-off": Text("这个算法已经关掉：{reason}。", "It has been switched off: {reason}."),
    "opted-out": Text("您选择了不使用算法，这件事由工作人员办理。", "You chose not to have a machine look at this."),
    "not-trained": Text(
        "您还没有通过这个算法要求的培训，或者培训已经到期；在“培训”页看怎么补。照常办，不受影响。",
        "You have not passed the training that it asks for, or that has run out; see Training. Work goes on as usual.",
    ),
    "over-budget": Text("今天使用这个算法的次数或费用已经用完。", "Today's allowance for this use is spent."),
    "too-slow": Text("这个算法没有及时给出结果。", "It gave no answer in time."),
    "given-up": Text("没有等到结果就离开了。", "Nobody waited for the answer."),
    "model-failed": Text("这个算法暂时不能用。", "It is not working at the moment."),
    "no-evidence": Text("算法给出的结果说不出依据，没有采用。", "What it gave had nothing to rest on and was dropped."),
    "not-logged": Text("暂时无法留下使用记录，所以没有使用。", "Its use could not be recorded, so it was not used."),
    "unsure": Text("算法没有把握，不作建议。", "It is not sure enough to suggest anything."),
    "no-model": Text("这里没有配置模型。", "No model is set up here."),
}
"""Every code the gate itself abstains with. Uses may add codes of their own."""


def abstain(use: str, code: str, call: str = "", **said: object) -> Abstain:
    """An abstention with its reason."""
    text = WHY[code]
    return Abstain(use=use, code=code, why=text.format(**said) if said else text, id=call)
