// What a fresh drawing must not take away: where somebody writes, what is not kept yet, what was said here.

import { all } from "../../../../browser/drawing/elements.js";
import { grow } from "./growing_boxes.js";

const SAID_HERE = ["[data-save-state]", "[data-look-problem]", "[data-link-problem]"];

// The item that a box belongs to, or "" for the showcase itself.
/** @param {HTMLTextAreaElement} box */
export const itemOf = (box) => /** @type {HTMLElement | null} */ (box.closest("[data-item]"))?.dataset.item ?? "";

/** @param {HTMLTextAreaElement} box */
export const keyOf = (box) => `${itemOf(box)}:${box.dataset.words}`;

/** @param {HTMLElement} place @param {HTMLElement} fresh */
export const keepSaid = (place, fresh) => {
  for (const said of SAID_HERE) {
    const [from] = all(place, said);
    const [to] = all(fresh, said);
    if (from && to) Object.assign(to, { textContent: from.textContent, className: from.className });
  }
};

/** @param {HTMLElement} place @param {HTMLElement} fresh @param {(key: string) => boolean} isWaiting */
export const keepWords = (place, fresh, isWaiting) => {
  /** @type {Map<string, HTMLTextAreaElement>} */
  const twins = new Map(all(fresh, "[data-words]", HTMLTextAreaElement).map((it) => [keyOf(it), it]));
  for (const box of all(place, "[data-words]", HTMLTextAreaElement)) {
    const twin = twins.get(keyOf(box));
    if (!twin) continue;
    if (box === document.activeElement || isWaiting(keyOf(box))) twin.defaultValue = box.defaultValue;
    else if (box.value !== twin.defaultValue) {
      box.value = twin.defaultValue;
      grow(box);
    }
  }
};
