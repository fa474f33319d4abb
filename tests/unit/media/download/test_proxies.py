"""The way out: the proxy and the certificates that are set, and yet to public addresses only."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme

from components.errors import AddressBlocked, DownloadFailed, DownloadUnfinished
from components.media.download.fetch import Fetched, download
from components.media.download.proxies import ProxySettings
from components.media.download.timeouts import DownloadTimeouts
from tests.servers.media_server import CONTENT, FileServer, Page, serve
from tests.servers.proxy_server import socks, tunnelling

NAME = "files.example.com"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return str(file)


@contextmanager
def site(authority: trustme.CA, page: Page) -> Iterator[FileServer]:
    """The site whose name only a proxy can look up."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(NAME).configure_cert(context)
    with serve({"/file": page}, context) as server:
        yield server


def numbers_only(host: str, _: int) -> list[str]:
    """A resolver behind a proxy: it knows no names of the world."""
    if not host[0].isdigit():
        raise OSError(f"{host} is not known here")
    return [host]


def fetch(
    target: Path, proxy_settings: ProxySettings, url: str = f"https://{NAME}/file"
) -> Fetched:
    return download(
        url,
        target / "a",
        max_size_bytes=10**6,
        proxy_settings=proxy_settings,
        patience=DownloadTimeouts(stall_s=0.5, least_bytes=1000),
        resolve=numbers_only,
    )


def test_a_file_comes_through_the_proxy_and_is_gone_on_with(
    authority: trustme.CA, ca_file: str, tmp_path: Path
) -> None:
    with (
        site(authority, lambda it: it.stall_after(150_000)) as server,
        tunnelling(server.host) as proxy,
    ):
        set_so = {"https": f"http://ada:p%40ss@127.0.0.1:{proxy.port}"}
        out = ProxySettings(set_so, ca_file=ca_file)
        with pytest.raises(DownloadUnfinished):
            fetch(tmp_path, out)
        assert fetch(tmp_path, out).size_bytes == len(CONTENT)
        assert [headers.get("range") for _, headers in server.requests] == [None, "bytes=150000-"]
    # base64 of ada:p@ss, in lower case as all headers here
    assert proxy.asked == [(f"{NAME}:443", "basic ywrhonbac3m=")] * 2
    assert (tmp_path / "a").read_bytes() == CONTENT


def test_a_file_comes_through_a_socks_proxy(
    authority: trustme.CA, ca_file: str, tmp_path: Path
) -> None:
    with (
        site(authority, lambda it: it.answer(200, CONTENT)) as server,
        socks(server.host) as proxy,
    ):
        fetch(
            tmp_path, ProxySettings({"all": f"socks5h://127.0.0.1:{proxy.port}"}, ca_file=ca_file)
        )
    assert proxy.asked == [(f"{NAME}:443", "")]
    assert (tmp_path / "a").read_bytes() == CONTENT


