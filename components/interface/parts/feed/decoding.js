// What came back is shown once it can be seen: its pictures and posters are decoded first, so that a
// frame never stands empty between the waiting and the result.

const MOST_MS = 4000;

/** @param {Element} medium @returns {string | null} */
const pictureOf = (medium) =>
  medium.getAttribute("poster") ?? (medium.tagName === "IMG" ? medium.getAttribute("src") : null);

/** @param {string} address */
const decoded = (address) => {
  const picture = new Image();
  picture.src = address;
  return picture.decode().catch(() => null);
};

/**
 * Settles when the pictures of a card that is not on the page yet are decoded, or after a while.
 * @param {Element} card
 * @returns {Promise<unknown>}
 */
export const arriving = (card) => {
  const media = [...card.querySelectorAll(".result-media :is(img, video)")];
  const pictures = /** @type {string[]} */ (media.map(pictureOf).filter(Boolean));
  const tooLong = new Promise((resolve) => setTimeout(resolve, MOST_MS));
  return Promise.race([Promise.all(pictures.map(decoded)), tooLong]);
};
