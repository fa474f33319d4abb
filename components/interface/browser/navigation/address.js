// The page's address and the browser's history, which nothing else writes: every place has an address,
// Back and Forward walk them, reload and a link show the same.
//
// A place is {tab, …values}; what the values are is up to the part that the tab shows. Each entry of
// the browser's history knows its number (`at`), whether a dialog lies over the place (`over`), and
// whether Back leads to the same without what was opened (`above`).

import { all, within } from "../drawing/elements.js";
import { returnTo, savedScroll, saveScroll } from "./scroll_positions.js";
import { bringIntoView, hintAtMore } from "./tab_bar.js";

/**
 * @typedef {{tab?: string | null, [value: string]: any}} Place
 * @typedef {object} Part
 * @property {(values: Record<string, string>) => unknown} show
 * @property {() => Record<string, string>} name
 * @property {(values: Record<string, string>) => string | false | null | undefined} [title]
 */

const ARRIVAL_MS = 1000;

/** @type {Map<string, Part>} */
const parts = new Map();
/** @type {Map<number, {dialog: HTMLDialogElement, open: false | (() => void)}>} */
const overlays = new Map();
/** @type {(() => unknown)[]} */
const waiting = [];
let position = history.state?.at ?? 0;
let last = position;
let isTravelling = false;
let hasArrived = false;

const buttons = () => all(document, '[role=tab][id^="tab-"][id$="-button"]');

/** @param {HTMLElement | undefined} button */
const tabOf = (button) => button?.id.slice("tab-".length, -"-button".length);

/** @param {string | null | undefined} tab */
const buttonOf = (tab) => document.getElementById(`tab-${tab}-button`);

const selectedTab = () => tabOf(buttons().find((it) => it.getAttribute("aria-selected") === "true"));

/** @param {[string, string]} named */
const isGradios = ([name]) => name.startsWith("__");

// What the address names. Whose `tab` is null is a run whose tab is not known yet.
/** @returns {Place} */
export const currentPlace = () => {
  const named = [...new URLSearchParams(location.search)].filter((it) => !isGradios(it));
  const { tab, ...values } = Object.fromEntries(named);
  if (tab && buttonOf(tab)) return { tab, ...values };
  if (values.compare) return { tab: "compare", ...values };
  if (values.showcase) return { tab: "showcases", ...values };
  return { tab: values.run ? null : tabOf(buttons()[0]), ...values };
};

// Commas and slashes are read more easily as they are.
/** @param {string} value */
const encode = (value) => encodeURIComponent(value).replaceAll("%2C", ",").replaceAll("%2F", "/");

/** @param {Place} place */
const searchOf = ({ tab, ...values }) => {
  // Gradio's own, such as the theme, stay.
  const gradios = [...new URLSearchParams(location.search)].filter(isGradios);
  const isImplied = values.compare || values.showcase || (tab === tabOf(buttons()[0]) && !values.run);
  const named = [...(isImplied ? [] : [["tab", tab]]), ...Object.entries(values), ...gradios];
  const told = named.filter(([, value]) => value).map(([name, value]) => `${name}=${encode(value ?? "")}`);
  return told.length ? `?${told.join("&")}` : "";
};

/** @param {Place} place */
const valuesOf = (place) => JSON.stringify(Object.entries(place).filter(([, value]) => value).toSorted());

// Links come in any order, and written in more ways than ours.
/** @param {Place} place */
const isNamed = (place) => valuesOf(place) === valuesOf(currentPlace());

const tell = () => document.dispatchEvent(new CustomEvent("playground:place"));

/** @param {"pushState" | "replaceState"} how @param {Place} place @param {object} state */
const write = (how, place, state) => {
  history[how]({ ...state, at: position }, "", location.pathname + searchOf(place));
  tell();
};

// The browser goes back and forth in its own time: what else is to be done waits for it.
/** @param {() => unknown} work */
const whenStill = (work) => {
  if (isTravelling) waiting.push(work);
  else work();
};

const settle = () => {
  isTravelling = false;
  while (waiting.length && !isTravelling) waiting.shift()?.();
};

/** @param {number} steps */
const travel = (steps) => {
  isTravelling = true;
  const from = position;
  history.go(steps);
  setTimeout(() => isTravelling && position === from && settle(), ARRIVAL_MS);
};

/** @param {{over?: boolean, at: number} | null} state */
const isDead = (state) => Boolean(state?.over && !overlays.get(state.at)?.dialog.open);

/** @param {Place} place @param {object} [state] */
const push = (place, state = {}) => {
  saveScroll(position);
  if (!isDead(history.state)) {
    position += 1;
    last = position;
    return write("pushState", place, state);
  }
  return write("replaceState", place, state);
};

