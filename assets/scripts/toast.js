// One sentence over the page for a while, with one thing that can be done about it.

const SHOWN_MS = 15_000;
const CONTAINER = ".gradio-container";

let shown = null;

const close = () => {
  clearTimeout(shown?.timer);
  shown?.element.remove();
  shown = null;
};

const wait = () => {
  clearTimeout(shown.timer);
  shown.timer = setTimeout(close, SHOWN_MS);
};

const buttonOf = ({ label, act }) => {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: label });
  button.addEventListener("click", () => {
    close();
    act();
  });
  return button;
};

// What lies outside an open dialog cannot be clicked: the toast goes into it, and out when it closes.
const place = (element) => {
  const dialog = [...document.querySelectorAll("dialog[open]")].at(-1);
  (dialog ?? document.querySelector(CONTAINER)).append(element);
  dialog?.addEventListener("close", () => element.isConnected && place(element), { once: true });
};

// `action` is {label, act}; Ctrl+Z does it too.
export const toast = (sentence, action) => {
  close();
  const element = Object.assign(document.createElement("div"), { className: "toast" });
  const text = document.createElement("p");
  text.setAttribute("role", "status");
  element.append(text);
  if (action) element.append(buttonOf(action));
  element.addEventListener("pointerenter", () => clearTimeout(shown?.timer));
  element.addEventListener("pointerleave", () => shown && wait());
  shown = { element, action };
  place(element);
  // A screen reader only reads what comes into a place that was there before.
  requestAnimationFrame(() => { text.textContent = sentence; });
  wait();
};

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.matches?.("input:not([type=checkbox]), textarea");
  if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || isTyping || !shown?.action) return;
  const { act } = shown.action;
  event.preventDefault();
  close();
  act();
});
