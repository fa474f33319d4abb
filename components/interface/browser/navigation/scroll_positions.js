// How far down each entry of the browser's history was scrolled, also over a reload.

const NAME = "scrolled";
const MOST_MS = 5000;
const NEAR_PX = 2;

/** @returns {Record<string, number>} */
const kept = () => {
  try {
    return history.state === null ? {} : JSON.parse(sessionStorage.getItem(NAME) ?? "null") ?? {};
  } catch {
    return {};
  }
};

const scrolls = kept();

/** @param {number} at @returns {number | undefined} */
export const savedScroll = (at) => scrolls[at];

/** @param {number} at @param {boolean} [isLeaving] */
export const saveScroll = (at, isLeaving = false) => {
  scrolls[at] = Math.round(scrollY);
  if (!isLeaving) return;
  try {
    sessionStorage.setItem(NAME, JSON.stringify(scrolls));
  } catch {
    // Full or forbidden: a reload begins at the top then.
  }
};

// What is shown comes bit by bit: the page goes there as far as it reaches, unless somebody scrolls.
/** @param {number | undefined} y */
export const returnTo = (y) => {
  if (y === undefined) return;
  const over = new AbortController();
  const { signal } = over;
  const end = () => over.abort();
  const grown = new ResizeObserver(() => {
    scrollTo(0, y);
    if (Math.abs(scrollY - y) < NEAR_PX) end();
  });
  signal.addEventListener("abort", () => grown.disconnect());
  for (const name of ["wheel", "touchstart", "pointerdown", "keydown", "popstate"]) {
    addEventListener(name, end, { signal, passive: true });
  }
  setTimeout(end, MOST_MS);
  grown.observe(document.body);
};
