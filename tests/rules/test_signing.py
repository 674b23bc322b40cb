"""Signed requests: the published example of RFC 9421, and each thing that must make a signature worth nothing."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from passerelle import signing
from passerelle.signing import Asked, NotSigned

KEY = bytes(range(32))
PUBLIC = signing.public_of(KEY)
BODY = b'{"verdict": "same"}'
URL = "https://passerelle.example/api/v1/matches/match-1/judge?now=1"
NONCE = "0123456789abcdef"


def signed(method: str = "POST", body: bytes = BODY, **headers: str) -> Asked:
    sent = {**({"content-type": "application/json"} if body else {}), **headers}
    asked = Asked.to(method, URL, sent)
    made = signing.sign(asked, body, key=KEY, key_name="key-1", created=1_700_000_000, nonce=NONCE)
    return Asked.to(method, URL, made)


def test_the_example_of_rfc_9421_b_2_6_is_made_and_read_byte_for_byte() -> None:
    # the key is published there, for tests
    private = bytes.fromhex("9f8362f87a484a954e6e740c5b4c0e84229139a20aa8ab56ff66586f6a7d29c5")
    asked = Asked.to(
        "POST", "https://example.com/foo?param=Value&Pet=dog",
        {"Date": "Tue, 20 Apr 2021 02:07:55 GMT", "Content-Type": "application/json", "Content-Length": "18"},
    )  # fmt: skip
    said = (
        '("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;'
        'keyid="test-key-ed25519"'
    )
    made = base64.b64decode("wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==")
    parts = ("date", "@method", "@path", "@authority", "content-type", "content-length")
    found = signing.Signature(parts, said, made, "test-key-ed25519", 1618884473, None, "")
    assert signing.fits(asked, found, signing.public_of(private))
    assert not signing.fits(replace(asked, method="PUT"), found, signing.public_of(private))


def test_a_request_is_read_and_fits_its_key_and_no_other() -> None:
    asked = signed()
    found = signing.read(asked, BODY)
    assert (found.key, found.created, found.nonce) == ("key-1", 1_700_000_000, NONCE)
    assert signing.fits(asked, found, PUBLIC)
    assert not signing.fits(asked, found, signing.public_of(bytes(32)))


@pytest.mark.parametrize(
    "other",
    [{"method": "GET"}, {"target": "/api/v1/matches/match-2/judge?now=1"}, {"target": "/api/v1/matches/match-1/judge"},
     {"authority": "elsewhere.example"}],
)  # fmt: skip
def test_another_method_target_or_host_does_not_fit(other: dict[str, str]) -> None:
    changed = replace(signed(), **other)
    assert not signing.fits(changed, signing.read(changed, BODY), PUBLIC)


def test_another_content_is_refused_and_so_is_one_without_its_digest() -> None:
    with pytest.raises(NotSigned, match="not the one that its digest was made of"):
        signing.read(signed(), BODY + b" ")
    bare = signed(body=b"")
    with pytest.raises(NotSigned, match="does not cover “content-digest”"):
        signing.read(bare, BODY)


@pytest.mark.parametrize("name", ["content-digest", "content-type", "idempotency-key"])
def test_what_was_added_after_signing_is_not_covered(name: str) -> None:
    asked = signed("GET", b"")
    added = replace(asked, headers={**asked.headers, name: signing.digest(b"")})
    with pytest.raises(NotSigned, match=f"does not cover “{name}”"):
        signing.read(added, b"")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (";created=1700000000", "", "does not say “created”"),
        (f';nonce="{NONCE}"', "", "does not say “nonce”"),
        (f'nonce="{NONCE}"', 'nonce="short"', "has 16 to 100 characters"),
        (';keyid="key-1"', "", "does not say “keyid”"),
        ('alg="ed25519"', 'alg="hmac-sha256"', "not one by Ed25519"),
        ('"@method" ', "", "does not cover “@method”"),
        ('"@method"', '"@method" "x-y"', "which this request does not have"),
        ('"@method"', '"@method" "@method"', "cannot be read"),
        (";created=", ";created=1;created=", "cannot be read"),
        ("passerelle=", "other=", "cannot be read"),
    ],
)
def test_what_is_missing_from_a_signature_is_named(old: str, new: str, says: str) -> None:
    asked = signed()
    told = asked.headers["signature-input"]
    assert old in told
    with pytest.raises(NotSigned, match=says):
        signing.read(replace(asked, headers={**asked.headers, "signature-input": told.replace(old, new, 1)}), BODY)


@given(some.text(max_size=300), some.text(max_size=300), some.text(max_size=100))
@settings(max_examples=200)
def test_whatever_stands_in_the_headers_is_refused_and_breaks_nothing(told: str, made: str, digest: str) -> None:
    asked = Asked.to("POST", URL, {"signature-input": told, "signature": made, "content-digest": digest})
    with pytest.raises(NotSigned):
        signing.read(asked, BODY)


def test_a_key_is_read_in_pem_and_in_base_64_and_nothing_else_is_one() -> None:
    assert signing.private_in(signing.private_as_pem(KEY)) == KEY
    assert signing.private_in(signing.as_text(KEY)) == KEY
    assert signing.public_in(signing.as_text(PUBLIC)) == PUBLIC
    for wrong in ("", "abc", "AAAA", "-----BEGIN PUBLIC KEY-----\nnothing", "ü"):
        with pytest.raises(signing.NoKey):
            signing.public_in(wrong)
