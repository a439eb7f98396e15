"""The signature of Walmart Connect: consumer, moment and key version, signed with the partner's private key."""

from __future__ import annotations

import base64
import re
import textwrap
from collections.abc import Generator
from typing import TYPE_CHECKING

import httpx

from kpiterm.plugins import AuthError, clock

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

FIELDS = ("ads_advertiser_id", "ads_consumer_id", "ads_auth_token", "ads_private_key")
KEY_VERSION = "1"


class SponsoredSearchAuth(httpx.Auth):
    """Signs each request with RSA (PKCS #1 v1.5, SHA-256) over the values of its headers in the order of their names.

    Raises AuthError where the private key cannot be read.
    """

    def __init__(self, *, consumer_id: str, key_version: str, auth_token: str, private_key: str) -> None:
        self._consumer, self._version, self._token, self._pem = consumer_id, key_version, auth_token, private_key
        self._key: RSAPrivateKey | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        response = yield self._signed(request)
        if response.status_code == httpx.codes.UNAUTHORIZED:  # signed before a long wait, perhaps: the moment is stale
            yield self._signed(request)

    def _signed(self, request: httpx.Request) -> httpx.Request:
        timestamp = str(int(clock.time() * 1000))
        signature = self._signature(timestamp)
        request.headers["Authorization"] = f"Bearer {self._token}"
        request.headers["WM_CONSUMER.ID"] = self._consumer
        request.headers["WM_CONSUMER.intimestamp"] = timestamp
        request.headers["WM_SEC.KEY_VERSION"] = self._version
        request.headers["WM_SEC.AUTH_SIGNATURE"] = signature
        return request

    def _signature(self, timestamp: str) -> str:
        # Late, because most accounts advertise elsewhere or not at all.
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding

        if self._key is None:
            self._key = _load(self._pem)
        text = signed_text(self._consumer, timestamp, self._version)
        return base64.b64encode(self._key.sign(text, padding.PKCS1v15(), hashes.SHA256())).decode()


def signed_text(consumer_id: str, timestamp: str, key_version: str) -> bytes:
    """What is signed: the three values in the order of their headers' names, each with a line end."""
    return f"{consumer_id}\n{timestamp}\n{key_version}\n".encode()


def _load(pem: str) -> RSAPrivateKey:
    """A private key in PEM, its line ends lost (as in a one-line prompt) or its first and last line missing."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    body = re.sub(r"-----[A-Z ]+-----|\\n|\s", "", textwrap.dedent(pem))
    try:
        key = load_der_private_key(base64.b64decode(body, validate=True), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise AuthError(
            "the private key of Walmart Connect cannot be read",
            hint="enter the RSA key in PKCS #8 PEM without a password "
            "(openssl pkcs8 -topk8 -nocrypt): `kpiterm account add`",
        )
    return key
