"""Links: whoever has one sees the showcase until it ends, and a guesser learns nothing."""

import base64
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from components.errors import InvalidRequest, ShowcaseNotFound
from components.showcases import passphrases
from components.showcases.links import NO_LINK, NOT_SHARED, TOKEN_BYTES, Link
from tests.samples.run_samples import NOW
from tests.samples.showcase_room import PICTURE_RUN, Room

DAY_S = 86_400.0
PASSPHRASE = "three plain words"


def link_is_over(room: Room, token: str) -> bool:
    try:
        room.showcases.links.find(token)
    except ShowcaseNotFound as error:
        assert str(error) == NO_LINK
        return True
    return False


def test_a_link_leads_to_its_showcase_and_no_other(room: Room) -> None:
    first, _ = room.show(PICTURE_RUN, title="A")
    second, _ = room.show(PICTURE_RUN, title="B")
    links = room.showcases.links
    tokens = [links.share(it).token for it in (first, second)]
    shown = [links.showcase(links.find(it)).title for it in tokens]
    assert shown == ["A", "B"]
    assert [it.is_shared for it in room.showcases.editor.all()] == [True, True]


def test_a_token_has_at_least_128_random_bits_and_is_never_the_same(room: Room) -> None:
    showcase_id, _ = room.show(PICTURE_RUN)
    links = room.showcases.links
    tokens = {links.share(showcase_id).token} | {links.renew(showcase_id).token for _ in range(50)}
    assert len(tokens) == 51
    assert all(len(base64.urlsafe_b64decode(it)) == TOKEN_BYTES >= 16 for it in tokens)


def test_unknown_expired_and_revoked_links_say_the_same(room: Room) -> None:
    links = room.showcases.links
    tokens = []
    for _ in range(4):
        showcase_id, _ = room.show(PICTURE_RUN)
        tokens.append((showcase_id, links.share(showcase_id, expires_at=NOW + DAY_S).token))
    (revoked, _), (renewed, _), (deleted, _), _ = tokens
    links.revoke(revoked)
    links.renew(renewed)
    room.showcases.editor.delete(deleted)
    room.clock.now += DAY_S
    gone = [token for _, token in tokens]
    odd = ["", "\0", "é" * 32, "\ud800", "../..", "x" * 100_000, "%00", gone[3] + "=", gone[3][:-1]]
    assert all(link_is_over(room, token) for token in (*gone, *odd))


def test_what_is_longer_or_in_other_letters_than_a_token_is_none(room: Room) -> None:
    showcase_id, _ = room.show(PICTURE_RUN)
    token = room.showcases.links.share(showcase_id).token
    assert not link_is_over(room, token)
    others = (token.swapcase(), f" {token}", f"{token}\n", token + "A", token * 3, "%", "_" * 32)
    assert all(link_is_over(room, it) for it in others)


def test_a_link_ends_to_the_second(room: Room) -> None:
    showcase_id, _ = room.show(PICTURE_RUN)
    token = room.showcases.links.share(showcase_id, expires_at=NOW + DAY_S).token
    room.clock.now = NOW + DAY_S - 0.001
    assert not link_is_over(room, token)
    room.clock.now = NOW + DAY_S
    assert link_is_over(room, token)
    assert room.showcases.links.of(showcase_id) is None
    assert not room.showcases.editor.all()[0].is_shared


@pytest.mark.parametrize("at", [NOW, NOW - 1, 0.0, -1e18, float("nan"), float("-inf")])
def test_an_end_in_the_past_is_refused_and_the_link_is_as_it_was(at: float, room: Room) -> None:
    showcase_id, _ = room.show(PICTURE_RUN)
    links = room.showcases.links
    before = links.share(showcase_id, expires_at=NOW + DAY_S)
    with pytest.raises(InvalidRequest) as refused:
        links.share(showcase_id, expires_at=at)
    (said,) = refused.value.problems.values()
    assert list(refused.value.problems) == ["expires_at"]
    assert said.endswith("is over: choose a day to come. The link is as it was.")
    assert links.of(showcase_id) == before


def test_the_sentence_names_the_day_that_is_over(room: Room) -> None:
    showcase_id, _ = room.show(PICTURE_RUN)
    at = datetime(2026, 3, 5, tzinfo=UTC).timestamp()
    with pytest.raises(InvalidRequest, match="5 March 2026 is over"):
        room.showcases.links.share(showcase_id, expires_at=at)


@pytest.mark.parametrize("at", [None, float("inf"), 1e300])
def test_an_end_that_never_comes_is_none(at: float | None, room: Room) -> None:
    showcase_id, _ = room.show(PICTURE_RUN)
    token = room.showcases.links.share(showcase_id, expires_at=at).token
    room.clock.now += 90 * 365 * DAY_S
    assert not link_is_over(room, token)


