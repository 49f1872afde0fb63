"""A wallet on somebody's telephone, as far as it speaks with us: no cookies, a key of its own, and what it holds."""

import json
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from joserfc import jws
from joserfc.jwk import ECKey
from tests.web.citizen import Person

from tongban.base.keys import unbase64
from tongban.certs.sdjwt import Request, SdJwt, bind, parse, select
from tongban.web.site import Site

ISSUER = "http://localhost"
PRE = "urn:ietf:params:oauth:grant-type:pre-authorized_code"


class Wallet:
    """One key, and the certificates that were given to it."""

    def __init__(self, person: Person, site: Site, key: ECKey | None = None) -> None:
        transport = person.client._transport  # type: ignore[reportPrivateUsage]
        self.http = httpx.AsyncClient(transport=transport, base_url=ISSUER)
        self.site = site
        self.key = key or ECKey.generate_key("P-256")
        self.held: list[SdJwt] = []

    def now(self) -> int:
        return int(self.site.clock().timestamp())

    async def token(self, code: str, digits: str, **more: str) -> httpx.Response:
        fields = {"grant_type": PRE, "pre-authorized_code": code, "tx_code": digits, **more}
        return await self.http.post("/api/oauth/token", data={k: v for k, v in fields.items() if v})

    async def nonce(self) -> str:
        return (await self.http.post("/api/wallet/nonce")).json()["c_nonce"]

    def proof(self, nonce: str, key: ECKey | None = None, **claims: Any) -> str:
        key = key or self.key
        head = {"typ": "openid4vci-proof+jwt", "alg": "ES256", "jwk": key.as_dict(private=False)}
        return jws.serialize_compact(head, json.dumps({"aud": ISSUER, "iat": self.now(), "nonce": nonce} | claims), key)

    async def ask(self, token: str, *proofs: str, kind: str = "residence-permit", **more: Any) -> httpx.Response:
        body = {"credential_configuration_id": kind, "proofs": {"jwt": list(proofs)}} | more
        body = {name: value for name, value in body.items() if value is not None}
        return await self.http.post("/api/wallet/credential", json=body, headers={"authorization": f"Bearer {token}"})

    async def fetch(self, person: Person, number: str) -> SdJwt:
        """The whole way from the page to the certificate."""
        code, digits = await offered(person, number)
        token = (await self.token(code, digits)).json()["access_token"]
        answer = await self.ask(token, self.proof(await self.nonce()))
        assert answer.status_code == 200, answer.text
        self.held.append(parse(answer.json()["credentials"][0]["credential"]))
        return self.held[-1]

    def present(
        self, wanted: dict[str, Any], audience: str, nonce: str, *, key: ECKey | None = None, at: int = 0, **header: Any
    ) -> SdJwt:
        """Of the newest certificate what is wanted, signed for this verifier and this question."""
        held, key = self.held[-1], key or self.key
        payload = json.loads(unbase64(held.jwts[0].split(".")[1]))
        chosen = SdJwt(jwts=held.jwts, disclosures=select(payload, held.disclosures, wanted))
        head = {"alg": "ES256", "typ": "kb+jwt"} | header
        moment = self.site.clock() if not at else self.site.clock().fromtimestamp(at, self.site.clock().tzinfo)
        return bind(chosen, Request(audience, nonce), moment, lambda text: jws.serialize_compact(head, text, key))


async def offered(person: Person, number: str) -> tuple[str, str]:
    """The code and the digits on the page of a certificate."""
    await person.get(f"/certificates/{number}/wallet")
    await person.post(f"/certificates/{number}/wallet", {})
    link = re.search(r'href="(openid-credential-offer:[^"]*)"', person.page.text)
    digits = re.search(r"<b>(\d{6})</b>", person.page.text)
    assert link and digits, person.text
    made = json.loads(parse_qs(urlsplit(unescape(link[1])).query)["credential_offer"][0])
    return made["grants"][PRE]["pre-authorized_code"], digits[1]
