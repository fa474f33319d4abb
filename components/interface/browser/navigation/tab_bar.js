// The bar of tabs, which scrolls where it is wider than the window: the selected one is in view, and an
// edge behind which there are more says so.

import { one } from "../drawing/elements.js";

const NEAR_PX = 4;

/** @param {HTMLElement | null | undefined} button @returns {HTMLElement | null | undefined} */
const barOf = (button) => button?.closest(".tab-wrapper");

/** @param {HTMLElement | null | undefined} button */
export const bringIntoView = (button) => {
  const bar = barOf(button);
  if (button && bar) bar.scrollTo({ left: button.offsetLeft - (bar.clientWidth - button.offsetWidth) / 2 });
};

// `current()` is the selected tab: another bar may take the place of the one it stands in at first, and
// is no wider than the window until it is laid out.
/** @param {() => HTMLElement} current @returns {void} */
export const hintAtMore = (current) => {
  const bar = barOf(current());
  const around = bar?.parentElement;
  if (!bar || !around) return;
  let width = 0;
  const hint = () => {
    if (!bar.isConnected) {
      resized.disconnect();
      hintAtMore(current);
      return;
    }
    if (bar.scrollWidth !== width) bringIntoView(current());
    width = bar.scrollWidth;
    const end = bar.scrollWidth - bar.clientWidth - bar.scrollLeft;
    around.toggleAttribute("data-more-before", bar.scrollLeft > NEAR_PX);
    around.toggleAttribute("data-more-after", end > NEAR_PX);
  };
  const resized = new ResizeObserver(hint);
  bar.addEventListener("scroll", hint, { passive: true });
  resized.observe(bar);
  resized.observe(one(bar, "[role=tablist]"));
};
