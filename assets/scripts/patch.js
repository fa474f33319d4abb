// Brings what is on the page up to date with what the server drew anew, and keeps every part that is
// still the same: what has the focus, is pressed, plays or was opened stays as it is.

// What a visitor opened or a script switched off is not the server's to change.
const THEIRS = ["open", "disabled", "hidden"];

const keyOf = (node) =>
  `${node.nodeName} ${node.classList?.[0] ?? ""} ${node.dataset?.action ?? ""} ${node.getAttribute?.("src") ?? ""}`;

const patchAttributes = (old, fresh) => {
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !THEIRS.includes(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
};

// The place where one like the wanted child stands, or null. A bare text is not looked for further on.
const findLike = (wanted, place) => {
  let at = place;
  while (at && keyOf(at) !== keyOf(wanted)) at = wanted.attributes ? at.nextElementSibling : null;
  return at;
};

const patchChildren = (old, fresh) => {
  const wishes = [...fresh.childNodes];
  const isWishedFrom = (first, node) => wishes.slice(first).some((it) => keyOf(it) === keyOf(node));
  let place = old.firstChild;
  const dropPlace = () => {
    const next = place.nextSibling;
    place.remove();
    place = next;
  };
  wishes.forEach((wanted, number) => {
    const match = findLike(wanted, place);
    if (!match) {
      old.insertBefore(wanted, place);
      return;
    }
    while (place !== match && !(place.attributes && isWishedFrom(number, place))) dropPlace();
    if (place !== match) old.insertBefore(match, place);
    else place = match.nextSibling;
    patch(match, wanted);
  });
  while (place) dropPlace();
};

export const patch = (old, fresh) => {
  if (old.isEqualNode(fresh)) return;
  if (!fresh.attributes) {
    old.data = fresh.data;
    return;
  }
  patchAttributes(old, fresh);
  patchChildren(old, fresh);
};
