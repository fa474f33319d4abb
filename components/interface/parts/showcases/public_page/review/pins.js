// Pins over the pictures and clips of an item: each is the place that a comment is about.

import { all } from "../../../../browser/drawing/elements.js";
import { clipIn, isAt } from "./clip_frames.js";

/** @import { PlaceBody, ShownComment } from "../../../../browser/server/wire" */
/** @typedef {{comment: ShownComment, number: number}} Numbered */

/** The boxes of an item by its sides: the panes of its stage, or its frames. @param {Element} item */
export const boxesOf = (item) => {
  const panes = all(item, ".pane");
  return panes.length ? panes : all(item, "[data-frame]");
};

/** Where a picture lies in its box, which may have another shape. @param {HTMLElement} box @param {HTMLElement} within */
const fit = (box, within) => {
  const own = Number(box.dataset.ratio);
  const { clientWidth: width, clientHeight: height } = box;
  if (!own || !width || !height) return;
  const share = own / (width / height);
  Object.assign(within.style, {
    width: `${100 * Math.min(1, share)}%`,
    height: `${100 * Math.min(1, 1 / share)}%`,
    left: `${50 * (1 - Math.min(1, share))}%`,
    top: `${50 * (1 - Math.min(1, 1 / share))}%`,
  });
};

/** The layer of a box, on which 0 and 1 are the edges of the picture. @param {HTMLElement} box */
export const layerOf = (box) => {
  const there = /** @type {HTMLElement | null} */ (box.querySelector(".pins-within"));
  if (there) return there;
  const layer = Object.assign(document.createElement("div"), { className: "pins" });
  const within = Object.assign(document.createElement("div"), { className: "pins-within" });
  layer.append(within);
  box.append(layer);
  new ResizeObserver(() => fit(box, within)).observe(box);
  return within;
};

/** @param {HTMLElement} pin @param {{x?: number | null, y?: number | null}} place */
export const stick = (pin, { x, y }) => {
  pin.style.setProperty("--pin-x", String(x));
  pin.style.setProperty("--pin-y", String(y));
};

/**
 * `open` goes to the comment of a pin.
 * @param {HTMLElement} item @param {Numbered[]} numbered @param {(id: string) => void} open
 */
export const drawPins = (item, numbered, open) => {
  const boxes = boxesOf(item);
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.pin : "";
  for (const old of all(item, "[data-pin]")) old.remove();
  for (const { comment, number } of numbered) {
    const box = boxes[comment.place?.side ?? 0];
    if (!box || !comment.place) continue;
    const pin = Object.assign(document.createElement("button"), { type: "button", className: "pin", textContent: String(number) });
    pin.dataset.pin = comment.id;
    pin.setAttribute("aria-label", `Comment ${number}, by ${comment.author}`);
    pin.classList.toggle("is-resolved", comment.is_resolved);
    stick(pin, comment.place);
    pin.addEventListener("click", () => open(comment.id));
    layerOf(box).append(pin);
    followClip(pin, clipIn(box), comment.place);
    if (comment.id === focused) pin.focus({ preventScroll: true });
  }
};

/**
 * A place at a frame is only there while the clip shows that.
 * @param {HTMLElement} pin @param {HTMLVideoElement | null} video @param {PlaceBody} place
 */
const followClip = (pin, video, place) => {
  const at = place.time_s;
  if (!video || at === null || at === undefined) return;
  const look = () => {
    pin.hidden = !isAt(video, at);
    if (!pin.isConnected) for (const name of NEWS) video.removeEventListener(name, look);
  };
  for (const name of NEWS) video.addEventListener(name, look);
  look();
};

const NEWS = ["timeupdate", "seeked", "loadedmetadata"];
