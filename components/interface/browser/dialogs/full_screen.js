// One element on the whole screen, and the button that puts it there and back.

const LABELS = ["Full screen", "Leave full screen"];

/** @param {HTMLElement} element */
export const toggleFullScreen = (element) => {
  if (document.fullscreenElement) document.exitFullscreen();
  else element.requestFullscreen?.().catch(() => {});
};

// The button says what it would do; where the browser cannot do it, there is none.
/** @param {HTMLElement} button @param {HTMLElement} element */
export const offerFullScreen = (button, element) => {
  button.hidden = !document.fullscreenEnabled;
  button.addEventListener("click", () => toggleFullScreen(element));
  element.addEventListener("fullscreenchange", () => {
    button.textContent = LABELS[Number(Boolean(document.fullscreenElement))];
  });
};
