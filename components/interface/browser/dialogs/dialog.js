// Dialogs over the page: Escape, the button, a click beside it or Back closes them.

import { all, one, within } from "../drawing/elements.js";
import { lieOver } from "../navigation/address.js";
import { putFree } from "./free_space.js";

const FOCUSABLE = "button, input, select, textarea, a[href], [tabindex]";

const container = () => one(document, ".gradio-container");

/** @param {HTMLDialogElement} dialog @param {MouseEvent} event */
const isBeside = (dialog, { target, clientX, clientY }) => {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return target === dialog && (clientX < left || clientX > right || clientY < top || clientY > bottom);
};

// Only a click that begins beside it, too: who selects text in it may let go anywhere.
/** @param {HTMLDialogElement} dialog */
export const closeByClickBeside = (dialog) => {
  let began = false;
  dialog.addEventListener("pointerdown", (event) => { began = isBeside(dialog, event); });
  dialog.addEventListener("click", (event) => began && isBeside(dialog, event) && dialog.close());
};

// One that `canReturn` is the same whenever it is opened, so that Forward may open it again.
/**
 * @param {Node} content
 * @param {string} label
 * @param {{className?: string, canReturn?: boolean}} [options]
 * @returns {HTMLDialogElement}
 */
export const openDialog = (content, label, { className = "dialog", canReturn = false } = {}) => {
  const dialog = document.createElement("dialog");
  dialog.className = className;
  dialog.setAttribute("aria-label", label);
  const close = Object.assign(document.createElement("button"), {
    type: "button", className: "close", textContent: "Close",
  });
  close.addEventListener("click", () => dialog.close());
  dialog.append(close, content);
  closeByClickBeside(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  const open = () => {
    // In the container, so that the page's colours hold in it too.
    container().append(dialog);
    dialog.showModal();
    all(dialog, FOCUSABLE).find((it) => it !== close)?.focus({ preventScroll: true });
  };
  open();
  lieOver(dialog, open, canReturn);
  return dialog;
};

// Where something can be seen and clicked: in the uppermost dialog, else on the page.
/** @returns {HTMLElement} */
export const topmost = () =>
  all(document, "dialog[open]").at(-1) ?? container();

/** @param {HTMLElement} said */
const place = (said) => {
  const ground = topmost();
  ground.append(said);
  putFree(said, ground);
  // It outlives the dialog it was said in.
  if (ground.tagName === "DIALOG") {
    ground.addEventListener("close", () => said.parentElement === ground && place(said), { once: true });
  }
};

// A short word at the foot of the page that goes by itself; Ctrl+Z does what it offers, too, unless
// that `leads` elsewhere.
/**
 * @param {string} sentence
 * @param {{action?: string, onAction?: () => void, forMs?: number, leads?: boolean}} [options]
 */
export const say = (sentence, { action, onAction, forMs = 6000, leads = false } = {}) => {
  document.querySelector(".said")?.remove();
  const said = Object.assign(document.createElement("div"), { className: "said" });
  const text = document.createElement("span");
  text.setAttribute("role", "status");
  said.append(text);
  if (action) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: action });
    button.toggleAttribute("data-leads", leads);
    button.addEventListener("click", () => { said.remove(); onAction?.(); });
    said.append(button);
  }
  place(said);
  const settle = () => said.parentElement && said.isConnected && putFree(said, said.parentElement);
  // A screen reader reads what comes into a place that was there before.
  requestAnimationFrame(() => {
    text.textContent = sentence;
    settle();
  });
  const moves = new AbortController();
  for (const name of ["scrollend", "resize"]) {
    addEventListener(name, () => (said.isConnected ? settle() : moves.abort()), { capture: true, signal: moves.signal });
  }
  /** @returns {unknown} */
  const leaveLater = () => setTimeout(() => (said.matches(":hover, :focus-within") ? leaveLater() : said.remove()), forMs);
  leaveLater();
};

document.addEventListener("keydown", (event) => {
  const isTyping = within(event, "input:not([type=checkbox]), textarea");
  const offered = /** @type {HTMLElement | null} */ (document.querySelector(".said button:not([data-leads])"));
  if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || isTyping || !offered) return;
  event.preventDefault();
  offered.click();
});
