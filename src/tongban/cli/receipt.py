"""A receipt on the command line: what holds of it, the history in words, and what it does not prove."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from tongban.base.clock import ZONE
from tongban.base.errors import refuse
from tongban.base.i18n import Lang, Text
from tongban.ledger import records
from tongban.ledger.log import POLICY
from tongban.ledger.policy import Policy
from tongban.ledger.receipts import LIMITS, POINTS, Verification, verify

_MARKS = {True: Text("成立", "holds"), False: Text("不成立", "does not hold"), None: Text("未查", "not asked")}


def read_policy(named: Path | None, data_dir: Path) -> Policy:
    """The log's keys, from the file that is named or as the installation here published them.

    Raises Refused (`no-log-keys`, `bad-log-keys`), OSError for a named file that is not there.
    """
    path = named or data_dir / POLICY
    if named is None and not path.is_file():
        raise refuse(
            "no-log-keys",
            "没有日志的公钥：请用 --log 指定公布的 policy.json（本平台在 /open/log/policy.json 公布）",
            "No keys of the log: name the published policy.json with --log (a site publishes it at"
            " /open/log/policy.json)",
            place=str(path),
        )
    try:
        return Policy.read(path.read_bytes())
    except ValueError as error:
        raise refuse(
            "bad-log-keys", "日志公钥的文件读不懂", "The file with the log's keys cannot be read", place=str(path)
        ) from error


def checked(data: bytes, policy: Policy, now: datetime, earlier: bytes | None, lang: Lang) -> tuple[bool, str]:
    """Whether the receipt holds, and everything about it in words."""
    found = verify(data, policy, now, earlier=earlier)
    return found.holds, "\n".join(_lines(found, lang))


def _lines(found: Verification, lang: Lang) -> Iterator[str]:
    colon = "：" if lang == "zh" else ": "
    yield found.verdict[lang]
    yield ""
    for check in found.checks:
        why = f"（{check.text.zh}）" if check.text and lang == "zh" else f" ({check.text.en})" if check.text else ""
        yield f"  {POINTS[check.point][lang]}{colon}{_MARKS[check.holds][lang]}{why}"
    if not found.statements or found.checkpoint is None:
        return
    yield ""
    yield f"{Text('办件', 'Case')[lang]} {found.statements[0].case}"
    for one in found.statements:
        law = f"{colon}{one.law[lang]}" if one.law else ""
        told = f"  [{one.notice[lang]}]" if one.notice else ""
        yield f"  {one.seq:>3}  {one.at.astimezone(ZONE):%Y-%m-%d %H:%M}  {one.what[lang]}  {one.by[lang]}{law}{told}"
    yield ""
    yield f"{Text('日志', 'Log')[lang]}{colon}{found.checkpoint.origin}, {found.checkpoint.size:,}"
    for witness in found.witnesses:
        at = datetime.fromtimestamp(witness.at, ZONE)
        yield f"{Text('见证人', 'Witness')[lang]}{colon}{witness.key.name}, {at:%Y-%m-%d %H:%M}"
    yield ""
    yield from (f"- {limit[lang]}" for limit in LIMITS)


def record_lines(found: records.Found, lang: Lang) -> Iterator[str]:
    """Whether the proof of one record holds, what the record says, and what that does not prove."""
    colon = "：" if lang == "zh" else ": "
    yield found.verdict[lang]
    yield ""
    for check in found.checks:
        why = f" ({check.text[lang]})" if check.text else ""
        yield f"  {POINTS[check.point][lang]}{colon}{_MARKS[check.holds][lang]}{why}"
    if found.kind is None:
        return
    yield ""
    yield found.kind[lang]
    yield from (f"  {name[lang]}{colon}{value[lang]}" for name, value in records.lines(found))
    yield ""
    yield from (f"- {limit[lang]}" for limit in found.limits)
