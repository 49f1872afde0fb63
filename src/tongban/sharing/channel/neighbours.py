"""Installations beside ours: who they are, what they answer for, and by which keys they are believed.

Each installation writes a card of itself. Administrators give each other their cards by hand, as certificates of a
peer are pinned: what is not on a card is not believed, and no third party can put one there. The cards are files that
may come, change and go while the platform runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from tongban.base.clock import Clock
from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.base.keys import KeyRing, PublicKey, Use
from tongban.org.entries import lineage
from tongban.sharing.channel.model import Member
from tongban.sharing.channel.registry import Registry, RegistryDocument

OWN: Final = Path("exchange") / "card.json"
"""Our own card, in the data directory of the installation."""
BESIDE: Final = Path("exchange") / "neighbours"
"""The cards of the others."""


class Card(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What an installation says of itself. Nothing on it is secret.

    `member` has its code, the name of its province, its address and the keys of its messages. `regions` are the codes
    of what it answers for: each covers what lies in it. `keys` are those of its receipts and
    certificates, and the one that signs its published list of keys. `site` is where it publishes those keys and how its
    certificates stand, if that is not where its messages go.
    """

    member: Member
    regions: tuple[str, ...]
    keys: tuple[PublicKey, ...] = ()
    site: str = ""

    @property
    def published(self) -> str:
        """Where it publishes, without a stroke at the end. A certificate may name no other address: what is fetched is
        chosen by the administrators who gave each other their cards, never by a file that somebody brought."""
        return (self.site or self.member.node).rstrip("/")

    def answers_for(self, region: str) -> bool:
        """Whether bodies of this region work there."""
        return any(code in self.regions for code in lineage(region))

    def key(self, key_id: str, use: Use) -> PublicKey | None:
        """One of its keys for this use."""
        return next((key for key in self.keys if key.id == key_id and key.use is use), None)


def card_of(ring: KeyRing, *, code: str, name: Text, body: str, address: str, regions: tuple[str, ...]) -> Card:
    """Our own card, with the keys that the ring has now."""
    keys = tuple(ring.public.values())
    return Card(
        member=Member(
            code=code, name=name, body=body, node=address, keys=tuple(key for key in keys if key.use is Use.EXCHANGE)
        ),
        regions=regions,
        keys=tuple(key for key in keys if key.use in (Use.RECEIPT, Use.CERTIFICATE, Use.REGISTRY)),
    )


def write(path: Path, card: Card) -> None:
    """Put a card where it is read; a reader sees the old one or the new one, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.new")
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(card)))
    draft.replace(path)


class Neighbours:
    """The cards as they lie there now; `Registered` for messages between installations."""

    def __init__(self, data_dir: Path, clock: Clock) -> None:
        self._own, self._folder, self._clock = data_dir / OWN, data_dir / BESIDE, clock
        self._read: tuple[tuple[tuple[str, int], ...], Card, Mapping[str, Card], Registry] | None = None

    @property
    def exist(self) -> bool:
        """Whether this installation hands cases over at all."""
        return self._own.is_file()

    @property
    def own(self) -> Card:
        """Ours. Raises `Refused`: `no-neighbours` (404), `card-wrong` (500)."""
        return self._now()[0]

    def all(self) -> tuple[Card, ...]:
        """The others, by code; none where there is no card of ours."""
        return tuple(self._now()[1].values()) if self.exist else ()

    def card(self, code: str) -> Card | None:
        """One of the others."""
        return self._now()[1].get(code) if self.exist else None

    def of_region(self, region: str) -> Card | None:
        """The other installation whose bodies answer for a region; None for our own regions and unknown ones."""
        return next((card for card in self.all() if card.answers_for(region)), None)

    def current(self) -> Registry:
        """Us and them as members. Rights are agreements between regions, judged where the case is taken."""
        return self._now()[2]

    def receipt_key(self, code: str, key_id: str) -> PublicKey | None:
        """By which receipts of one of us are verified."""
        own, others, _ = self._now()
        card = own if code == own.member.code else others.get(code)
        return None if card is None else card.key(key_id, Use.RECEIPT)

    def _now(self) -> tuple[Card, Mapping[str, Card], Registry]:
        paths = [self._own, *sorted(self._folder.glob("*.json"))]
        try:
            state = tuple((path.name, path.stat().st_mtime_ns) for path in paths)
        except FileNotFoundError:
            raise refuse(
                "no-neighbours",
                "本平台没有与别的平台互办业务。",
                "This installation hands over no cases to others.",
                status=404,
            ) from None
        if self._read is None or self._read[0] != state:
            own, *others = (_decode(path) for path in paths)
            members = (own.member, *(card.member for card in others))
            document = RegistryDocument(
                instance=own.member.code.partition("/")[0],
                version=0,
                issued=self._clock(),
                expires=datetime.max.replace(tzinfo=self._clock().tzinfo),
                members=members,
                rights=(),
            )
            self._read = (state, own, {card.member.code: card for card in others}, Registry(document))
        return self._read[1:]


def _decode(path: Path) -> Card:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Card)
    except msgspec.MsgspecError as error:
        raise refuse(
            "card-wrong",
            f"平台名片 {path.name} 写得不对：{error}",
            f"The card {path.name} is wrong: {error}",
            place=path.name,
            status=500,
        ) from error
