// The bar under a form stays in view: what it would cut through fades out as a whole until there is
// room for it, and what gets the focus stays clear of it.

import { one } from "../../../browser/drawing/elements.js";

const ROWS = ".examples, .hint, .field > legend, .field-top, .count > label, .drop, .ref, .pills, .stepper, .switch label, summary, .element-add, .element-top";
const BELOW_PX = 10;

/** @param {IntersectionObserverEntry[]} entries */
const tell = (entries) => {
  for (const { target, boundingClientRect: { top, bottom }, rootBounds } of entries) {
    const edge = rootBounds?.bottom ?? window.innerHeight;
    target.toggleAttribute("data-cut", top < edge && bottom > edge + 1);
  }
};

/** @param {HTMLElement} form */
export const keepClear = (form) => {
  const bar = one(form, ".actions");
  /** @type {IntersectionObserver | null} */
  let observer = null;
  const watch = () => {
    observer?.disconnect();
    const rows = [...form.querySelectorAll(ROWS)].filter((it) => !bar.contains(it));
    form.style.setProperty("--bar-height", `${bar.offsetHeight}px`);
    if (getComputedStyle(bar).position !== "sticky") {
      for (const row of rows) row.removeAttribute("data-cut");
      return;
    }
    observer = new IntersectionObserver(tell, { rootMargin: `0px 0px -${bar.offsetHeight + BELOW_PX}px 0px`, threshold: [0, 1] });
    for (const row of rows) observer.observe(row);
  };
  new ResizeObserver(watch).observe(bar);
  window.addEventListener("resize", watch);
  new MutationObserver(watch).observe(form, { childList: true, subtree: true });
};
