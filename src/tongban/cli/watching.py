"""What the watching of AI uses found, on paper or for programs."""

import sys
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from tongban.assist.watch.narrowing import AUTONOMY_NAMES, Autonomy
from tongban.assist.watch.records import Round
from tongban.assist.watch.wording import VERDICT_NAMES, sentence
from tongban.web.site import Site


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One use in one region."""

    level: Autonomy
    round: Round


@dataclass(frozen=True, slots=True)
class Watching:
    """`tongban uses watch`: the last rounds of a use, or of all; a look taken now if asked for."""

    use: str
    now: bool
    as_json: bool

    async def __call__(self, site: Site) -> int:
        """1 if a use is narrowed anywhere, else 0. Raises Refused `unknown-use` (404)."""
        watch = site.assist.watch
        if self.use:
            site.catalogue.use(self.use)
        if self.now:
            print("正在看… looking …", file=sys.stderr, flush=True)
            await watch.turn(every=timedelta())
        rounds = await watch.rounds(self.use or None)
        shown = [Shown(level=watch.level(one.use, one.region), round=one) for one in rounds]
        if self.as_json:
            sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(shown), indent=2) + b"\n")
        else:
            for one in shown:
                _tell(one)
            if not shown:
                print(
                    "还没有可看的：没有要看管的算法，或者没有用过。Nothing to show: none is watched, or none was used."
                )
        return 1 if any(one.level is not Autonomy.ON for one in shown) else 0


def _tell(one: Shown) -> None:
    found, level = one.round, AUTONOMY_NAMES[one.level]
    print(f"{found.use} {found.region}  {level.zh} {level.en}")
    print(
        f"    {found.since:%Y-%m-%d} … {found.at:%Y-%m-%d %H:%M}: 调用 calls {found.calls},"
        f" 建议 suggested {found.suggested}, 采纳 accepted {found.accepted}, 不采纳 declined {found.declined}"
    )
    for judged in found.judged:
        said, verdict = sentence(judged), VERDICT_NAMES[judged.verdict]
        print(f"    [{verdict.zh} {verdict.en}] {said.zh} {said.en}")
