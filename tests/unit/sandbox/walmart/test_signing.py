from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpiterm.sandbox.walmart.signing import SANDBOX_KEY, signed_text

OPENSSL = shutil.which("openssl") or ""


@settings(max_examples=25)
@given(st.binary(max_size=200), st.integers(0, 255))
def test_a_signature_is_good_for_its_message_alone(message: bytes, place: int) -> None:
    signature = SANDBOX_KEY.sign(message)
    raw = bytearray(base64.b64decode(signature))
    raw[place] ^= 1
    assert SANDBOX_KEY.verify(message, signature)
    assert not SANDBOX_KEY.verify(message + b"x", signature)
    assert not SANDBOX_KEY.verify(message, base64.b64encode(raw).decode())


@pytest.mark.parametrize("signature", ["", "x", "AAAA", "/" * 344, "ä"])
def test_text_that_is_no_signature_is_refused(signature: str) -> None:
    assert not SANDBOX_KEY.verify(b"x", signature)


@pytest.mark.skipif(not OPENSSL, reason="needs openssl to make a signature with the key as PEM")
def test_a_signature_made_from_the_pem_file_is_good(tmp_path: Path) -> None:
    key, text = tmp_path / "key.pem", tmp_path / "text"
    key.write_text(SANDBOX_KEY.pem())
    text.write_bytes(signed_text("consumer", "1795453200000", "1"))
    made = subprocess.run([OPENSSL, "dgst", "-sha256", "-sign", key, text], capture_output=True, check=True).stdout
    assert base64.b64encode(made).decode() == SANDBOX_KEY.sign(text.read_bytes())
    assert subprocess.run([OPENSSL, "rsa", "-in", key, "-check", "-noout"], capture_output=True).returncode == 0


def test_every_signed_value_ends_its_line() -> None:
    assert signed_text("a", "2", "1") == b"a\n2\n1\n"
