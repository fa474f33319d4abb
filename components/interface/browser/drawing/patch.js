// Brings what is on the page up to date with what the server drew anew, and keeps every part that is
// still the same: what has the focus, is pressed, plays or was opened stays as it is.

// What a visitor opened, or a script switched off or faded out, is not the server's to change.
const THEIRS = ["open", "disabled", "hidden", "data-cut"];

// Nodes of the same key are the same to a visitor: `data-key` or the file says so where many are alike.
/** @param {Node} node */
const keyOf = (node) => {
  if (!(node instanceof Element)) return node.nodeName;
  const { action, key, source } = node instanceof HTMLElement || node instanceof SVGElement ? node.dataset : {};
  return [node.nodeName, node.classList[0], action, key ?? source ?? node.getAttribute("src")].join(" ");
};

/** @param {Element} old @param {Element} fresh */
const patchAttributes = (old, fresh) => {
  for (const { name } of Array.from(old.attributes)) {
    if (!fresh.hasAttribute(name) && !THEIRS.includes(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) === value) continue;
    old.setAttribute(name, value);
    if (name === "value" && "value" in old) old.value = value;
  }
};

// The place where one like the wanted child stands, or null. A bare text is not looked for further on.
/** @param {ChildNode} wanted @param {ChildNode | null} place @returns {ChildNode | null} */
const findLike = (wanted, place) => {
  let at = place;
  while (at && keyOf(at) !== keyOf(wanted)) {
    at = wanted instanceof Element ? /** @type {Element | Text} */ (at).nextElementSibling : null;
  }
  return at;
};

/** @param {Node} old @param {Node} fresh */
const patchChildren = (old, fresh) => {
  const wishes = [...fresh.childNodes];
  /** @param {number} first @param {Node} node */
  const isWishedFrom = (first, node) => wishes.slice(first).some((it) => keyOf(it) === keyOf(node));
  let place = old.firstChild;
  const dropPlace = () => {
    const next = place?.nextSibling ?? null;
    place?.remove();
    place = next;
  };
  wishes.forEach((wanted, number) => {
    const match = findLike(wanted, place);
    if (!match) {
      old.insertBefore(wanted, place);
      return;
    }
    while (place !== match && !(place instanceof Element && isWishedFrom(number, place))) dropPlace();
    if (place !== match) old.insertBefore(match, place);
    else place = match.nextSibling;
    patchNode(match, wanted);
  });
  while (place) dropPlace();
};

/** @param {Node} old @param {Node} fresh @returns {void} */
const patchNode = (old, fresh) => {
  if (old.isEqualNode(fresh)) return;
  if (!(old instanceof Element && fresh instanceof Element)) {
    old.nodeValue = fresh.nodeValue;
    return;
  }
  patchAttributes(old, fresh);
  patchChildren(old, fresh);
};

/** @param {Element} old @param {Node} fresh */
export const patch = (old, fresh) => {
  const focused = document.activeElement;
  patchNode(old, fresh);
  // What changed its place lost the focus on the way.
  const isLost = old.contains(focused) && document.activeElement !== focused;
  if (isLost && (focused instanceof HTMLElement || focused instanceof SVGElement)) {
    focused.focus({ preventScroll: true });
  }
};

// The content of an element, as HTML from the server.
/** @param {HTMLElement} element @param {string} html */
export const redraw = (element, html) => {
  const fresh = /** @type {HTMLElement} */ (element.cloneNode(false));
  fresh.innerHTML = html;
  patch(element, fresh);
};
