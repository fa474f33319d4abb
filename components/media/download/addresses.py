"""Which addresses the playground goes to: public ones over https, in whatever way they are spelled.

The rules for numbers as hosts follow the URL standard (https://url.spec.whatwg.org/#host-parsing),
because that is how the other side will read them: `0x7f.1` is 127.0.0.1.
"""

import re
import unicodedata
from ipaddress import (
    AddressValueError,
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
)
from urllib.parse import SplitResult, quote, urlsplit

from components.errors import AddressBlocked

MAX_LENGTH_BYTES = 8192
_PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_][a-z0-9_-]{0,62})+")
_LOCAL_NAMES = ("localhost", "local", "internal", "localdomain", "lan", "home.arpa", "intranet")
# What RFC 3986 allows in a path or a query stays as it is: a signed address must not change.
_KEPT = "-._~:/?@!$&'()*+,;=%"
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# IANA's special-purpose registries, where ipaddress is more generous; 168.63.129.16 is Azure's
# metadata service, the one that has a public address.
_NOT_PUBLIC_V4 = tuple(
    IPv4Network(each) for each in ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")
)
# 08 and 09 are octal by their zero and cannot be: beyond every limit, so that they are rejected.
_NO_NUMBER = 1 << 33
_PUBLIC_V6 = IPv6Network("2000::/3")
_DOCUMENTATION_V6 = IPv6Network("3fff::/20")
_NAT64 = IPv6Network("64:ff9b::/96")


def check_address(url: str, *, allowed_hosts: frozenset[str] = frozenset()) -> str:
    """Return the address, scheme and host in lower case, what no address may hold encoded.

    `allowed_hosts` holds "host:port" (IPv6 as "[::1]:8000") that may be private and plain http.
    Raises `AddressBlocked`; names are not looked up here: `fetch` does that when it connects.
    """
    parts = _split(url)
    host = _host(parts)
    port = _port(parts)
    shown = f"[{host}]" if isinstance(host, IPv6Address) else str(host)
    if f"{shown}:{port}" not in allowed_hosts:
        _require_public(parts.scheme, host)
    netloc = shown if port == _PORTS.get(parts.scheme) else f"{shown}:{port}"
    path = _encoded(parts.path) or "/"
    query = f"?{_encoded(parts.query)}" if parts.query else ""
    return f"{parts.scheme}://{netloc}{path}{query}"


def _encoded(text: str) -> str:
    """Percent-encode what may not stand in an address; what is encoded already stays."""
    return quote(_LONE_PERCENT.sub("%25", text), safe=_KEPT)


def is_public(ip: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address is on the public internet, looking into IPv4 wrapped in IPv6."""
    if isinstance(ip, IPv4Address):
        special = any(ip in network for network in _NOT_PUBLIC_V4)
        return ip.is_global and not ip.is_multicast and not special
    if ip in _NAT64:
        return is_public(IPv4Address(int(ip) & 0xFFFFFFFF))
    wrapped = ip.ipv4_mapped or ip.sixtofour
    if wrapped is not None:
        return is_public(wrapped)
    return ip in _PUBLIC_V6 and ip.is_global and ip not in _DOCUMENTATION_V6


def host_of(url: str) -> str:
    """Return the host of a checked address for a message, without what could be a secret."""
    return str(urlsplit(url).hostname)


def _split(url: str) -> SplitResult:
    url = url.strip(" ")
    if len(url.encode("utf-8", "replace")) > MAX_LENGTH_BYTES:
        raise AddressBlocked(f"The address is longer than {MAX_LENGTH_BYTES} bytes.")
    if "\\" in url or any(unicodedata.category(sign)[0] in "CZ" for sign in url):
        raise AddressBlocked("The address contains a space, a backslash or an invisible character.")
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise AddressBlocked("The address is not well formed.") from error
    if parts.scheme not in _PORTS:
        raise AddressBlocked("Only addresses that begin with https:// can be used.")
    if "@" in parts.netloc:
        raise AddressBlocked("The address contains a user name or password; use one without.")
    return parts


def _port(parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError as error:
        raise AddressBlocked("The port in the address is not a number up to 65535.") from error
    if port == 0:
        raise AddressBlocked("The port in the address cannot be 0.")
    return port or _PORTS[parts.scheme]


def _host(parts: SplitResult) -> str | IPv4Address | IPv6Address:
    """Return a lower-case ASCII name, or the number it really is."""
    host = parts.hostname or ""
    if not host:
        raise AddressBlocked("The address names no host.")
    if "%" in host:
        raise AddressBlocked("The host in the address is not well formed.")
    try:
        if ":" in host:
            return IPv6Address(host)
        name = unicodedata.normalize("NFKC", host).encode("idna").decode("ascii").lower()
    except (AddressValueError, UnicodeError) as error:
        raise AddressBlocked("The host in the address is not well formed.") from error
    name = name.removesuffix(".")
    return _ipv4(name) or name


def _ipv4(name: str) -> IPv4Address | None:
    """Return the address that a host ending in a number means, None for any other host."""
    labels = name.split(".")
    if _number(labels[-1]) is None:
        return None
    numbers = [_number(label) for label in labels]
    known = [number for number in numbers if number is not None]
    last_limit = 256 ** (5 - len(labels))
    if len(known) != len(labels) or len(labels) > 4:
        raise AddressBlocked("The host in the address is not well formed.")
    if any(number > 255 for number in known[:-1]) or known[-1] >= last_limit:
        raise AddressBlocked("The host in the address is not well formed.")
    value = sum(number * 256 ** (3 - place) for place, number in enumerate(known[:-1]))
    return IPv4Address(value + known[-1])


def _number(label: str) -> int | None:
    """Read a decimal, octal (0177) or hexadecimal (0x7f) number; None when it is none."""
    if re.fullmatch(r"0x[0-9a-f]{0,64}", label):
        return int(label[2:] or "0", 16)
    if re.fullmatch(r"0[0-7]{0,64}", label):
        return int(label, 8)
    if re.fullmatch(r"0[0-9]{1,64}", label):
        return _NO_NUMBER
    return int(label) if re.fullmatch(r"[0-9]{1,64}", label) else None


def _require_public(scheme: str, host: str | IPv4Address | IPv6Address) -> None:
    if scheme != "https":
        raise AddressBlocked("Only addresses that begin with https:// can be used.")
    if isinstance(host, str):
        local = any(host == name or host.endswith(f".{name}") for name in _LOCAL_NAMES)
        if local or not _HOST.fullmatch(host):
            raise AddressBlocked("The address is not that of a public server.")
    elif not is_public(host):
        raise AddressBlocked("The address is on a private or reserved network.")
