// A clip plays in its card while somebody points at it or the card has the focus.

import { isStill } from "../../../browser/drawing/autoplay.js";
import { one, within } from "../../../browser/drawing/elements.js";

const PAUSE_MS = 150;

/** @param {HTMLElement} card */
const playerOf = (card) =>
  Object.assign(document.createElement("video"), {
    src: card.dataset.clip,
    poster: /** @type {HTMLImageElement | null} */ (card.querySelector(".thumb img"))?.src ?? "",
    muted: true, loop: true, autoplay: true, playsInline: true,
  });

/** @param {HTMLElement} grid */
export const playOnHover = (grid) => {
  /** @type {HTMLElement | null} */
  let playing = null;
  /** @type {HTMLVideoElement | null} */
  let player = null;
  /** @type {number | undefined} */
  let soon;

  const stop = () => {
    clearTimeout(soon);
    // Without its address a video stops loading, too.
    player?.removeAttribute("src");
    player?.load();
    player?.remove();
    playing = player = null;
  };
  /** @param {HTMLElement | null} card */
  const play = (card) => {
    if (card === playing) return;
    stop();
    if (!card || isStill()) return;
    playing = card;
    soon = setTimeout(() => {
      player = playerOf(card);
      player.setAttribute("aria-hidden", "true");
      one(card, ".thumb").append(player);
    }, PAUSE_MS);
  };
  grid.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "touch") play(within(event, "[data-clip]"));
  });
  grid.addEventListener("pointerleave", stop);
  grid.addEventListener("focusin", (event) => {
    if (/** @type {Element} */ (event.target).matches(":focus-visible")) play(within(event, "[data-clip]"));
  });
  // Pressing moves the focus: what is pointed at plays on.
  grid.addEventListener("focusout", ({ relatedTarget }) =>
    playing?.contains(/** @type {Node | null} */ (relatedTarget)) || stop());
};
