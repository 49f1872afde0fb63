"""SM2 in the browser's own script: the standard's example, what the standard refuses, and the same answers as ours."""

import json
import random
from importlib.resources import files
from typing import Any

import pytest
from playwright.async_api import Browser, Page
from tests.vectors import VECTORS, needs

from tongban.base.crypto import DIGESTS, Hashing, libcrypto
from tongban.base.crypto.gm import Sm2Signer, Sm2Verifier

pytestmark = pytest.mark.browser

# GB/T 32918.5-2017 annex A.2, as in `tests/base/test_crypto`.
PUBLIC = (
    "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
SIGNED = (
    "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
)
P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
BASE = (
    "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7",
    "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0",
)
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93

HOLDS = """(all) => {
  const bytes = (hex) => Uint8Array.from(hex.match(/../g) || [], (pair) => parseInt(pair, 16));
  return all.map(([key, signature, message]) => sm2.holds(bytes(key), bytes(signature), bytes(message)));
}"""
SM3 = """(all) => {
  const bytes = (hex) => Uint8Array.from(hex.match(/../g) || [], (pair) => parseInt(pair, 16));
  return all.map((message) => Array.from(sm2.sm3(bytes(message)), (one) => one.toString(16).padStart(2, "0")).join(""));
}"""
Asked = tuple[str, str, str]
"""Key, signature and message, in hexadecimal."""


@pytest.fixture
async def page(browser: Browser) -> Any:
    page = await browser.new_page()
    script = files("tongban.web").joinpath("static", "sm2.js").read_text(encoding="utf-8")
    await page.add_script_tag(content=script)
    yield page
    await page.close()


async def test_sm3_is_the_one_of_the_standard_at_each_length(page: Page):
    """GB/T 32905-2016 annex A; and each length around the ends of its blocks, against the platform's own."""
    chance = random.Random(3)
    messages = [
        b"abc",
        b"abcd" * 16,
        *(chance.randbytes(n) for n in (*range(3), *range(54, 66), *range(118, 130), 999)),
    ]
    found = await page.evaluate(SM3, [one.hex() for one in messages])
    assert found[0] == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert found[1] == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    assert found == [DIGESTS[Hashing.SM3].digest(one).hex() for one in messages]


HMAC = """(all) => {
  const bytes = (hex) => Uint8Array.from(hex.match(/../g) || [], (pair) => parseInt(pair, 16));
  const hex = (data) => Array.from(data, (one) => one.toString(16).padStart(2, "0")).join("");
  return all.map(([key, message]) => {
    const block = new Uint8Array(64);
    block.set(key.length > 128 ? sm2.sm3(bytes(key)) : bytes(key));
    const inner = sm2.sm3(bytes(hex(block.map((one) => one ^ 0x36)) + message));
    return hex(sm2.sm3(bytes(hex(block.map((one) => one ^ 0x5c)) + hex(inner))));
  });
}"""


@needs("wycheproof")
async def test_sm3_gives_every_hmac_of_wycheproof(page: Page):
    """The right ones to their last byte, cut as each group says; and none of the altered ones."""
    said = json.loads((VECTORS / "wycheproof" / "hmac_sm3_test.json").read_bytes())
    cases = [(group["tagSize"] // 4, one) for group in said["testGroups"] for one in group["tests"]]
    found = await page.evaluate(HMAC, [(one["key"], one["msg"]) for _, one in cases])
    for (length, one), mac in zip(cases, found, strict=True):
        assert (mac[:length] == one["tag"]) is (one["result"] == "valid"), one["tcId"]
    assert len(cases) == 174


def wide(number: int) -> str:
    return f"{number:064x}"


def beyond_the_field() -> str:
    """A point whose x is written p too large, which still fits its 32 bytes: the same point in another spelling."""
    for x in range(1, 100):
        square = (x**3 - 3 * x + B) % P
        y = pow(square, (P + 1) // 4, P)
        if y * y % P == square:
            return wide(x + P) + wide(y)
    raise AssertionError("half of all numbers are an x")


MESSAGE = b"message digest".hex()
REFUSED: dict[str, Asked] = {
    "r of nothing": (PUBLIC, wide(0) + SIGNED[64:], MESSAGE),
    "s of nothing": (PUBLIC, SIGNED[:64] + wide(0), MESSAGE),
    "r of the order": (PUBLIC, wide(ORDER) + SIGNED[64:], MESSAGE),
    "s of the order": (PUBLIC, SIGNED[:64] + wide(ORDER), MESSAGE),
    "r beyond the order": (PUBLIC, wide(2**256 - 1) + SIGNED[64:], MESSAGE),
    "r and s that make the order": (PUBLIC, wide(1) + wide(ORDER - 1), MESSAGE),
    "r and s exchanged": (PUBLIC, SIGNED[64:] + SIGNED[:64], MESSAGE),
    "s turned": (PUBLIC, SIGNED[:64] + wide(ORDER - int(SIGNED[64:], 16)), MESSAGE),
    "cut": (PUBLIC, SIGNED[:-2], MESSAGE),
    "longer": (PUBLIC, SIGNED + "00", MESSAGE),
    "nothing": (PUBLIC, "", MESSAGE),
    "as GM/T 0009 writes it": (PUBLIC, "3046022100" + SIGNED[:64] + "022100" + SIGNED[64:], MESSAGE),
    "another message": (PUBLIC, SIGNED, b"message digesT".hex()),
    "the key's point turned": (PUBLIC[:64] + wide(P - int(PUBLIC[64:], 16)), SIGNED, MESSAGE),
    "a point off the curve": (PUBLIC[:-2] + "12", SIGNED, MESSAGE),
    "a point of nothing": ("00" * 64, SIGNED, MESSAGE),
    "a point beyond the field": (beyond_the_field(), SIGNED, MESSAGE),
    "a point that meets the base nowhere": (BASE[0] + wide(P - int(BASE[1], 16)), SIGNED, MESSAGE),
    "a key with its first byte": ("04" + PUBLIC, SIGNED, MESSAGE),
    "a key cut": (PUBLIC[:-2], SIGNED, MESSAGE),
}


async def test_the_standards_example_holds_and_what_the_standard_refuses_is_refused(page: Page):
    """GB/T 32918.5 annex A.2; GB/T 32918.2 §7.1 B1, B2, B5, B7, and §6.2.1 of part 1 for points."""
    asked = [(PUBLIC, SIGNED, MESSAGE), *REFUSED.values()]
    held = await page.evaluate(HOLDS, asked)
    assert dict(zip(["the example", *REFUSED], held, strict=True)) == {"the example": True} | dict.fromkeys(
        REFUSED, False
    )


@pytest.mark.skipif(not libcrypto.available(), reason="not run: libcrypto of this machine has no SM2")
async def test_browser_and_platform_agree_about_every_key_and_message(page: Page):
    chance = random.Random(20261126)
    signers = [Sm2Signer(one.to_bytes(32)) for one in (1, 2, ORDER - 2)]  # ±G, 2G: where the points of a sum meet
    signers += [Sm2Signer.generate() for _ in range(20)]
    asked: list[tuple[bytes, bytes, bytes]] = []
    for signer in signers:
        message = chance.randbytes(chance.randrange(300))
        signature = signer.sign(message)
        asked += [
            (signer.public, signature, message),
            (signer.public, (int.from_bytes(signature) ^ 1 << chance.randrange(512)).to_bytes(64), message),
            (signer.public, signature, message + b"\0"),
            (signers[0].public, signature, message),
        ]
    ours = [Sm2Verifier(key).verify(signature, message) for key, signature, message in asked]
    assert ours.count(True) == len(signers) + 1, "the first signer's own stands there twice"
    assert await page.evaluate(HOLDS, [tuple(one.hex() for one in each) for each in asked]) == ours
