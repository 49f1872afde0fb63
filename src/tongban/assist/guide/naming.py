"""Names of services, taken apart: the thing itself, and what every second name has (办理, 审批, 县级行使)."""

import re

from tongban.assist.guide.actions import IN_NAMES
from tongban.assist.guide.reading import stem
from tongban.catalog.grams import is_latin, plain, runs

GENERIC = 0.15
"""What a word that stands in every second name is worth against one that says what the service is."""

_DULL = re.compile(
    r"\((?:据|根据)[^)]*\)|\((?:[县市省区]级[^)]*|含[^)]*|指引|承诺件|即办件|[^)]*权限|[^)]*行使)\)"
    r"|办理|申请|申领|审批|核准|核发|登记|备案|许可证?|确认|认定|审核|审查|发放|给付|新办|签发|服务|管理|业务|情况|报告|有关|从事|经营|单位|的|对|及其?|和|或|等"
)

_PAPER = re.compile(r"执业证书|执业注册|证书|注册|证照|证件|书面|证$|卡$")


def atoms_of(name: str) -> tuple[tuple[str, ...], tuple[bool, ...], tuple[int, ...], str]:
    """The characters and Latin words of a name; whether each is dull; where each stands; the text they stand in."""
    text = plain(name)
    dull = bytearray(len(text))
    for found in _DULL.finditer(text):
        dull[found.start() : found.end()] = b"\1" * (found.end() - found.start())
    atoms: list[str] = []
    places: list[int] = []
    at = 0
    for run in runs(text):
        at = text.index(run, at)
        for offset, piece in enumerate((run,) if is_latin(run) else run):
            atoms.append(stem(piece) if is_latin(piece) else piece)
            places.append(at + offset)
        at += len(run)
    return tuple(atoms), tuple(bool(dull[place]) for place in places), tuple(places), text


def family_of(name: str) -> str:
    """What is left of a name without what is done and what every name has: the same for 护士新办… and 护士延续…."""
    text = _DULL.sub("", plain(name))
    for words in IN_NAMES.values():
        text = words.sub("", text)
    return "".join(runs(_PAPER.sub("", text)))
