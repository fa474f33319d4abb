// The parts of the page. Some stand in it from the first view on and live before gradio does: when gradio
// has made the place of such a part, the living one moves there, with all that was done in it. Every other
// part comes to life in its place.

import { moduleOf } from "./part_loading.js";

const view = document.getElementById("first-view");
// The places that gradio has made for parts which are alive elsewhere.
const places = new Map();
let arrived = 0;

const bringToLife = (part, { mount }) => mount(part, JSON.parse(part.dataset.facts));

const scrolledIn = (element) =>
  [element, ...element.querySelectorAll("*")]
    .filter((it) => it.scrollTop || it.scrollLeft)
    .map((it) => [it, it.scrollTop, it.scrollLeft]);

// A node that is moved keeps its focus, its caret and where it is scrolled to; not every browser does so by itself.
const move = (element, parent) => {
  if (parent.moveBefore) return parent.moveBefore(element, null);
  const focused = element.contains(document.activeElement) ? document.activeElement : null;
  const caret = focused && "selectionStart" in focused && [focused.selectionStart, focused.selectionEnd, focused.selectionDirection];
  const scrolled = scrolledIn(element);
  parent.append(element);
  for (const [it, top, left] of scrolled) it.scrollTo({ top, left, behavior: "instant" });
  focused?.focus({ preventScroll: true });
  if (caret?.[0] != null) focused.setSelectionRange(...caret);
};

const settle = () => {
  view.classList.add("settled");
  const container = document.querySelector("gradio-app .gradio-container");
  const tabs = view.querySelector(".tab-wrapper");
  const tab = tabs.querySelector("[aria-selected=true]");
  const hadFocus = tabs.contains(document.activeElement);
  for (const [name, place] of places) move(view.querySelector(`[data-part="${name}"]`), place);
  // Dialogs and what is said.
  for (const it of [...view.children]) if (!it.matches(".main")) move(it, container);
  const rest = [...view.querySelectorAll("[data-part]")];
  view.hidden = true;
  if (rest.length) view.replaceChildren(...rest);
  else view.remove();
  const button = document.getElementById(tab.id);
  button?.closest(".tab-wrapper").scrollTo({ left: tabs.scrollLeft, behavior: "instant" });
  if (button?.getAttribute("aria-selected") === "false") button.click();
  if (hadFocus) button?.focus({ preventScroll: true });
};

// Text that is being composed, or a dialog, would not survive everywhere.
const settleWhenQuiet = () => {
  const isBusy = !Element.prototype.moveBefore && (view.isComposing || view.querySelector("dialog[open]"));
  if (isBusy) setTimeout(settleWhenQuiet, 100);
  else settle();
};

// Gradio shows a part. The header and the open tab have come: all can move at once.
export const arrive = async (part) => {
  const living = view?.isConnected && view.querySelector(`[data-part="${part.dataset.part}"]`);
  if (living) {
    const place = part.parentElement;
    place.replaceChildren();
    if (view.hidden) move(living, place);
    else places.set(part.dataset.part, place);
  }
  arrived += 1;
  if (arrived === 2 && view) settleWhenQuiet();
  if (!living) bringToLife(part, await moduleOf(part));
};

// What was pressed before is done now, in turn.
const begin = async () => {
  const parts = [...view.querySelectorAll("[data-part]")];
  const modules = await Promise.all(parts.map(moduleOf));
  view.isAlive = true;
  parts.forEach((part, index) => bringToLife(part, modules[index]));
  for (const button of view.pressed) {
    button.removeAttribute("aria-busy");
    button.click();
  }
};

if (view) {
  view.addEventListener("compositionstart", () => { view.isComposing = true; });
  view.addEventListener("compositionend", () => { view.isComposing = false; });
  begin();
}
