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

// Where something can be seen and clicked: in the uppermost dialog, else on the page.
export const topmost = () =>
  [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.querySelector(".gradio-container");

const place = (said) => {
  const ground = topmost();
  ground.append(said);
  // It outlives the dialog it was said in.
  if (ground.tagName === "DIALOG") {
    ground.addEventListener("close", () => said.isConnected && place(said), { once: true });
  }
};

// A short word at the foot of the page that goes by itself; Ctrl+Z does what it offers, too.
export const say = (sentence, { action, onAction, forMs = 6000 } = {}) => {
  document.querySelector(".said")?.remove();
  const said = Object.assign(document.createElement("div"), { className: "said" });
  const text = document.createElement("span");
  text.setAttribute("role", "status");
  said.append(text);
  if (action) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: action });
    button.addEventListener("click", () => { said.remove(); onAction(); });
    said.append(button);
  }
  place(said);
  // A screen reader reads what comes into a place that was there before.
  requestAnimationFrame(() => { text.textContent = sentence; });
  const leaveLater = () => setTimeout(() => (said.matches(":hover, :focus-within") ? leaveLater() : said.remove()), forMs);
  leaveLater();
};

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.matches?.("input:not([type=checkbox]), textarea");
  const offered = document.querySelector(".said button");
  if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || isTyping || !offered) return;
  event.preventDefault();
  offered.click();
});
