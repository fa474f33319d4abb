"""What a user hands in becomes an https address or a reference into the store, or is refused."""

import base64
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.errors import AddressBlocked, DiskFull, InvalidInput, MediaRejected
from components.media.clips.inspection import VideoInfo
from components.media.images.inspection import ImageInfo
from components.media.inputs import take
from components.media.report import ClipChoices, ImageChoices
from components.media.store.media_store import REF_PREFIX, FolderStore, media_type, name_of
from components.media.store.verification import verify_result
from tests.samples.media_files import drawing, video

ADDRESS = "https://cdn.example.com/a.png?sig=A%2Fb"
LOCAL = frozenset({"127.0.0.1:8123"})
take_image = partial(take, choices=ImageChoices())
take_video = partial(take, choices=ClipChoices())


class FullStore(FolderStore):
    """A store whose volume has no room."""

    def keep(self, source: Path, suffix: str, digest: str = "") -> str:
        raise DiskFull(f"There is no room left to keep {source.name} as {digest}{suffix}.")


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "media")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    file = tmp_path / "fox.png"
    drawing().save(file)
    return file


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return video(tmp_path_factory.mktemp("clip") / "clip.mp4", size=(720, 720), seconds=3)


def uri(content: bytes, mime: str) -> str:
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"


def data_uri(reference: str, store: FolderStore) -> str:
    name = name_of(reference)
    return uri(store.path(name).read_bytes(), media_type(name))


def describe(source: str, store: FolderStore) -> ImageInfo | VideoInfo | None:
    return verify_result(store.path(name_of(source))) if source.startswith(REF_PREFIX) else None


def test_an_https_address_is_passed_on_unchanged(store: FolderStore, tmp_path: Path) -> None:
    assert take_image(ADDRESS, store) == ADDRESS
    assert take_video(ADDRESS, store) == ADDRESS
    assert describe(ADDRESS, store) is None
    assert list(tmp_path.iterdir()) == []


def test_an_allowed_host_may_be_named(store: FolderStore) -> None:
    url = "http://127.0.0.1:8123/files/a.png"
    assert take_image(url, store, allowed_hosts=LOCAL) == url
    with pytest.raises(AddressBlocked):
        take_image(url, store)


def test_an_uploaded_picture_is_kept_as_it_is(store: FolderStore, picture: Path) -> None:
    reference = take_image(picture, store)
    assert store.path(name_of(reference)).read_bytes() == picture.read_bytes()
    assert reference.endswith(".png")
    assert data_uri(reference, store) == uri(picture.read_bytes(), "image/png")
    assert describe(reference, store) == ImageInfo("PNG", 400, 300, picture.stat().st_size)


def test_a_picture_of_another_format_is_kept_converted(store: FolderStore, tmp_path: Path) -> None:
    drawing().save(tmp_path / "fox.png", "WEBP")
    reference = take_image(tmp_path / "fox.png", store)
    assert reference.endswith(".jpg")
    assert data_uri(reference, store).startswith("data:image/jpeg;base64,/9j/")


def test_a_data_uri_is_kept_like_an_upload(store: FolderStore, picture: Path, clip: Path) -> None:
    content = picture.read_bytes()
    assert take_image(uri(content, "image/png"), store) == take_image(picture, store)
    assert take_image(uri(content, "image/jpeg"), store).endswith(".png")
    assert take_video(uri(clip.read_bytes(), "video/mp4"), store) == take_video(clip, store)


def test_an_uploaded_video_is_kept_as_it_is(store: FolderStore, clip: Path) -> None:
    reference = take_video(clip, store)
    assert store.path(name_of(reference)).read_bytes() == clip.read_bytes()
    assert take_video(reference, store) == reference
    info = describe(reference, store)
    assert isinstance(info, VideoInfo)
    assert info.duration_s == pytest.approx(3, abs=0.05)


