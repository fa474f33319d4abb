// The bar of tabs, which scrolls where it is wider than the window: the selected one is in view, and an
// edge behind which there are more says so.

const NEAR_PX = 4;

const barOf = (button) => button?.closest(".tab-wrapper");

export const bringIntoView = (button) => {
  const bar = barOf(button);
  if (bar) bar.scrollTo({ left: button.offsetLeft - (bar.clientWidth - button.offsetWidth) / 2 });
};

// `current()` is a tab of the bar that is shown: another bar may take the place of the first one.
export const hintAtMore = (current) => {
  const bar = barOf(current());
  const hint = () => {
    if (!bar.isConnected) {
      resized.disconnect();
      return hintAtMore(current);
    }
    const end = bar.scrollWidth - bar.clientWidth - bar.scrollLeft;
    bar.parentElement.toggleAttribute("data-more-before", bar.scrollLeft > NEAR_PX);
    return bar.parentElement.toggleAttribute("data-more-after", end > NEAR_PX);
  };
  const resized = new ResizeObserver(hint);
  bar.addEventListener("scroll", hint, { passive: true });
  resized.observe(bar);
};
