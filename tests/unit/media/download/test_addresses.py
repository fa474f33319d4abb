"""Which addresses are let through, and that every spelling of a private one is not."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.errors import AddressBlocked
from components.media.download.addresses import MAX_LENGTH_BYTES, check_address, is_public

PUBLIC = [
    "https://cdn.example.com/a/b.png?sig=A%2Fb%3D&x=1",
    "https://8.8.8.8/a.png",
    "https://[2606:4700:4700::1111]/a.png",
    "https://files.example.com:8443/x",
    "https://local.example.com/",
    "https://localhost.example.com/",
    "https://1.example.com/",
]

PRIVATE_OR_MALFORMED = [
    "https://127.0.0.1/",
    "https://127.1/",
    "https://127.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://0x7F.0.0.0x1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://00000177.0.0.1/",
    "https://0/",
    "https://0.0.0.0/",
    "https://0x/",
    "https://127.0.0.1./",
    "https://127.0.0.1:443/",
    "https://\uff11\uff12\uff17.0.0.1/",
    "https://127\u30020\u30020\u30021/",
    "https://\u2460\u2461\u2466.0.0.1/",
    "https://%31%32%37.0.0.1/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://0xa9fea9fe/",
    "https://100.100.100.200/",
    "https://100.64.0.1/",
    "https://168.63.129.16/",
    "https://192.0.0.192/",
    "https://192.88.99.1/",
    "https://198.18.0.1/",
    "https://192.0.2.1/",
    "https://224.0.0.1/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://[::1]/",
    "https://[::]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[2606:4700:4700::1111%25eth0]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[ff02::1]/",
    "https://[2001:db8::1]/",
    "https://[3fff::1]/",
    "https://[v1.fe80::1]/",
    "https://[::1/",
    "https://localhost/",
    "https://LOCALHOST/",
    "https://localhost./",
    "https://a.localhost/",
    "https://printer.local/",
    "https://metadata.google.internal/",
    "https://router.lan/",
    "https://intranet/",
    "https://256.1.1.1/",
    "https://1.2.3.4.5/",
    "https://1.2.3.08/",
    "https://4294967296/",
    "https://-bad.example.com/",
    "https://a..example.com/",
    "https://exa mple.com/",
    "https://example.com/a b",
    "https://example.com/\n",
    "https://example.com\t/",
    "https://example.com/\x00",
    "https://example.com/\u202etxt",
    "https://example.com\\@127.0.0.1/",
    "https://user:secret@example.com/",
    "https://user@example.com/",
    "https://@example.com/",
    "https://example.com:0/",
    "https://example.com:99999/",
    "https://example.com:abc/",
    "https:///path",
    "https://",
    "https:example.com",
    "//example.com/",
    "example.com",
    "http://example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "gopher://example.com/",
    "",
    " ",
]


@pytest.mark.parametrize("url", PUBLIC)
def test_a_public_address_is_returned_unchanged(url: str) -> None:
    assert check_address(url) == url


@pytest.mark.parametrize("url", PRIVATE_OR_MALFORMED)
def test_an_address_that_is_private_or_malformed_is_blocked_in_every_spelling(url: str) -> None:
    with pytest.raises(AddressBlocked) as caught:
        check_address(url)
    assert "secret" not in str(caught.value)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("url", "normalised"),
    [
        ("HTTPS://CDN.Example.COM/Path?Q=1", "https://cdn.example.com/Path?Q=1"),
        ("https://example.com", "https://example.com/"),
        ("https://example.com:443/a", "https://example.com/a"),
        ("https://example.com./a", "https://example.com/a"),
        ("https://example.com/a#top", "https://example.com/a"),
        ("https://b\u00fccher.example.com/\u00e4", "https://xn--bcher-kva.example.com/%C3%A4"),
        ("https://0x08080808/", "https://8.8.8.8/"),
        ("  https://example.com/a  ", "https://example.com/a"),
    ],
)
def test_an_address_is_normalised(url: str, normalised: str) -> None:
    assert check_address(url) == normalised


def test_an_allowed_host_may_be_private_and_plain_but_only_on_its_port() -> None:
    allowed = frozenset({"127.0.0.1:8123", "[::1]:8123"})
    assert check_address("http://127.0.0.1:8123/x", allowed_hosts=allowed)
    assert check_address("http://[::1]:8123/x", allowed_hosts=allowed)
    for url in ("http://127.0.0.1:8124/x", "https://127.0.0.1/x", "http://user@127.0.0.1:8123/x"):
        with pytest.raises(AddressBlocked):
            check_address(url, allowed_hosts=allowed)


def test_an_address_of_more_than_8_kilobytes_is_blocked() -> None:
    base = "https://example.com/"
    assert check_address(base + "a" * (MAX_LENGTH_BYTES - len(base)))
    with pytest.raises(AddressBlocked, match="8192"):
        check_address(base + "a" * MAX_LENGTH_BYTES)


@given(st.integers(0, 2**32 - 1))
def test_every_spelling_of_a_number_is_judged_like_the_number(value: int) -> None:
    ip = IPv4Address(value)
    for spelling in (str(value), hex(value), f"0{value:o}", str(ip)):
        try:
            answer = check_address(f"https://{spelling}/")
        except AddressBlocked:
            assert not is_public(ip)
        else:
            assert is_public(ip)
            assert answer == f"https://{ip}/"


@given(st.ip_addresses(v=4))
def test_ipv4_inside_ipv6_is_never_more_public_than_by_itself(ip: IPv4Address) -> None:
    for wrapped in (f"::ffff:{ip}", f"64:ff9b::{ip}"):
        assert is_public(IPv6Address(wrapped)) == is_public(ip)
    assert not is_public(IPv6Address(f"::{ip}"))


@given(st.ip_addresses())
def test_whatever_python_calls_private_is_not_public(ip: IPv4Address | IPv6Address) -> None:
    if ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_multicast:
        assert not is_public(ip_address(str(ip)))


@given(st.text(max_size=60))
def test_any_text_is_either_an_https_address_or_blocked(text: str) -> None:
    for url in (text, f"https://{text}"):
        try:
            answer = check_address(url)
        except AddressBlocked:
            continue
        assert answer.startswith("https://")
        assert check_address(answer) == answer
