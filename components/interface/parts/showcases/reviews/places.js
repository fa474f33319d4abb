// Where a comment points: a pin on the picture, the frame of a clip.

import { all } from "../../../browser/drawing/elements.js";

/** @param {HTMLVideoElement} video @param {() => void} go */
const whenKnown = (video, go) => {
  if (video.readyState) {
    go();
    return;
  }
  video.addEventListener("loadedmetadata", go, { once: true });
  video.preload = "auto";
  video.load();
};

// In the middle of the frame, so that no rounding shows its neighbour.
/** @param {DOMStringMap} chip @param {number} framesPerS */
const secondsOf = ({ frame, timeS }, framesPerS) => {
  if (frame !== undefined && framesPerS) return (Number(frame) + 0.5) / framesPerS;
  return timeS === undefined ? null : Number(timeS);
};

/** @param {HTMLElement} item @param {HTMLElement} chip @param {{isFar?: boolean}} [how] */
export const showPlace = (item, chip, { isFar = true } = {}) => {
  for (const pin of all(item, ".pin")) pin.remove();
  const [medium] = all(item, `.shown-medium[data-side="${chip.dataset.side}"]`);
  if (!medium) return;
  const { x, y } = chip.dataset;
  if (x !== undefined && y !== undefined) {
    const pin = Object.assign(document.createElement("span"), { className: "pin" });
    Object.assign(pin.style, { left: `${100 * Number(x)}%`, top: `${100 * Number(y)}%` });
    medium.append(pin);
  }
  const [video] = all(medium, "video", HTMLVideoElement);
  const seconds = video && secondsOf(chip.dataset, Number(video.dataset.framesPerS));
  if (video && seconds !== null) {
    whenKnown(video, () => {
      video.pause();
      video.currentTime = seconds;
    });
  }
  if (isFar) medium.scrollIntoView({ block: "nearest" });
};
