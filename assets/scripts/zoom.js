// A picture in full size, over the page.

import { openDialog } from "./dialog.js";

export const zoom = (event, link) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const { alt } = link.querySelector("img");
  const picture = Object.assign(new Image(), { src: link.href, alt });
  const dialog = openDialog(picture, alt, { className: "zoomed", canReturn: true });
  picture.addEventListener("click", () => dialog.close());
};