@pytest.mark.parametrize("trusted", ["", "folder"])
def test_a_certificate_of_an_unknown_authority_is_named_as_the_reason(
    authority: trustme.CA, tmp_path: Path, trusted: str
) -> None:
    (tmp_path / "folder").mkdir()
    ca = str(tmp_path / trusted) if trusted else ""
    with (
        site(authority, lambda it: it.answer(200, CONTENT)) as server,
        tunnelling(server.host) as proxy,
        pytest.raises(DownloadFailed, match=f"certificate of {NAME} is not trusted here"),
    ):
        fetch(tmp_path, ProxySettings({"https": f"127.0.0.1:{proxy.port}"}, ca_file=ca))


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_certificates_that_cannot_be_read_are_named_to_the_log_alone(
    tmp_path: Path, content: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    bundle = tmp_path / "bundle.pem"
    if content:
        bundle.write_text(content)
    with pytest.raises(DownloadFailed, match="trusted certificates cannot be read") as caught:
        fetch(tmp_path, ProxySettings(ca_file=str(bundle)))
    assert str(tmp_path) not in str(caught.value)
    assert str(bundle) in caplog.text


@pytest.mark.parametrize(
    "url", ["https://10.0.0.1/file", "https://[::1]/file", "https://printer.local/file"]
)
def test_a_private_address_is_not_asked_of_the_proxy(tmp_path: Path, url: str) -> None:
    with tunnelling("127.0.0.1:9") as proxy, pytest.raises(AddressBlocked):
        fetch(tmp_path, ProxySettings({"https": f"http://127.0.0.1:{proxy.port}"}), url)
    assert proxy.asked == []


def test_a_name_that_is_known_here_as_private_is_not_asked_of_the_proxy(tmp_path: Path) -> None:
    with tunnelling("127.0.0.1:9") as proxy, pytest.raises(AddressBlocked, match="private"):
        download(
            f"https://{NAME}/file",
            tmp_path / "a",
            max_size_bytes=10,
            proxy_settings=ProxySettings({"https": f"http://127.0.0.1:{proxy.port}"}),
            resolve=lambda *_: ["10.1.2.3"],
        )
    assert proxy.asked == []


def test_a_redirect_to_a_private_address_is_not_followed_through_the_proxy(
    authority: trustme.CA, ca_file: str, tmp_path: Path
) -> None:
    with (
        site(authority, lambda it: it.answer(302, Location="https://169.254.169.254/x")) as server,
        tunnelling(server.host) as proxy,
        pytest.raises(AddressBlocked),
    ):
        fetch(tmp_path, ProxySettings({"https": f"http://127.0.0.1:{proxy.port}"}, ca_file=ca_file))
    assert len(proxy.asked) == 1


@pytest.mark.parametrize("refusal", ["403 Forbidden", "407 Proxy Authentication Required"])
def test_a_proxy_that_refuses_is_named_without_its_password(tmp_path: Path, refusal: str) -> None:
    with tunnelling("127.0.0.1:9", refusal) as proxy, pytest.raises(DownloadFailed) as caught:
        fetch(tmp_path, ProxySettings({"https": f"http://ada:secret@127.0.0.1:{proxy.port}"}))
    assert caught.value.message == f"The proxy that is set did not connect to {NAME}."


@pytest.mark.parametrize(
    ("proxy", "said"),
    [
        ("http://127.0.0.1:9", "did not connect"),
        ("ftp://proxy:21", "cannot be used"),
        ("http://:80", "cannot be used"),
        ("http://proxy:99999", "cannot be used"),
    ],
)
def test_a_proxy_that_is_none_is_told(tmp_path: Path, proxy: str, said: str) -> None:
    with pytest.raises(DownloadFailed, match=f"The proxy that is set {said}"):
        fetch(tmp_path, ProxySettings({"https": proxy}))


def test_a_host_of_this_house_needs_no_proxy(tmp_path: Path) -> None:
    with serve({"/file": lambda it: it.answer(200, CONTENT)}) as server:
        download(
            server.url("/file"),
            tmp_path / "a",
            max_size_bytes=10**6,
            allowed_hosts=server.allowed_hosts,
            proxy_settings=ProxySettings(
                {"http": "http://127.0.0.1:9", "all": "http://127.0.0.1:9"}
            ),
        )
    assert (tmp_path / "a").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("no_proxy", "url", "is_proxied"),
    [
        ("", "https://files.example.com/a", True),
        ("other.com, example.com", "https://files.example.com/a", False),
        (".example.com", "https://files.example.com/a", False),
        ("*.example.com", "https://files.example.com/a", False),
        ("Files.Example.com", "https://files.example.com/a", False),
        ("example.com", "https://notexample.com/a", True),
        ("example.com:443", "https://files.example.com/a", False),
        ("example.com:444", "https://files.example.com/a", True),
        ("*", "https://files.example.com/a", False),
        ("8.8.0.0/16", "https://8.8.8.8/a", False),
        ("8.8.8.8", "https://8.8.8.8/a", False),
        ("8.9.0.0/16", "https://8.8.8.8/a", True),
        ("8.8.0.0/16", "https://files.example.com/a", True),
        ("2001:4860::/32", "https://[2001:4860:4860::8888]/a", False),
    ],
)
def test_hosts_without_a_proxy(no_proxy: str, url: str, is_proxied: bool) -> None:
    out = ProxySettings({"https": "http://proxy:3128"}, no_proxy)
    assert bool(out.proxy_for(urlsplit(url))) is is_proxied


def test_a_proxy_for_the_scheme_goes_before_one_for_all() -> None:
    out = ProxySettings({"https": "http://one:1", "all": "http://two:2"})
    assert out.proxy_for(urlsplit("https://example.com/")) == "http://one:1"
    assert out.proxy_for(urlsplit("http://example.com/")) == "http://two:2"
