"""Find groups of opinion in the votes of a consultation, by votes alone. 只凭表态找出意见群体。"""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tongban.cli.saying import saying_refusals, sentence

if TYPE_CHECKING:
    from tongban.voice.participation.groups import Opinion

SIDE = {"agree": "agree · 同意", "disagree": "disagree · 不同意"}
MOST_GROUPS = 26


def _groups(text: str) -> int:
    number = int(text)
    if not 2 <= number <= MOST_GROUPS:
        raise ValueError(text)
    return number


_groups.__name__ = f"number of groups (2 to {MOST_GROUPS})"


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban opinion`."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    groups = verbs.add_parser(
        "groups", **sentence("a group for each participant, and how good they are · 分出意见群体")
    )
    groups.add_argument("file", type=Path, metavar="PARTICIPANTS_VOTES.csv", help="a row a participant · 一行一人")
    groups.add_argument("--k", type=_groups, metavar="N", help="that many groups (default: 2 to 5, the best) · 分几群")
    groups.add_argument(
        "--statements",
        type=Path,
        metavar="COMMENTS.csv",
        help="words of the statements (default: comments.csv beside the votes) · 陈述的文字",
    )
    groups.add_argument("--json", action="store_true", help="print JSON · 输出 JSON")


def run(options: argparse.Namespace) -> int:
    """0 when answered, also when the answer is that there are no clear groups; 2 where the file is not fit."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with saying_refusals() as said:
        from tongban.voice.participation.groups import opinion_groups, read_votes

        found = opinion_groups(read_votes(options.file, options.statements), options.k)
        if options.json:
            print(msgspec.json.encode(found).decode())
        else:
            _tell(found)
    return 2 if said.status else 0


def _tell(found: "Opinion") -> None:
    print(
        f"{found.voters:,} voters, {found.counted:,} count, {found.statements:,} statements, {found.votes:,} votes · "
        f"{found.voters:,} 人表态，{found.counted:,} 人计入，{found.statements:,} 条陈述，{found.votes:,} 次表态"
    )
    quality = found.quality
    if not quality.clear:
        print("no clear groups · 没有清楚的群体")
        for reason in quality.reasons:
            print(f"  {reason.zh} {reason.en}")
        return
    tried = "  ".join(f"{k}: {score:.2f}" for k, score in quality.tried.items())
    print(f"{quality.k} groups, silhouette {quality.silhouette:.2f} ({tried}), {quality.structure:.1f}× chance")
    for group in found.groups:
        print(f"\n{group.name}  {group.size:,} people · {group.size:,} 人")
        for one in group.representative:
            print(
                f"  {SIDE[one.side]} {one.share:.0%} (others · 其他人 {one.elsewhere:.0%})  {one.statement}  {one.text}"
            )
    if found.agreement:
        print("\nall groups · 各群体都")
        for one in found.agreement:
            each = " ".join(f"{share:.0%}" for share in one.shares)
            print(f"  {SIDE[one.side]} {each}  {one.statement}  {one.text}")
    print("\nparticipant\tgroup\tvotes\tcounts · 参与者、群体、表态数、计入")
    for person in found.participants:
        group = "—" if person.group is None else found.groups[person.group].name
        print(f"{person.participant}\t{group}\t{person.votes}\t{'yes' if person.counts else 'no'}")
