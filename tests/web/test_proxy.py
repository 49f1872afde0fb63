"""Behind a reverse proxy, limits count by the caller, and nobody can pass for somebody else."""

from typing import Any

import pytest

from tongban.web.proxy import Proxied, forwarded


@pytest.mark.parametrize(
    ("header", "address"),
    [
        (b"203.0.113.7", "203.0.113.7"),
        (b"10.0.0.1, 203.0.113.7", "203.0.113.7"),
        (b"203.0.113.7 , 2001:db8::1", "2001:db8::1"),
        (b"spoofed, not-an-address", ""),
        (b"", ""),
    ],
)
def test_only_the_entry_our_proxy_added_is_believed(header: bytes, address: str) -> None:
    assert forwarded(header) == address


async def test_the_caller_is_who_the_proxy_saw() -> None:
    seen: list[Any] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append(scope["client"])

    scope: Any = {
        "type": "http",
        "client": ("127.0.0.1", 9),
        "headers": [(b"x-forwarded-for", b"1.2.3.4, 203.0.113.7")],
    }
    await Proxied(app)(scope, None, None)
    assert seen == [("203.0.113.7", 0)]
