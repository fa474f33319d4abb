// A clip plays in its card while somebody points at it or the card has the focus.

import { isStill } from "../../../browser/drawing/autoplay.js";

const PAUSE_MS = 150;

const playerOf = (card) =>
  Object.assign(document.createElement("video"), {
    src: card.dataset.clip, poster: card.querySelector(".thumb img")?.src ?? "", muted: true, loop: true, autoplay: true, playsInline: true,
  });

export const playOnHover = (grid) => {
  let playing = null;
  let player = null;
  let soon;

  const stop = () => {
    clearTimeout(soon);
    // Without its address a video stops loading, too.
    player?.removeAttribute("src");
    player?.load();
    player?.remove();
    playing = player = null;
  };
  const play = (card) => {
    if (card === playing) return;
    stop();
    if (!card || isStill()) return;
    playing = card;
    soon = setTimeout(() => {
      player = playerOf(card);
      player.setAttribute("aria-hidden", "true");
      card.querySelector(".thumb").append(player);
    }, PAUSE_MS);
  };
  grid.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "touch") play(event.target.closest("[data-clip]"));
  });
  grid.addEventListener("pointerleave", stop);
  grid.addEventListener("focusin", (event) => {
    if (event.target.matches(":focus-visible")) play(event.target.closest("[data-clip]"));
  });
  // Pressing moves the focus: what is pointed at plays on.
  grid.addEventListener("focusout", ({ relatedTarget }) => playing?.contains(relatedTarget) || stop());
};
