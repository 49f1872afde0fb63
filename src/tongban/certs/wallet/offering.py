"""Giving a certificate to a wallet: what wallets read about the issuer, and the offer (OpenID4VCI 1.0 §4, §12)."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from tongban.base.i18n import Lang, Text
from tongban.certs.credential import CREDENTIAL_KIND, VCT
from tongban.certs.wallet.proof import ALGORITHMS

PRE_AUTHORIZED = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
SCHEME = "openid-credential-offer://"
TX_DIGITS = 6
BATCH = 5
"""Keys of one wallet that one request may bind, each to a certificate of its own."""
_LOCALES: dict[Lang, str] = {"zh": "zh-CN", "en": "en"}


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """A type of certificate as wallets see it: its name, and the fields that its face may show."""

    type: str
    name: Text
    fields: tuple[Text, ...]


def configurations(offered: Sequence[Offered]) -> dict[str, Any]:
    """`credential_configurations_supported` (§12.2.4, App. A.3): one for each type of certificate."""
    return {one.type: _configuration(one) for one in offered}


def _configuration(one: Offered) -> dict[str, Any]:
    labels = {("holder", "name"): HOLDER, ("holder", "number"): NUMBER, ("certificate",): IDENTIFIER}
    labels |= {("fields", field.zh): field for field in one.fields}
    return {
        "format": CREDENTIAL_KIND,
        "scope": one.type,
        "vct": VCT + one.type,
        "cryptographic_binding_methods_supported": ["jwk"],
        "credential_signing_alg_values_supported": ["Ed25519"],
        "proof_types_supported": {"jwt": {"proof_signing_alg_values_supported": list(ALGORITHMS)}},
        "credential_metadata": {
            "display": _shown(one.name),
            "claims": [{"path": list(path), "display": _shown(label)} for path, label in labels.items()],
        },
    }


HOLDER = Text("持证人", "Holder")
NUMBER = Text("证件号码", "Identity number")
IDENTIFIER = Text("证照标识", "Number of the certificate")


def _shown(text: Text) -> list[dict[str, str]]:
    return [{"name": text[lang], "locale": locale} for lang, locale in _LOCALES.items()]


def issuer_metadata(address: str, name: Text, offered: Sequence[Offered]) -> dict[str, Any]:
    """The issuer's metadata (§12.2.4). It is its own authorization server: RFC 8414 metadata are at `address` too."""
    return {
        "credential_issuer": address,
        "credential_endpoint": f"{address}/api/wallet/credential",
        "nonce_endpoint": f"{address}/api/wallet/nonce",
        "deferred_credential_endpoint": f"{address}/api/wallet/deferred",
        "batch_credential_issuance": {"batch_size": BATCH},
        "display": _shown(name),
        "credential_configurations_supported": configurations(offered),
    }


def offer(address: str, type_: str, code: str) -> dict[str, Any]:
    """A Credential Offer of one certificate with a code that needs the transaction code (§4.1.1)."""
    wants = {
        "input_mode": "numeric",
        "length": TX_DIGITS,
        "description": "The six digits on the page where you scanned this. 页面上的六位数字。",
    }
    grant = {"pre-authorized_code": code, "tx_code": wants}
    return {
        "credential_issuer": address,
        "credential_configuration_ids": [type_],
        "grants": {PRE_AUTHORIZED: grant},
    }


def offer_link(made: Mapping[str, Any]) -> str:
    """The offer by value, as a link and as the text of a QR code (§4.1.2): it is nowhere to be fetched by others."""
    return f"{SCHEME}?credential_offer={quote(msgspec.json.encode(made).decode(), safe='')}"
