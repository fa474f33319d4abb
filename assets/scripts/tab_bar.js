// The bar of tabs, which scrolls where it is wider than the window: the selected one is in view, and an
// edge behind which there are more says so.

const NEAR_PX = 4;

const barOf = (button) => button?.closest(".tab-wrapper");

export const bringIntoView = (button) => {
  const bar = barOf(button);
  if (bar) bar.scrollTo({ left: button.offsetLeft - (bar.clientWidth - button.offsetWidth) / 2 });
};

export const hintAtMore = (button) => {
  const bar = barOf(button);
  const hint = () => {
    const end = bar.scrollWidth - bar.clientWidth - bar.scrollLeft;
    bar.parentElement.toggleAttribute("data-more-before", bar.scrollLeft > NEAR_PX);
    bar.parentElement.toggleAttribute("data-more-after", end > NEAR_PX);
  };
  bar.addEventListener("scroll", hint, { passive: true });
  new ResizeObserver(hint).observe(bar);
  hint();
};
