"""What somebody does who has captured genuine messages, or who is a member and wants more than a right: by name.

Each attack makes a message from a captured one; none of them may be answered. Made with a seed,
so that they are the same each time.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

import msgspec
from exchange_world import BASE, BODY, CENTRE, HR, PATH, PERSON, STRANGER, World, purpose

from tongban.base.keys import Use, unbase64
from tongban.sharing.channel import profile

HOSTED = f"/x1/{HR}/hr.insurance/payments"
OTHERS = ("/x1/" + STRANGER + "/tax.income/person", HOSTED, f"/x1/{HR}/hr.employment/contract")


@dataclass
class Message:
    """One message on the wire."""

    headers: dict[str, str] | list[tuple[str, str]]
    body: bytes | list[bytes] = BODY
    path: str = PATH
    method: str = "POST"
    query: bytes = b""


class Captured(NamedTuple):
    """A genuine message: `delivered` has been answered, `held` was signed and never arrived."""

    delivered: dict[str, str]
    held: dict[str, str]


@dataclass
class Attacker:
    """Has captured messages, knows every public key, and holds a stranger's keys and, as insider, a member's."""

    world: World
    chance: Random
    captured: list[Captured] = field(default_factory=list[Captured])

    def one(self) -> Captured:
        return self.chance.choice(self.captured)

    def held(self) -> dict[str, str]:
        return dict(self.one().held)

    def nonce(self) -> str:
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        return "".join(self.chance.choice(letters) for _ in range(22))

    def signed(self, head: dict[str, str], target: str = BASE + PATH, **options: object) -> dict[str, str]:
        return self.world.sign(head, target, nonce=self.nonce(), **options)

    def another(self, text: str) -> str:
        """The same text with one character changed."""
        at = self.chance.randrange(len(text))
        letter = self.chance.choice([one for one in "0123456789abcdefABCDEF" if one != text[at]])
        return text[:at] + letter + text[at + 1 :]


def replayed(a: Attacker) -> Message:
    return Message(dict(a.one().delivered))


def body_altered(a: Attacker) -> Message:
    return Message(a.held(), a.another(BODY.decode()).encode())


def body_and_digest_altered(a: Attacker) -> Message:
    body = msgspec.json.encode({"subject": a.another(PERSON), "fields": ["months_paid"]})
    return Message(a.held() | {"content-digest": profile.digest_text(body)}, body)


def body_lengthened(a: Attacker) -> Message:
    return Message(a.held(), [BODY, a.chance.choice([b" ", b"\n", b"{}", BODY])])


def header_altered(a: Attacker) -> Message:
    head = a.held()
    name = a.chance.choice([*profile.HEADERS, "signature", "signature-input"])
    return Message(head | {name: a.another(head[name])})


def parameter_altered(a: Attacker) -> Message:
    head = a.held()
    given = head["signature-input"]
    number = str(int(a.world.clock().timestamp()) + a.chance.randrange(1, 100))
    changed = a.chance.choice(
        [
            given.replace(given.partition("created=")[2][:10], number, 1),
            given.replace(given.partition("expires=")[2][:10], number, 1),
            given.replace(given.partition('nonce="')[2][:22], a.nonce()),
            given.replace("gov-x1", "gov-x2"),
            given.replace("x1=", "x2=", 1),
        ]
    )
    return Message(head | {"signature-input": changed})


def late(a: Attacker) -> Message:
    window = a.chance.randrange(1, 300)
    created = int(a.world.clock().timestamp()) - window - a.chance.randrange(1, 1_000_000)
    return Message(a.signed(a.world.head(), created=created, window=window))


def from_the_future(a: Attacker) -> Message:
    return Message(a.signed(a.world.head(), created=int(a.world.clock().timestamp()) + a.chance.randrange(31, 10_000)))


def valid_for_ever(a: Attacker) -> Message:
    return Message(a.signed(a.world.head(), window=a.chance.randrange(301, 100_000_000)))


def retargeted(a: Attacker) -> Message:
    path = a.chance.choice(OTHERS)
    head = a.held()
    return Message(head | ({"gov-service": path.removeprefix("/x1/")} if a.chance.random() < 0.5 else {}), path=path)


def signed_for_another_node(a: Attacker) -> Message:
    base = a.chance.choice(["https://tax.node.example", "http://hr.node.example", BASE + ":444", BASE + "/proxy"])
    return Message(a.signed(a.world.head(), base + PATH) | {"host": "tax.node.example"})


def another_method(a: Attacker) -> Message:
    return Message(a.held(), method=a.chance.choice(["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "QUERY"]))


def path_bent(a: Attacker) -> Message:
    turns = ("%2F", "%2f", "/./", "//", "/%2e%2e/", "/x/../", "\\", "%252F", ";/", "/%00/", "%c0%af", "?/", "#/")
    at = a.chance.choice([n for n, letter in enumerate(PATH) if letter == "/"])
    return Message(a.held(), path=PATH[:at] + a.chance.choice(turns) + PATH[at + 1 :])


def query_added(a: Attacker) -> Message:
    return Message(a.held(), query=a.chance.choice([b"fields=wage", b"a", b"%00", b"gov-client=x"]))


def algorithm_downgraded(a: Attacker) -> Message:
    head = a.held()
    named = a.chance.choice(["none", "hmac-sha256", "rsa-v1_5-sha256", "ecdsa-p256-sha256", "Ed25519", ""])
    given = head["signature-input"].replace('alg="ed25519"', f'alg="{named}"')
    if a.chance.random() < 0.3:
        given = head["signature-input"].replace(';alg="ed25519"', "")
    # The public key as a shared secret: the oldest trick (RFC 8725 §2.1).
    base = profile.base(head, given.removeprefix("x1="), "POST", BASE + PATH)
    proof = hmac.digest(unbase64(a.world.key().public), base, "sha512")
    return Message(head | {"signature-input": given, "signature": f"x1=:{profile.base64(proof)}:"})


def less_covered(a: Attacker) -> Message:
    """The member's own key signs truly, but not everything."""
    head = a.world.head()
    left_out = a.chance.choice([*profile.HEADERS, "@method", "@target-uri"])
    names = [name for name in ("@method", "@target-uri", *profile.HEADERS) if name != left_out]
    if a.chance.random() < 0.3:
        names = ["@method", "@target-uri", *a.chance.sample(profile.HEADERS, len(profile.HEADERS))]
        names[2:] = names[2:] if tuple(names[2:]) != profile.HEADERS else names[:1:-1]
    return Message(_own_signature(a, head, names))