@pytest.mark.parametrize("passphrase", ["x", "       x       ", "1234567", "\u3000\u3000 a"])
def test_a_passphrase_of_one_letter_is_refused(passphrase: str, room: Room) -> None:
    showcase_id, _ = room.show(PICTURE_RUN)
    with pytest.raises(InvalidRequest) as refused:
        room.showcases.links.share(showcase_id, passphrase=passphrase)
    assert "Take at least 8 characters" in refused.value.problems["passphrase"]
    assert room.showcases.links.of(showcase_id) is None
    with pytest.raises(InvalidRequest, match="longer than 200"):
        room.showcases.links.share(showcase_id, passphrase="x" * 201)


def test_a_passphrase_is_asked_for_and_changing_it_makes_every_proof_void(room: Room) -> None:
    showcase_id, _ = room.show(PICTURE_RUN)
    links = room.showcases.links
    link = links.share(showcase_id, passphrase=PASSPHRASE)
    assert PASSPHRASE not in str(link)
    proof = link.proof
    assert link.admits(proof)
    for wrong in ("", "x", proof[:-1], proof.upper(), "é" * 64, "\ud800"):
        assert not link.admits(wrong)
    same_words = links.share(showcase_id, passphrase=PASSPHRASE)
    assert not same_words.admits(proof)
    other = links.share(showcase_id, passphrase="something else")
    assert not other.admits(same_words.proof)
    renewed = links.renew(showcase_id)
    assert renewed.has_passphrase
    assert not renewed.admits(other.proof)
    assert links.share(showcase_id, passphrase="").admits("")


def test_a_proof_for_one_showcase_is_none_for_another(room: Room) -> None:
    links = room.showcases.links
    (first, _), (second, _) = room.show(PICTURE_RUN), room.show(PICTURE_RUN)
    proof = links.share(first, passphrase=PASSPHRASE).proof
    assert not links.share(second, passphrase=PASSPHRASE).admits(proof)


def test_the_end_changes_and_the_passphrase_and_the_token_stay(room: Room) -> None:
    showcase_id, _ = room.show(PICTURE_RUN)
    links = room.showcases.links
    before = links.share(showcase_id, passphrase=PASSPHRASE)
    assert links.share(showcase_id, expires_at=NOW + 1) == replace(before, expires_at=NOW + 1)


@pytest.mark.parametrize(
    ("tried", "fits"),
    [
        (PASSPHRASE, True),
        (f" {PASSPHRASE}\n", True),
        (PASSPHRASE.title(), False),
        ("", False),
        ("\ud800", False),
        ("x" * 1_000_000, False),
    ],
)
def test_who_knows_the_passphrase_is_let_in(tried: str, fits: bool) -> None:
    kept = passphrases.hashed(PASSPHRASE)
    assert kept.startswith("$argon2id$")
    assert passphrases.fits(kept, tried) is fits


def test_a_hash_that_is_none_lets_nobody_in() -> None:
    assert not passphrases.fits("", "")
    assert not passphrases.fits("$argon2id$broken", PASSPHRASE)


def test_letters_that_another_keyboard_composes_are_the_same() -> None:
    assert passphrases.fits(passphrases.hashed("Gruße aus Köln"), "Gruße aus Ko\u0308ln")


def test_renewing_ends_the_link_before(room: Room) -> None:
    showcase_id, _ = room.show(PICTURE_RUN)
    links = room.showcases.links
    with pytest.raises(ShowcaseNotFound, match=NOT_SHARED):
        links.renew(showcase_id)
    old = links.share(showcase_id, expires_at=NOW + DAY_S)
    new = links.renew(showcase_id)
    assert (link_is_over(room, old.token), link_is_over(room, new.token)) == (True, False)
    assert new.expires_at == old.expires_at
    links.revoke(showcase_id)
    links.revoke(showcase_id)
    assert link_is_over(room, new.token)
    again = links.share(showcase_id)
    assert again.token not in (old.token, new.token)


def test_openings_are_counted_with_the_last_of_them(room: Room) -> None:
    showcase_id, _ = room.show(PICTURE_RUN)
    links = room.showcases.links
    link = links.share(showcase_id)
    for _ in range(3):
        room.clock.now += 60
        links.opened(link)
    seen = links.of(showcase_id)
    assert isinstance(seen, Link)
    assert (seen.opened_count, seen.opened_at) == (3, NOW + 180)


def test_what_is_gone_has_no_link(room: Room) -> None:
    links = room.showcases.links
    for refused in (links.share, links.renew, links.revoke):
        with pytest.raises(ShowcaseNotFound):
            refused("unknown")
    showcase_id, _ = room.show(PICTURE_RUN)
    link = links.share(showcase_id)
    room.showcases.editor.delete(showcase_id)
    with pytest.raises(ShowcaseNotFound, match=NO_LINK):
        links.showcase(link)
    room.showcases.editor.undelete(showcase_id)
    assert links.showcase(links.find(link.token)).id == showcase_id
