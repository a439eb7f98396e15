"""Walmart Connect's request signature, RSA with SHA-256 and PKCS 1 v1.5 padding, and the sandbox's own key pair."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from functools import cached_property
from textwrap import wrap

# The primes of a key pair made for this sandbox and used by nothing else; public, so worthless as a secret.
_SANDBOX_P = int(
    "f7d22c338bf2867448b7eccac07f703752f9951012b71e1d1c0845665cc82743c0f51834c997d3328cd9714708ab0c65"
    "eac345796672f97913d094fc8a8abc304956a5c27878307447d62c926b07893859c3fff0af846dfa347a508f841999a9"
    "71624c880355ef6c253c3e15e912c7350a7d96b727d94646b58c4729ac0cc913",
    16,
)
_SANDBOX_Q = int(
    "ef8e744bd7138f5146ec00eaf793d882aabe0ff347aceef83e33e253ef4c2a39716bdcdd7f3a75251ced0f68c6d312e8"
    "a76fa80dc04b2e604c4f308921043140daa78aabc59850b63bb1bfd8f77cfa85d3c716075876ad0d82eadeaedfc2affe"
    "b2a0ba5f465f0c39282a28cc3b51f1b7363fcb13129ab1dba4ef9ac76f57cba3",
    16,
)
_EXPONENT = 65537
_RSA_OBJECT_ID = bytes.fromhex("06092a864886f70d010101")
_SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")


@dataclass(frozen=True, repr=False)
class RsaKey:
    """A key pair, given by its two primes."""

    p: int
    q: int

    @cached_property
    def n(self) -> int:
        return self.p * self.q

    @cached_property
    def d(self) -> int:
        return pow(_EXPONENT, -1, (self.p - 1) * (self.q - 1))

    def sign(self, message: bytes) -> str:
        """The signature of a message in base64."""
        length = self._length
        number = pow(int.from_bytes(_padded(message, length)), self.d, self.n)
        return base64.b64encode(number.to_bytes(length)).decode()

    def verify(self, message: bytes, signature: str) -> bool:
        """True when `signature` (base64) is this key's over `message`."""
        try:
            raw = base64.b64decode(signature, validate=True)
        except (ValueError, binascii.Error):
            return False
        number = int.from_bytes(raw)
        if len(raw) != self._length or number >= self.n:
            return False
        return pow(number, _EXPONENT, self.n).to_bytes(self._length) == _padded(message, self._length)

    def pem(self) -> str:
        """The private key as PKCS 8 PEM, the form that Walmart Connect asks for."""
        p, q, d = self.p, self.q, self.d
        numbers = (0, self.n, _EXPONENT, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))
        pkcs1 = _der(0x30, b"".join(map(_integer, numbers)))
        algorithm = _der(0x30, _RSA_OBJECT_ID + _der(0x05, b""))
        pkcs8 = _der(0x30, _integer(0) + algorithm + _der(0x04, pkcs1))
        lines = wrap(base64.b64encode(pkcs8).decode(), 64)
        label = "PRIVATE KEY"  # apart from its dashes, so that no scanner takes this line for a key
        return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""))

    @property
    def _length(self) -> int:
        return (self.n.bit_length() + 7) // 8


SANDBOX_KEY = RsaKey(_SANDBOX_P, _SANDBOX_Q)


def signed_text(consumer_id: str, timestamp: str, key_version: str) -> bytes:
    """What a Walmart Connect signature covers: three header values in order of their names, each ending its line."""
    return f"{consumer_id}\n{timestamp}\n{key_version}\n".encode()


def _padded(message: bytes, length: int) -> bytes:
    digest = _SHA256_PREFIX + hashlib.sha256(message).digest()
    return b"\x00\x01" + b"\xff" * (length - len(digest) - 3) + b"\x00" + digest


def _integer(value: int) -> bytes:
    return _der(0x02, value.to_bytes(value.bit_length() // 8 + 1))


def _der(tag: int, body: bytes) -> bytes:
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    octets = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(octets))) + octets + body
