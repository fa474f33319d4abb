// The parts of the page. Some stand in it from the first view on and live before gradio does: when gradio
// has made the place of such a part, the living one moves there, with all that was done in it. Every other
// part comes to life in its place.

import { all, one } from "../drawing/elements.js";
import { moduleOf } from "./part_loading.js";

/** @import { FirstView, PartModule } from "./first_view" */

const view = /** @type {FirstView | null} */ (document.getElementById("first-view"));
// The places that gradio has made for parts which are alive elsewhere.
/** @type {Map<string | undefined, HTMLElement>} */
const places = new Map();
let arrived = 0;

/** @param {HTMLElement} part @param {PartModule} script */
const bringToLife = (part, { mount }) => mount(part, JSON.parse(part.dataset.facts ?? "{}"));

/** @param {Element} element @returns {[Element, number, number][]} */
const scrolledIn = (element) =>
  [element, ...element.querySelectorAll("*")]
    .filter((it) => it.scrollTop || it.scrollLeft)
    .map((it) => [it, it.scrollTop, it.scrollLeft]);

// A node that is moved keeps its focus, its caret and where it is scrolled to; not every browser does so by itself.
/** @param {Element} element @param {Element} parent */
const move = (element, parent) => {
  if (parent.moveBefore) return parent.moveBefore(element, null);
  const active = /** @type {HTMLElement | null} */ (document.activeElement);
  const focused = element.contains(active) ? active : null;
  const typed = focused instanceof HTMLInputElement || focused instanceof HTMLTextAreaElement ? focused : null;
  const caret = typed && { start: typed.selectionStart, end: typed.selectionEnd, direction: typed.selectionDirection };
  const scrolled = scrolledIn(element);
  parent.append(element);
  for (const [it, top, left] of scrolled) it.scrollTo({ top, left, behavior: "instant" });
  focused?.focus({ preventScroll: true });
  if (caret?.start != null) typed?.setSelectionRange(caret.start, caret.end, caret.direction ?? undefined);
};

/** @param {FirstView} first */
const settle = (first) => {
  first.classList.add("settled");
  const container = one(document, "gradio-app .gradio-container");
  const tabs = one(first, ".tab-wrapper");
  const tab = one(tabs, "[aria-selected=true]");
  const hadFocus = tabs.contains(document.activeElement);
  for (const [name, place] of places) move(one(first, `[data-part="${name}"]`), place);
  // Dialogs and what is said.
  for (const it of Array.from(first.children)) if (!it.matches(".main")) move(it, container);
  const rest = [...first.querySelectorAll("[data-part]")];
  first.hidden = true;
  if (rest.length) first.replaceChildren(...rest);
  else first.remove();
  const button = document.getElementById(tab.id);
  button?.closest(".tab-wrapper")?.scrollTo({ left: tabs.scrollLeft, behavior: "instant" });
  if (button?.getAttribute("aria-selected") === "false") button.click();
  if (hadFocus) button?.focus({ preventScroll: true });
};

// Text that is being composed, or a dialog, would not survive everywhere.
/** @param {FirstView} first @returns {void} */
const settleWhenQuiet = (first) => {
  const isBusy = !Element.prototype.moveBefore && (first.isComposing || first.querySelector("dialog[open]"));
  if (isBusy) setTimeout(settleWhenQuiet, 100, first);
  else settle(first);
};

// Gradio shows a part. The header and the open tab have come: all can move at once.
/** @param {HTMLElement} part */
export const arrive = async (part) => {
  const living = view?.isConnected ? view.querySelector(`[data-part="${part.dataset.part}"]`) : null;
  const place = part.parentElement;
  if (view && living && place) {
    place.replaceChildren();
    if (view.hidden) move(living, place);
    else places.set(part.dataset.part, place);
  }
  arrived += 1;
  if (arrived === 2 && view) settleWhenQuiet(view);
  if (!living) bringToLife(part, await moduleOf(part));
};

// What was pressed before is done now, in turn.
/** @param {FirstView} first */
const begin = async (first) => {
  const parts = all(first, "[data-part]");
  const modules = await Promise.all(parts.map(moduleOf));
  first.isAlive = true;
  parts.forEach((part, index) => bringToLife(part, modules[index]));
  for (const button of first.pressed) {
    button.removeAttribute("aria-busy");
    button.click();
  }
};

if (view) {
  view.addEventListener("compositionstart", () => { view.isComposing = true; });
  view.addEventListener("compositionend", () => { view.isComposing = false; });
  begin(view);
}
