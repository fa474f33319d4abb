// Dialogs over the page: Escape, the button or a click beside it closes them.

export const openDialog = (content, label, className = "dialog") => {
  const dialog = document.createElement("dialog");
  dialog.className = className;
  dialog.setAttribute("aria-label", label);
  const close = Object.assign(document.createElement("button"), {
    type: "button", className: "close", textContent: "Close",
  });
  close.addEventListener("click", () => dialog.close());
  dialog.append(close, content);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  // In the container, so that the page's colours hold in it too.
  document.querySelector(".gradio-container").append(dialog);
  dialog.showModal();
  return dialog;
};

// One question with a yes and a no; resolves to whether it was a yes.
export const ask = (question, yes) =>
  new Promise((resolve) => {
    const content = document.createElement("form");
    content.method = "dialog";
    content.className = "question";
    const text = Object.assign(document.createElement("p"), { textContent: question });
    const button = Object.assign(document.createElement("button"), { className: "primary", value: "yes", textContent: yes });
    content.append(text, button);
    const dialog = openDialog(content, question);
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"));
    button.focus();
  });

// A short word at the foot of the page that goes by itself.
export const say = (sentence, { action, onAction, forMs = 6000 } = {}) => {
  const place = document.querySelector(".gradio-container");
  place.querySelector(".said")?.remove();
  const said = Object.assign(document.createElement("div"), { className: "said" });
  said.setAttribute("role", "status");
  said.append(Object.assign(document.createElement("span"), { textContent: sentence }));
  if (action) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: action });
    button.addEventListener("click", () => { said.remove(); onAction(); });
    said.append(button);
  }
  place.append(said);
  setTimeout(() => said.remove(), forMs);
};