// Goes on to a place; `isAbove` says that it lies over the one before and is closed by going back.
/** @param {Place} place @param {{isAbove?: boolean}} [how] */
export const goOn = (place, { isAbove = false } = {}) =>
  whenStill(() => (isNamed(place) ? tell() : push(place, { above: isAbove })));

// The same place has another name by now.
/** @param {Place} place */
export const rename = (place) =>
  whenStill(() => (isNamed(place) ? tell() : write("replaceState", place, history.state)));

// What was open over a place was closed there.
/** @param {Place} place */
export const leaveFor = (place) =>
  whenStill(() => {
    if (isNamed(place) || currentPlace().tab !== place.tab) return;
    if (history.state?.above) travel(-1);
    else write("replaceState", place, history.state);
  });

// A dialog without an address: Back closes it, and its closing goes back. One that `canReturn` is
// opened by Forward again.
/** @param {HTMLDialogElement} dialog @param {() => void} open @param {boolean} canReturn */
export const lieOver = (dialog, open, canReturn) =>
  whenStill(() => {
    push(currentPlace(), { over: true });
    const at = position;
    overlays.set(at, { dialog, open: canReturn && open });
    dialog.addEventListener("close", () =>
      whenStill(() => {
        if (history.state?.over && history.state.at === at) travel(-1);
      }));
  });

// As by a click.
/** @param {string | null | undefined} tab */
export const select = (tab) => {
  const button = buttonOf(tab);
  if (!button || button.getAttribute("aria-selected") === "true") return;
  const hadFocus = document.activeElement !== document.body;
  button.click();
  // What had the focus is out of sight now.
  if (hadFocus) button.focus({ preventScroll: true });
};

// A part tells how the places of its tab are shown (`show(values)`), named (`name()`, the values) and
// entitled (`title(values)`, otherwise as the tab is). Returns what is to be shown from the start.
/** @param {string} tab @param {Part} part @returns {Record<string, string>} */
export const register = (tab, part) => {
  parts.set(tab, part);
  const { tab: wanted, ...values } = currentPlace();
  // What is shown from the start has a title, too.
  queueMicrotask(tell);
  return wanted === tab ? values : {};
};

/** @param {string} tab @returns {Record<string, string>} */
export const nameOf = (tab) => parts.get(tab)?.name() ?? {};

export const titleOfPlace = () => {
  const { tab, ...values } = currentPlace();
  const known = tab ?? selectedTab();
  return parts.get(known ?? "")?.title?.(values) || buttonOf(known)?.textContent.trim() || "";
};

const arrive = async () => {
  const { tab, ...values } = currentPlace();
  const at = position;
  select(tab);
  tell();
  await parts.get(tab ?? "")?.show(values);
  if (at === position) returnTo(savedScroll(at));
};

/** @param {{at: number}} state */
const revive = (state) => {
  const overlay = overlays.get(state.at);
  if (overlay?.open && !overlay.dialog.open) overlay.open();
  return Boolean(overlay?.dialog.open);
};

/** @param {PopStateEvent} event */
const travelled = ({ state }) => {
  saveScroll(position);
  const [from, to] = [position, state?.at ?? 0];
  position = to;
  last = Math.max(last, to);
  for (const [at, { dialog }] of overlays) if (at !== to && dialog.open) dialog.close();
  // Nothing is there any more: on in the same direction.
  if (state?.over && !revive(state)) return travel(to > from && to < last ? 1 : -1);
  settle();
  return arrive();
};

const selected = () => {
  const tab = selectedTab();
  bringIntoView(buttonOf(tab));
  if (tab && tab === currentPlace().tab) hasArrived = true;
  else if (tab && hasArrived) whenStill(() => tab !== currentPlace().tab && goOn({ tab, ...nameOf(tab) }));
};

// Called once. The tabs may not be drawn yet.
export const start = () => {
  history.scrollRestoration = "manual";
  addEventListener("popstate", travelled);
  addEventListener("pagehide", () => saveScroll(position, true));
  document.addEventListener("click", (event) => {
    const tab = within(event, "[role=tab]");
    if (event.isTrusted && tab && buttons().includes(tab)) hasArrived = true;
  }, true);
  new MutationObserver(selected).observe(document, { subtree: true, attributeFilter: ["aria-selected"] });
  const isDrawn = history.state !== null;
  if (!isDrawn) history.replaceState({ at: 0 }, "");
  if (isDead(history.state)) travel(-1);
  const begin = () => {
    if (!buttons().length) return requestAnimationFrame(begin);
    hintAtMore(() => buttonOf(selectedTab()) ?? buttons()[0]);
    // Somebody who was quicker than the scripts is not led back.
    if (document.querySelector("#first-view[data-chosen]")) hasArrived = true;
    else select(currentPlace().tab);
    selected();
    tell();
    if (isDrawn) returnTo(savedScroll(position));
    return null;
  };
  begin();
};
