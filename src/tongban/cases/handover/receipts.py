"""Receipts of custody: signed by whoever receives, kept by both, verified by anybody who has the card of the signer."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from tongban.base.errors import refuse
from tongban.base.jws import Jws, compact, opened
from tongban.base.keys import KeyRing, Use
from tongban.cases.handover.model import RECEIPT_TYPE, Receipt

if TYPE_CHECKING:
    from tongban.sharing.channel.neighbours import Neighbours


def sign(ring: KeyRing, receipt: Receipt, now: datetime) -> str:
    """The receipt as a compact JWS."""
    return compact(ring, ring.signer(Use.RECEIPT, now), RECEIPT_TYPE, msgspec.json.encode(receipt))


def read(neighbours: Neighbours, signer: str, token: str) -> Receipt:
    """What a member has signed, judged by the key of its card at the time that stands in it.

    Raises `Refused` (`receipt-not-genuine`).
    """
    try:
        # not yet believed: when it claims to have been signed has to be known before the key is judged
        said = msgspec.json.decode(Jws(token).payload, type=Receipt)
        proved = opened(token, RECEIPT_TYPE, lambda key_id: neighbours.receipt_key(signer, key_id), said.at)
        return msgspec.json.decode(proved, type=Receipt)
    except ValueError as error:  # msgspec's errors are ValueErrors
        raise refuse(
            "receipt-not-genuine",
            "收到的交接回执不能证明是对方签的，没有采用。",
            "The receipt could not be proved to be the other side's and was not used.",
            place=signer,
            status=502,
        ) from error
