// Boxes that are as high as what is written in them, also where the browser cannot do that by itself.

const CAN = CSS.supports("field-sizing", "content");

/** @param {HTMLTextAreaElement} box */
export const grow = (box) => {
  if (CAN) return;
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + 2}px`;
};
