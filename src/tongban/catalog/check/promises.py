"""Rules about promises (告知承诺): what one stands for is there, and is asked for only from whoever did not promise.

浙江省保障“最多跑一次”改革规定 14; 优化营商环境条例 40, 44.
"""

from collections.abc import Iterator

from tongban.base.i18n import Text
from tongban.catalog.check.registry import Said, View, service_lint
from tongban.catalog.model import FactType, Service

_LAW = "优化营商环境条例 44"


@service_lint(
    "promise-question",
    "error",
    "要不要用承诺，由人自己选",
    "Whether to promise is for the person to choose",
    law=_LAW,
)
def promise_question(view: View[Service]) -> Iterator[Said]:
    """`by` is a yes-or-no question that is asked of the person and comes from no record."""
    promise = view.file.promise
    if promise is None:
        return
    fact = view.file.facts.get(promise.by)
    if fact is None or fact.type is not FactType.BOOLEAN or fact.derive or fact.source is not None:
        said = Text(
            f"“{promise.by}”要是这个事项里一个问本人的是非题（facts 里 type 为 boolean，没有 derive、source）",
            f"'{promise.by}' must be a yes-or-no question to the person (type: boolean, without derive or source)",
        )
        yield Said(said, ("promise", "by"))


@service_lint(
    "promise-replaces",
    "error",
    "承诺代替的材料，选了承诺就不能再要",
    "Whoever promised is not asked for the papers that the promise stands for",
    law=_LAW,
)
def promise_replaces(view: View[Service]) -> Iterator[Said]:
    """Each of `replaces` is a material of the file, asked for where the answer is no and nowhere else."""
    promise = view.file.promise
    if promise is None:
        return
    for index, slug in enumerate(promise.replaces):
        material = view.file.materials.get(slug)
        path = ("promise", "replaces", index)
        if material is None:
            yield Said(Text(f"没有“{slug}”这项材料", f"There is no material '{slug}'"), path)
        elif not _only_without(material.when, promise.by):
            said = Text(
                f"材料“{slug}”选了承诺还会要；它的 when 要有“{promise.by} = false”这一条（用 and 连着别的条件）",
                f"'{slug}' may be asked for although the person promised; its when needs '{promise.by} = false',"
                " joined to other conditions by 'and'",
            )
            yield Said(said, path)


def _only_without(when: str, by: str) -> bool:
    """Whether a condition holds only where the answer to `by` is no: it is one of the parts that `and` joins."""
    parts = [" ".join(part.split()) for part in when.split(" and ")]
    no = (f"{by} = false", f"not({by})", f"not {by}")
    return " or " not in when and any(part.strip("() ") in no or part in no for part in parts)
