"""Secrets are found in every spelling in which a log, an error or a request line could show them."""

from __future__ import annotations

import base64
import json
import threading
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.plugins.redact import Redactor

TOKEN = "Atzr|IwEB+abc/def=ghi jkl"
secrets = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), min_size=4, max_size=40).filter(
    lambda s: len(s.strip()) >= 4 and "*" not in s
)
texts = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), max_size=40)


@pytest.mark.parametrize(
    "spelling",
    [
        TOKEN,
        quote(TOKEN),
        quote(TOKEN, safe=""),
        quote_plus(TOKEN),
        quote(TOKEN, safe="").lower(),
        urlencode({"refresh": TOKEN}),
        json.dumps({"t": TOKEN}),
        base64.b64encode(f"client-id:{TOKEN}".encode()).decode(),
        base64.urlsafe_b64encode(f"client-identity:{TOKEN}:x".encode()).decode(),
    ],
)
def test_hides_every_spelling_of_a_known_value(spelling: str) -> None:
    hidden = Redactor([TOKEN])(f"sent {spelling} to the vendor")
    assert "IwEB" not in hidden
    assert "SXdFQ" not in hidden  # "IwEB" in base64, at the alignment of these samples
    assert hidden.startswith("sent ")
    assert hidden.endswith(" to the vendor")


@given(secrets, texts, texts)
def test_no_known_value_survives(secret: str, before: str, after: str) -> None:
    secret = secret.strip()
    assert secret not in Redactor([secret])(f"{before}{secret}{after}{secret}")


@given(st.binary(max_size=7), secrets, st.binary(max_size=7))
def test_base64_of_a_text_around_a_secret_does_not_give_it_away(before: bytes, secret: str, after: bytes) -> None:
    secret = secret.strip()
    if len(secret) < 8:
        return
    shown = Redactor([secret])(base64.b64encode(before + secret.encode() + after).decode())
    assert len(shown) < len(base64.b64encode(before + after)) + 10


@given(texts)
def test_text_without_secrets_is_left_alone(text: str) -> None:
    assert Redactor(["Atzr|unrelated-secret"])(f"{text} 12.50 USD") == f"{text} 12.50 USD" or "=" in text or ":" in text


def test_overlapping_secrets_hide_each_other_entirely() -> None:
    redact = Redactor(["abcdef", "cdefghij", "abc"])
    assert redact("<abcdefghij>") == "<***>"
    assert redact("<abcdef> <cdefghij>") == "<***> <***>"


def test_the_longer_of_two_secrets_leaves_no_tail() -> None:
    assert Redactor(["token", "token-and-more"])("x token-and-more y") == "x *** y"


def test_values_too_short_to_be_told_from_words_are_ignored() -> None:
    assert Redactor(["abc", "", "  "])("abc and the alphabet") == "abc and the alphabet"


def test_a_secret_pasted_with_a_line_end_is_known_without_it() -> None:
    assert "s3cret-value" not in Redactor(["s3cret-value\n"])("it is s3cret-value.")


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Authorization: Bearer abc.def next", "Authorization: Bearer *** next"),
        ("{'x-amz-access-token': 'Atza|1', 'accept': '*/*'}", "{'x-amz-access-token': '***', 'accept': '*/*'}"),
        ("[(b'X-Amz-Access-Token', b'Atza|1')]", "[(b'X-Amz-Access-Token', b'***')]"),
        ("Set-Cookie: session=1; path=/", "Set-Cookie: ***"),
        ('{"access_token": "Atza|1", "expires_in": 3600}', '{"access_token": "***", "expires_in": 3600}'),
        ("grant_type=x&client_secret=y&scope=z", "grant_type=x&client_secret=***&scope=z"),
        ("via http://user:pass@proxy:3128/", "via http://***@proxy:3128/"),
    ],
)
def test_hides_unknown_values_by_the_name_before_them(line: str, shown: str) -> None:
    assert Redactor()(line) == shown


def test_a_presigned_address_loses_its_query_and_an_ordinary_one_keeps_it() -> None:
    redact = Redactor()
    signed = "got https://b.s3.amazonaws.com/doc.gz?X-Amz-Expires=300&X-Amz-Signature=0f1e, twice"
    assert redact(signed).startswith("got https://b.s3.amazonaws.com/doc.gz?***")
    assert "0f1e" not in redact(signed)
    assert redact("GET https://api.acme.com/orders?page=2") == "GET https://api.acme.com/orders?page=2"


def test_headers_are_shown_without_credentials() -> None:
    redact = Redactor(["shop-key-1"])
    headers = {"Authorization": "Bearer abc", "X-Shop": "key shop-key-1", "Accept": "*/*"}
    assert redact.headers(headers) == {"Authorization": "***", "X-Shop": "key ***", "Accept": "*/*"}


def test_prose_about_authorization_stays_readable() -> None:
    text = "the seller's authorization has expired, ask for a new one"
    assert Redactor()(text) == text


def test_values_may_be_added_while_others_are_redacting() -> None:
    redact = Redactor(["first-value"])
    added = [f"value-{number:04}" for number in range(40)]
    threads = [threading.Thread(target=redact.add, args=(value,)) for value in added]
    for thread in threads:
        thread.start()
        assert "first-value" not in redact("first-value")
    for thread in threads:
        thread.join()
    assert not [value for value in added if value in redact(" ".join(added))]
