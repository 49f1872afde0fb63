"""告知承诺 in a service file: what stands in the place of which papers."""

from typing import Annotated

import msgspec
from msgspec import Meta

from tongban.catalog.fields import FactName, Slug, Words


class Promise(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """告知承诺: instead of a paper the person commits in plain words (浙江最多跑一次 14; 优化营商环境条例 40, 44).

    `by` is the yes-or-no question by which a person chooses it, `replaces` the materials that it stands for; each of
    them is asked for only where the answer is no. Nobody has to choose it.
    """

    by: FactName
    says: Words
    """What is promised, word for word; the person agrees to exactly this."""
    breach: Words
    """What follows if it turns out untrue, told before anybody agrees."""
    replaces: tuple[Slug, ...]
    law: str
    years: Annotated[int, Meta(ge=1, le=3)] = 3
    """For how long a false promise keeps a person from promising again. Never longer than for plain deceit
    (行政许可法 79: three years)."""
