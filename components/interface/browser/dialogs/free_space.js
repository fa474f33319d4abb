// Where something can lie over the page without covering what can be pressed.

const PRESSABLE = "button, a[href], input, select, textarea, summary, label, video[controls], [role=slider]";
const MARGIN_PX = 12;
const GAP_PX = 6;
const STEP_PX = 8;

const isSeen = ({ width, height, bottom, right, top, left }) =>
  width && height && bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;

const overlap = (one, other) => {
  const width = Math.min(one.right, other.right + GAP_PX) - Math.max(one.left, other.left - GAP_PX);
  const height = Math.min(one.bottom, other.bottom + GAP_PX) - Math.max(one.top, other.top - GAP_PX);
  return width > 0 && height > 0 ? width * height : 0;
};

// From the foot of the window upwards, at the left, in the middle, at the right.
const placesFor = function* placesFor(width, height) {
  const lefts = [MARGIN_PX, (innerWidth - width) / 2, innerWidth - width - MARGIN_PX];
  for (let top = innerHeight - height - MARGIN_PX; top >= MARGIN_PX; top -= STEP_PX) {
    for (const left of lefts) yield { left, top, right: left + width, bottom: top + height };
  }
};

// How much of each can no longer be pressed: what is large loses little by a strip.
const hidden = (place, pressable) =>
  pressable.reduce((sum, it) => sum + overlap(place, it) / (it.width * it.height), 0);

// Moves a fixed element to the lowest free place of the window, else to where it hides the least.
export const putFree = (element, ground) => {
  const { width, height } = element.getBoundingClientRect();
  const pressable = [...ground.querySelectorAll(PRESSABLE)]
    .filter((it) => !element.contains(it))
    .map((it) => it.getBoundingClientRect())
    .filter(isSeen);
  let best = null;
  for (const place of placesFor(width, height)) {
    const covered = hidden(place, pressable);
    if (!best || covered < best.covered) best = { place, covered };
    if (!covered) break;
  }
  if (!best) return;
  Object.assign(element.style, { left: `${best.place.left}px`, top: `${best.place.top}px`, bottom: "auto" });
};
