"""Follow a public log and shout if anything in it was rewritten, forked or shortened; what was seen is kept in a file.
跟踪公开日志：有人改写、分叉或缩短就报警。看到的状态存在文件里，下次接着查。

  tongban audit URL|DIR [--keys policy.json] [--state FILE] [--with RECEIPT] [--every SECONDS]
"""

import argparse
import asyncio
import re
import sys
from pathlib import Path
from typing import Final

import httpx

from tongban.base.clock import Clock, system_clock
from tongban.base.i18n import LANGS, Lang, Text
from tongban.cli.progress import Bar
from tongban.ledger.audit import Audited, Fetch, Kept, audit, compare
from tongban.ledger.faults import FAULTS, Untrue
from tongban.ledger.policy import Policy
from tongban.ledger.proofs import Proof
from tongban.ledger.receipts import looks_like_one

_SECONDS: Final = 20.0
_MOST: Final = 32 << 20

_FIRST = Text(
    "第一次查这个日志：公钥取自日志自己。请与公告的公钥核对，或用 --keys 指定。",
    "First look at this log: its keys are its own word. Compare them with those announced, or name them with --keys.",
)
_GOOD = Text("没有发现改写：{n}条，其中新看到{f}条。", "Nothing was rewritten: {n} entries, {f} of them new.")
_WITNESSED = Text("签名的见证人：{n}个。", "Witnesses that signed: {n}.")
_COMPARED = Text("手里的检查点（{n}条）是同一个日志。", "The checkpoint at hand ({n} entries) is of the same log.")
_BAD = Text("警报！日志不可信：{why}（{detail}）", "ALARM! The log cannot be trusted: {why} ({detail})")
_KEPT = Text(
    "证据已存入 {file}，请不要删除，并交给监督机关。",
    "The evidence is in {file}. Keep it, and hand it to a supervisor.",
)
_AWAY = Text("连不上日志：{why}", "The log cannot be reached: {why}")


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban audit`."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("log", help="address or folder of the log · 日志的网址或文件夹")
    parser.add_argument("--keys", type=Path, help="the log's keys (policy.json) as announced · 公告的公钥")
    parser.add_argument("--state", type=Path, help="where to keep what was seen · 状态文件")
    parser.add_argument("--with", dest="other", type=Path, help="a receipt or checkpoint to compare · 要比对的回执")
    parser.add_argument("--every", type=float, help="go on, every so many seconds · 每隔几秒再查")
    parser.add_argument("--lang", choices=LANGS, default="zh")


def run(options: argparse.Namespace) -> int:
    """0 nothing was rewritten; 1 the log did what it must not; 2 nothing could be checked."""
    state: Path = options.state or Path(f"audit-{re.sub(r'[^A-Za-z0-9.-]+', '-', options.log).strip('-')}.json")
    try:
        return asyncio.run(_follow(options, state, _kept(options, state), system_clock()))
    except (OSError, httpx.HTTPError) as error:
        print(_away(error)[options.lang], file=sys.stderr)
        return 2
    except ValueError as error:
        print(f"{error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0


async def _follow(options: argparse.Namespace, state: Path, kept: Kept | None, clock: Clock) -> int:
    other = options.other.read_bytes() if options.other else None
    async with httpx.AsyncClient(timeout=_SECONDS, trust_env=False, follow_redirects=False) as http:
        fetch = _from(options.log, http)
        kept = kept or await _introduced(options, fetch)
        while True:
            try:
                found = await _once(options.lang, state, clock, fetch, kept, other)
            except (OSError, httpx.HTTPError) as error:
                if options.every is None:
                    raise
                found = kept  # a portal that is started anew is away for a moment, and is followed on
                print(_away(error)[options.lang], file=sys.stderr, flush=True)
            if found is None or options.every is None:
                return 1 if found is None else 0
            kept = found
            await asyncio.sleep(options.every)


def _away(error: Exception) -> Text:
    return _AWAY.format(why=str(error) or type(error).__name__)


async def _once(lang: Lang, state: Path, clock: Clock, fetch: Fetch, kept: Kept, other: bytes | None) -> Kept | None:
    """What to keep now, saved; None where the log did what it must not, with the evidence saved."""
    shown = b""

    async def looking(path: str) -> bytes | None:
        nonlocal shown
        data = await fetch(path)
        if path == "checkpoint":
            shown = data or b""  # the evidence is the one that was judged: the next might be another
        return data

    try:
        with Bar("entries 条") as bar:
            found = await audit(looking, kept, clock(), lambda done, of: bar(done / of))
        _save(state, bytes(found.kept))
        print(_said(found, lang), flush=True)
        if other is not None:
            note = bytes(Proof.read(other).note) if looks_like_one(other) else other
            seen = await compare(fetch, found.kept, note, clock())
            print(_COMPARED.format(n=f"{seen.size:,}")[lang])
    except Untrue as untrue:
        print(_BAD.format(why=FAULTS[untrue.fault], detail=untrue.detail or untrue.fault)[lang], file=sys.stderr)
        evidence = state.with_suffix(f".evidence-{clock():%Y%m%d-%H%M%S}.txt")
        _save(evidence, b"\n".join((shown, kept.note.encode(), other or b"")))
        print(_KEPT.format(file=str(evidence))[lang], file=sys.stderr)
        return None
    return found.kept


def _said(found: Audited, lang: Lang) -> str:
    size = found.seen.checkpoint.size
    return "\n".join(
        (
            _GOOD.format(n=f"{size:,}", f=f"{found.fresh:,}")[lang],
            _WITNESSED.format(n=len(found.seen.witnesses))[lang],
        )
    )


def _kept(options: argparse.Namespace, state: Path) -> Kept | None:
    """What was seen the last time; at first, whom to believe if that is said. Raises ValueError, OSError."""
    named = Policy.read(options.keys.read_bytes()) if options.keys else None
    if not state.is_file():
        return Kept(policy=named) if named else None
    kept = Kept.read(state.read_bytes())
    if named and named != kept.policy:
        raise ValueError(f"{state}: other keys than {options.keys} 公钥与上次不同，请核实后换一个 --state")
    return kept


async def _introduced(options: argparse.Namespace, fetch: Fetch) -> Kept:
    """The first time, by the log's own word. Raises ValueError."""
    data = await fetch("policy.json")
    if data is None:
        raise ValueError("no keys: name them with --keys 没有公钥，请用 --keys 指定")
    print(_FIRST[options.lang], file=sys.stderr)
    return Kept(policy=Policy.read(data))


def _from(log: str, http: httpx.AsyncClient) -> Fetch:
    if not log.startswith(("http://", "https://")):
        folder = Path(log)
        if not folder.is_dir():
            raise FileNotFoundError(f"{log}: no such folder 没有这个文件夹")

        async def read(path: str) -> bytes | None:
            file = folder / path
            return file.read_bytes() if file.is_file() else None

        return read

    async def fetch(path: str) -> bytes | None:
        response = await http.get(f"{log.rstrip('/')}/{path}")
        if response.status_code == 404:
            return None
        response.raise_for_status()
        if len(response.content) > _MOST:
            raise OSError(f"{path}: too large")
        return response.content

    return fetch


def _save(path: Path, data: bytes) -> None:
    draft = path.with_suffix(".new")
    draft.write_bytes(data)
    draft.replace(path)