def test_a_video_outside_the_limits_is_not_kept(store: FolderStore, tmp_path: Path) -> None:
    with pytest.raises(MediaRejected, match=r"short\.mp4 lasts 1\.00 seconds"):
        take_video(video(tmp_path / "short.mp4"), store)
    assert store.size_bytes() == 0


def test_a_reference_to_a_result_is_made_fit_for_a_request(
    store: FolderStore, tmp_path: Path, picture: Path
) -> None:
    fitting = take_image(picture, store)
    assert take_image(fitting, store) == fitting
    drawing().save(tmp_path / "result.webp")
    result = "/media/" + store.keep(tmp_path / "result.webp", ".webp")
    assert take_image(result, store).endswith(".jpg")


def test_a_reference_of_the_other_kind_is_refused_without_its_long_name(
    store: FolderStore, picture: Path, clip: Path
) -> None:
    with pytest.raises(MediaRejected, match=r"^This file is a picture; a video is needed"):
        take_video(take_image(picture, store), store)
    with pytest.raises(MediaRejected, match=r"^This file is a video; a picture is needed"):
        take_image(take_video(clip, store), store)


@pytest.mark.parametrize(
    "source",
    [
        "/media/",
        "/media/../../etc/passwd",
        "/media/" + "a" * 64 + ".png",
        "/media/" + "a" * 64 + ".png/../../x",
    ],
)
def test_a_reference_to_nothing_is_refused(store: FolderStore, source: str) -> None:
    for take_one in (take_image, take_video):
        with pytest.raises(MediaRejected, match="add it again"):
            take_one(source, store)
    with pytest.raises(MediaRejected):
        data_uri(source, store)


@pytest.mark.parametrize(
    "source",
    [
        "data:",
        "data:image/png,abc",
        "data:image/png;base64",
        "data:image/png;base64,",
        "data:image/png;base64,???",
        "data:image/png;base64,iVBORw0",
        "data:image/png;base64,aGVsbG8=",
        "data:image/svg+xml;base64,PHN2Zy8+",
        "data:text/html;base64,PGI+",
        "data:video/mp4;base64,aGVsbG8=",
        "DATA:image/png;base64,aGVsbG8=",
    ],
)
def test_a_malformed_data_uri_is_rejected(store: FolderStore, source: str) -> None:
    with pytest.raises(MediaRejected):
        take_image(source, store)
    assert store.size_bytes() == 0


def test_a_data_uri_beyond_the_bound_is_rejected_before_it_is_decoded(store: FolderStore) -> None:
    with pytest.raises(MediaRejected, match="50 MB is the limit"):
        take_image("data:image/png;base64," + "?" * 70_000_000, store)


@pytest.mark.parametrize(
    "source",
    [
        "/etc/passwd",
        "etc/passwd",
        "C:\\Windows\\win.ini",
        "file:///etc/passwd",
        "ftp://example.com/a.png",
        "http://example.com/a.png",
        "javascript:alert(1)",
        "https://127.0.0.1/a.png",
        "a fox",
        "",
        "media/" + "a" * 64 + ".png",
    ],
)
def test_any_other_text_is_blocked(store: FolderStore, source: str) -> None:
    for take_one in (take_image, take_video):
        with pytest.raises(AddressBlocked, match=r"\.$"):
            take_one(source, store)


def test_text_that_names_an_existing_file_is_never_opened(
    store: FolderStore, picture: Path
) -> None:
    with pytest.raises(AddressBlocked):
        take_image(str(picture), store)


def test_a_full_disk_says_that_nothing_was_sent(tmp_path: Path, picture: Path) -> None:
    with pytest.raises(DiskFull) as caught:
        take_image(picture, FullStore(tmp_path / "media"))
    assert "Nothing was sent or charged." in str(caught.value)
    assert "paid" not in str(caught.value)


@given(st.text(max_size=80))
def test_any_text_ends_in_an_https_address_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, source: str
) -> None:
    store = FolderStore(tmp_path_factory.getbasetemp() / "any")
    try:
        assert take_image(source, store).startswith("https://")
    except InvalidInput as error:
        assert str(error).endswith(".")
