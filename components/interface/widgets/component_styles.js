// The styles of a component that stands in somebody's own page, each linked once.

/** @param {string[]} names relative to this folder */
export const linkStyles = (names) => {
  for (const name of names) {
    const { href } = new URL(name, import.meta.url);
    if (document.querySelector(`link[href="${href}"]`)) continue;
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
  }
};