def _own_signature(a: Attacker, head: dict[str, str], names: list[str]) -> dict[str, str]:
    key, created = a.world.key(), int(a.world.clock().timestamp())
    said = head | {"@method": "POST", "@target-uri": BASE + PATH}
    components = " ".join(f'"{name}"' for name in names)
    parameters = (
        f'({components});created={created};keyid="{key.id}";alg="ed25519";expires={created + 60}'
        f';nonce="{a.nonce()}";tag="gov-x1"'
    )
    lines = "\n".join(f'"{name}": {said[name]}' for name in names)
    proof = a.world.centre.sign(key.id, f'{lines}\n"@signature-params": {parameters}'.encode())
    return head | {"signature-input": f"x1={parameters}", "signature": f"x1=:{profile.base64(proof)}:"}


def unsigned(a: Attacker) -> Message:
    head = a.held()
    for name in a.chance.choice([("signature",), ("signature-input",), ("signature", "signature-input")]):
        del head[name]
    return Message(head)


def signed_by_a_stranger(a: Attacker) -> Message:
    ring = a.chance.choice([a.world.stranger, a.world.node])
    client = a.chance.choice([CENTRE, STRANGER])
    return Message(a.signed(a.world.head(gov_client=client), ring=ring))


def under_a_stolen_name(a: Attacker) -> Message:
    """A stranger's signature under the key id of the member."""
    strange = a.world.stranger.signer(Use.EXCHANGE, a.world.clock())
    named = msgspec.structs.replace(strange, id=a.world.key().id)
    head = profile.signed(
        a.world.head(),
        BASE + PATH,
        key=named,
        sign=lambda _, base: a.world.stranger.sign(strange.id, base),
        created=int(a.world.clock().timestamp()),
        nonce=a.nonce(),
    )
    return Message(head)


