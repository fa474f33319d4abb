// A picture in full size, over the page; Escape or a click closes it.

export const zoom = (event, link) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const dialog = document.createElement("dialog");
  const picture = link.querySelector("img");
  dialog.className = "zoomed";
  dialog.setAttribute("aria-label", picture.alt);
  dialog.append(Object.assign(new Image(), { src: link.href, alt: picture.alt }));
  const close = Object.assign(document.createElement("button"), { type: "button", textContent: "Close" });
  dialog.append(close);
  dialog.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  // In the container, so that the page's colours hold in it too.
  document.querySelector(".gradio-container").append(dialog);
  dialog.showModal();
};
