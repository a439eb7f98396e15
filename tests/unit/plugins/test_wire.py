"""Bodies within bounds: gzip in any form and any split comes out whole, and never more than allowed."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.plugins.errors import DataError
from kpiterm.plugins.wire import loopback, matches, unzipped


def split(data: bytes, sizes: list[int]) -> Iterator[bytes]:
    for size in sizes:
        yield data[:size]
        data = data[size:]
    yield data


@given(
    st.binary(max_size=2000).filter(lambda b: not b.startswith(b"\x1f\x8b")),
    st.integers(0, 2),
    st.lists(st.integers(0, 50), max_size=20),
)
def test_a_body_comes_out_whole_however_it_was_zipped_and_split(body: bytes, times: int, sizes: list[int]) -> None:
    sent = body
    for _ in range(times):
        sent = gzip.compress(sent)
    assert b"".join(unzipped(split(sent, sizes), 10_000, "it")) == body


@given(st.binary(min_size=1, max_size=500), st.integers(1, 60))
def test_a_gzip_stream_that_ends_early_is_never_taken_for_whole(body: bytes, missing: int) -> None:
    sent = gzip.compress(body)
    kept = sent[: max(2, len(sent) - missing)]
    with pytest.raises(httpx.RemoteProtocolError, match="cut off or damaged"):
        list(unzipped([kept], 10_000, "it"))


def test_padding_after_the_stream_is_harmless() -> None:
    assert b"".join(unzipped([gzip.compress(b"text") + bytes(512), bytes(10)], 100, "it")) == b"text"


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_the_limit_is_exact(size: int, limit: int) -> None:
    chunks = unzipped([gzip.compress(b"x" * size)], limit, "it")
    if size > limit:
        with pytest.raises(DataError, match="larger than"):
            list(chunks)
    else:
        assert len(b"".join(chunks)) == size


def test_a_bomb_is_unzipped_in_small_steps() -> None:
    bomb = gzip.compress(gzip.compress(bytes(64 << 20)))
    steps = unzipped([bomb], 4 << 20, "it")
    sizes: list[int] = []
    with pytest.raises(DataError):
        sizes.extend(len(step) for step in steps)
    assert max(sizes, default=0) <= 1 << 20


@pytest.mark.parametrize(
    ("host", "pattern", "same"),
    [
        ("api.acme.com", "api.acme.com", True),
        ("a.files.acme.com", "*.files.acme.com", True),
        ("a.b.files.acme.com", "*.files.acme.com", True),
        ("files.acme.com", "*.files.acme.com", False),
        ("evilfiles.acme.com", "*.files.acme.com", False),
        ("xapi.acme.com", "api.acme.com", False),
        ("api.acme.com.evil.com", "api.acme.com", False),
    ],
)
def test_hosts(host: str, pattern: str, same: bool) -> None:
    assert matches(host, pattern) is same


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000", "http://127.9.9.9:1/", "http://[::1]:8000"])
def test_loopback_addresses(address: str) -> None:
    assert loopback(address).scheme == "http"