def second_signature(a: Attacker) -> Message:
    one, two = a.held(), a.signed(a.world.head())
    label = a.chance.choice(["x1", "x2", "x1sm", "a"])
    pairs = [(one[name], two[name].replace("x1=", f"{label}=", 1)) for name in ("signature-input", "signature")]
    if a.chance.random() < 0.5:
        pairs = [(second, first) for first, second in pairs]
    if a.chance.random() < 0.5:
        return Message(one | dict(zip(("signature-input", "signature"), map(", ".join, pairs), strict=True)))
    lines = [(name, value) for name, value in one.items() if not name.startswith("signature")]
    for name, values in zip(("signature-input", "signature"), pairs, strict=True):
        lines += [(name, value) for value in values]
    return Message(lines)


def header_smuggled(a: Attacker) -> Message:
    head = a.held()
    name = a.chance.choice(profile.HEADERS)
    extra = a.chance.choice(
        [
            (name, a.another(head[name])),
            (name, head[name]),
            ("gov-grant", "g-2"),
            ("gov-represented-party", STRANGER),
            ("content-encoding", "gzip"),
            ("gov-on-behalf", "x"),
        ]
    )
    lines = list(head.items())
    lines.insert(a.chance.randrange(len(lines) + 1), extra)
    return Message(lines)


def header_bent(a: Attacker) -> Message:
    head = a.held()
    name = a.chance.choice([*profile.HEADERS, "signature", "signature-input"])
    value = head[name]
    bent = a.chance.choice(
        [f" {value}", f"{value} ", f"{value}\t", f"{value},{value}", f"{value};a=b", f"\ufeff{value}"[1:] + "\xa0", ""]
    )
    return Message(head | {name: bent})


def split_body(a: Attacker) -> Message:
    """Two requests where one was announced."""
    return Message(a.held() | {"content-length": "0", "transfer-encoding": "chunked"}, [b"0\r\n\r\n", BODY])


def outside_the_grant(a: Attacker) -> Message:
    """A member with a grant, and a true signature, asks for more."""
    asked = a.chance.choice(
        [
            {"fields": ["wage"]},
            {"fields": ["months_paid", "diagnosis"]},
            {"fields": ["*"]},
            {"tests": [{"name": "n", "field": "wage", "op": a.chance.choice(["<", "=", ">"]), "value": 5000}]},
            {"tests": [{"name": "n", "field": "wage", "op": ">=", "value": a.chance.randrange(5001, 9000)}]},
            {"tests": [{"name": "n", "field": "wage", "op": ">=", "value": True}]},
            {},
        ]
    )
    body = msgspec.json.encode({"subject": PERSON, **asked})
    return Message(a.signed(a.world.head(body)), body)


def for_another_purpose(a: Attacker) -> Message:
    said = a.chance.choice(
        [purpose("residence-permit"), purpose(grant="g-2"), purpose(grant="G-1"), purpose("unemployment-benefit-2")]
    )
    return Message(a.signed(a.world.head(gov_purpose=said)))


def with_a_grant_elsewhere(a: Attacker) -> Message:
    path = a.chance.choice([HOSTED, f"/x1/{HR}/hr.employment/contract"])
    return Message(a.signed(a.world.head(gov_service=path.removeprefix("/x1/")), BASE + path), path=path)


def oversize(a: Attacker) -> Message:
    return Message(a.held(), [BODY, b" " * a.chance.randrange(65_536, 70_000)])


def old_message_id(a: Attacker) -> Message:
    stamp = int(a.world.clock().timestamp() * 1000) - a.chance.randrange(86_500_000, 10**11)
    text = f"{stamp:012x}"
    return Message(a.signed(a.world.head(gov_message_id=f"{text[:8]}-{text[8:]}-7000-8000-000000000000")))


def message_id_of_another_question(a: Attacker) -> Message:
    body = msgspec.json.encode({"subject": a.another(PERSON), "fields": ["months_paid"]})
    return Message(a.signed(a.world.head(body, gov_message_id=a.one().delivered["gov-message-id"])), body)


ATTACKS: tuple[Callable[[Attacker], Message], ...] = (
    replayed,
    body_altered,
    body_and_digest_altered,
    body_lengthened,
    header_altered,
    parameter_altered,
    late,
    from_the_future,
    valid_for_ever,
    retargeted,
    signed_for_another_node,
    another_method,
    path_bent,
    query_added,
    algorithm_downgraded,
    less_covered,
    unsigned,
    signed_by_a_stranger,
    under_a_stolen_name,
    second_signature,
    header_smuggled,
    header_bent,
    split_body,
    outside_the_grant,
    for_another_purpose,
    with_a_grant_elsewhere,
    oversize,
    old_message_id,
    message_id_of_another_question,
)
