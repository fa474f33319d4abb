"""Proxies and certificates of downloads, as the usual environment variables set them."""

import logging
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import httpcore

from components.errors import DownloadFailed
from components.media.download.connection import PublicBackend, Resolver, require_public_name
from components.media.download.timeouts import Deadline

_PORTS = {"https": 443, "http": 80, "socks5": 1080, "socks5h": 1080}

LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class ProxySettings:
    """Proxies and certificates of downloads, as the usual environment variables say it.

    `proxies` maps "https", "http" or "all" to the address of a proxy (http, https, socks5), and
    `no_proxy` lists hosts, their domains, networks and "host:port" that need none, with commas;
    "*" is every host. `ca_file` is the file or folder of the certificates to trust, "" for those
    of the system and of certifi.
    """

    proxies: Mapping[str, str] = field(default_factory=dict)
    no_proxy: str = ""
    ca_file: str = ""

    @contextmanager
    def pool(
        self, url: str, deadline: Deadline, allowed_hosts: frozenset[str], resolve: Resolver
    ) -> Iterator[httpcore.ConnectionPool]:
        """Lend what connects to the host of a checked address, every wait within the deadline.

        Behind a proxy the name is looked up there; what this machine knows of it is judged all the
        same. Raises `AddressBlocked`, and `DownloadFailed` for settings that cannot be used.
        """
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
        host = _bracketed(parts.hostname or "")
        proxy = "" if f"{host}:{port}" in allowed_hosts else self.proxy_for(parts)
        tls = _trusting(self.ca_file)
        if not proxy:
            backend = PublicBackend(resolve, allowed_hosts, deadline)
            with httpcore.ConnectionPool(ssl_context=tls, network_backend=backend) as pool:
                yield pool
            return
        require_public_name(parts.hostname or "", port, resolve, deadline)
        through, proxy_host = _proxy(proxy, tls)
        backend = _ProxyBackend(resolve, frozenset({proxy_host}), deadline)
        with httpcore.ConnectionPool(
            ssl_context=tls, proxy=through, network_backend=backend
        ) as pool:
            yield pool

    def proxy_for(self, parts: SplitResult) -> str:
        """The proxy for an address, "" for none."""
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        if any(_covers(entry.strip().lower(), host, port) for entry in self.no_proxy.split(",")):
            return ""
        return self.proxies.get(parts.scheme) or self.proxies.get("all") or ""


DIRECT = ProxySettings()


class _ProxyBackend(PublicBackend):
    """Connects to the proxy, which may stand in a private network; says when it is not there."""

    def connect_tcp(self, *given: Any, **named: Any) -> httpcore.NetworkStream:
        try:
            return super().connect_tcp(*given, **named)
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
            raise httpcore.ProxyError("no answer") from error


def _covers(entry: str, host: str, port: int) -> bool:
    """Whether an entry of NO_PROXY names this host."""
    if not entry:
        return False
    if entry == "*":
        return True
    try:
        return ip_address(host) in ip_network(entry, strict=False)
    except ValueError:
        name = entry.lstrip("*").lstrip(".")
        return any(
            shown == name or shown.endswith(f".{name}")
            for shown in (host, f"{_bracketed(host)}:{port}")
        )


def _proxy(address: str, tls: ssl.SSLContext) -> tuple[httpcore.Proxy, str]:
    """The proxy with its "host:port"; an address without a scheme is one of http."""
    parts = urlsplit(address if "://" in address else f"http://{address}")
    try:
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        port = None
    if not (port and parts.hostname and parts.scheme in _PORTS):
        raise DownloadFailed("The proxy that is set cannot be used for downloads.")
    host = _bracketed(parts.hostname)
    login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    proxy = httpcore.Proxy(
        f"{parts.scheme}://{host}:{port}",
        auth=login,
        ssl_context=tls if parts.scheme == "https" else None,
    )
    return proxy, f"{host}:{port}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _trusting(ca_file: str) -> ssl.SSLContext:
    try:
        return _tls_context(ca_file)
    except OSError as error:
        # A visitor may read this: where they lie is for whoever reads the log.
        LOGGER.warning("the certificates in %s cannot be read: %s", ca_file, error.strerror)
        raise DownloadFailed("The file of trusted certificates cannot be read.") from error


@lru_cache(maxsize=4)
def _tls_context(ca_file: str) -> ssl.SSLContext:
    """Reading the system's certificates takes longer than many a download."""
    if not ca_file:
        return httpcore.default_ssl_context()
    if Path(ca_file).is_dir():
        return ssl.create_default_context(capath=ca_file)
    return ssl.create_default_context(cafile=ca_file)
