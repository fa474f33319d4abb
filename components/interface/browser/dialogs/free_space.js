// Where something can lie over the page without covering what can be pressed.

/** @typedef {{left: number, top: number, right: number, bottom: number}} Place */

const PRESSABLE = "button, a[href], input, select, textarea, summary, label, video[controls], [role=slider]";
const MARGIN_PX = 12;
const GAP_PX = 6;
const STEP_PX = 8;

/** @param {DOMRect} place */
const isSeen = ({ width, height, bottom, right, top, left }) =>
  width && height && bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;

/** @param {Place} one @param {Place} other */
const overlap = (one, other) => {
  const width = Math.min(one.right, other.right + GAP_PX) - Math.max(one.left, other.left - GAP_PX);
  const height = Math.min(one.bottom, other.bottom + GAP_PX) - Math.max(one.top, other.top - GAP_PX);
  return width > 0 && height > 0 ? width * height : 0;
};

// From the foot of the window upwards, at the left, in the middle, at the right.
/** @param {number} width @param {number} height @returns {Generator<Place>} */
const placesFor = function* placesFor(width, height) {
  const lefts = [MARGIN_PX, (innerWidth - width) / 2, innerWidth - width - MARGIN_PX];
  for (let top = innerHeight - height - MARGIN_PX; top >= MARGIN_PX; top -= STEP_PX) {
    for (const left of lefts) yield { left, top, right: left + width, bottom: top + height };
  }
};

// How much of each can no longer be pressed: what is large loses little by a strip.
/** @param {Place} place @param {DOMRect[]} pressable */
const hidden = (place, pressable) =>
  pressable.reduce((sum, it) => sum + overlap(place, it) / (it.width * it.height), 0);

// Moves a fixed element to the lowest free place of the window, else to where it hides the least.
/** @param {HTMLElement} element @param {Element} ground */
export const putFree = (element, ground) => {
  const { width, height } = element.getBoundingClientRect();
  const pressable = [...ground.querySelectorAll(PRESSABLE)]
    .filter((it) => !element.contains(it))
    .map((it) => it.getBoundingClientRect())
    .filter(isSeen);
  /** @type {{place: Place, covered: number} | null} */
  let best = null;
  for (const place of placesFor(width, height)) {
    const covered = hidden(place, pressable);
    if (!best || covered < best.covered) best = { place, covered };
    if (!covered) break;
  }
  if (!best) return;
  Object.assign(element.style, { left: `${best.place.left}px`, top: `${best.place.top}px`, bottom: "auto" });
};
