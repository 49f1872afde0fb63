"""One reader of signed tokens for all that is signed as JWS: each way of forging one is refused for its own reason."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tongban.base.clock import ZONE, SettableClock
from tongban.base.jws import Fault, Jws, Unproved, compact, opened
from tongban.base.keys import KeyRing, Use, base64url, unbase64

KIND = "test+jws"


@pytest.fixture(scope="module")
def clock() -> SettableClock:
    return SettableClock(datetime(2026, 11, 26, 9, tzinfo=ZONE))


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory, clock: SettableClock) -> KeyRing:
    return KeyRing.open(tmp_path_factory.mktemp("tokens") / "keys", clock())


@pytest.fixture(scope="module")
def token(ring: KeyRing, clock: SettableClock) -> str:
    return compact(ring, ring.signer(Use.EXCHANGE, clock()), KIND, b'{"a":1}')


def with_header(token: str, change: Callable[[str], str]) -> str:
    return ".".join((base64url(change(header_of(token)).encode()), *token.split(".")[1:]))


def header_of(token: str) -> str:
    return unbase64(token.split(".", maxsplit=1)[0]).decode()


def extra(member: str) -> Callable[[str], str]:
    return lambda token: with_header(token, lambda text: text.replace("{", "{" + member + ",", 1))


def other_spelling(token: str) -> str:
    """The same 64 bytes of signature, written with other bits at the end that nobody reads."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + alphabet[alphabet.index(token[-1]) + 1]


FORGED: dict[str, tuple[Callable[[str], str], Fault]] = {
    "a part is missing": (lambda token: token.rpartition(".")[0], Fault.BAD_ENVELOPE),
    "a second spelling": (other_spelling, Fault.BAD_ENVELOPE),
    "padding": (lambda token: token + "==", Fault.BAD_ENVELOPE),
    "no header of JSON": (lambda token: with_header(token, lambda _: "[]"), Fault.BAD_ENVELOPE),
    "no key named": (lambda token: with_header(token, lambda text: text.replace('"kid"', '"k"')), Fault.BAD_ENVELOPE),
    "a member twice": (extra('"typ":"x"'), Fault.DUPLICATE_KEY),
    "alg none": (lambda token: with_header(token, lambda text: text.replace("Ed25519", "nOnE")), Fault.UNSIGNED),
    "crit": (extra('"crit":["b64"]'), Fault.CRITICAL_HEADER),
    "its own key": (extra('"jwk":{"kty":"OKP"}'), Fault.FOREIGN_HEADER),
    "unencoded": (extra('"b64":false'), Fault.FOREIGN_HEADER),
    "a member that is not ours": (extra('"cty":"json"'), Fault.FOREIGN_HEADER),
    "another kind": (lambda token: with_header(token, lambda text: text.replace(KIND, "b+jws")), Fault.WRONG_KIND),
    "an unknown key": (
        lambda token: with_header(token, lambda text: text.replace("exchange-", "exchange_")),
        Fault.UNKNOWN_KEY,
    ),
    "another algorithm": (
        lambda token: with_header(token, lambda text: text.replace("Ed25519", "ES256")),
        Fault.WRONG_ALGORITHM,
    ),
    "no signature": (lambda token: token.rpartition(".")[0] + ".", Fault.UNSIGNED),
    "another payload": (
        lambda token: ".".join((token.split(".")[0], base64url(b'{"a":2}'), token.split(".")[2])),
        Fault.BAD_SIGNATURE,
    ),
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
def test_a_forged_token_is_refused_for_its_own_reason(
    forged: tuple[Callable[[str], str], Fault], token: str, ring: KeyRing, clock: SettableClock
) -> None:
    change, fault = forged
    with pytest.raises(Unproved) as unproved:
        opened(change(token), KIND, ring.public.get, clock())
    assert unproved.value.fault is fault


def test_a_token_is_believed_only_in_the_time_of_its_key(token: str, ring: KeyRing, clock: SettableClock) -> None:
    assert opened(token, KIND, ring.public.get, clock()) == b'{"a":1}'
    with pytest.raises(Unproved) as unproved:
        opened(token, KIND, ring.public.get, clock() - timedelta(days=1))
    assert unproved.value.fault is Fault.KEY_NOT_IN_USE
    assert opened(token, KIND, ring.public.get, None) == Jws(token).payload
