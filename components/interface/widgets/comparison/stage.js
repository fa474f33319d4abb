// The stage: panes under one slider or side by side, all zoomed and moved as one.

import { offerFullScreen, toggleFullScreen } from "../../browser/dialogs/full_screen.js";
import { all, one, within as closest } from "../../browser/drawing/elements.js";
import { bestColumns, roomFor } from "./stage_size.js";
import { listenForGestures } from "./gestures.js";
import { recall, remember } from "../../browser/server/browser_storage.js";

/** @typedef {{divider: number, zoom: number, x: number, y: number}} View */

const MOST_ZOOM = 16;
const KEY_ZOOM = 1.25;
const KEY_SHIFT = 0.1;
/** @type {Record<string, number>} */
const DIVIDER_KEYS = { ArrowLeft: -2, ArrowRight: 2, PageDown: -10, PageUp: 10, Home: -100, End: 100 };

/** @param {number} value @param {number} least @param {number} most */
const within = (value, least, most) => Math.min(most, Math.max(least, value));

/**
 * Where the divider stands, in %, and what is seen: `x` and `y` are shifts in sizes of a pane.
 * @returns {View}
 */
export const freshView = () => ({ divider: 50, zoom: 1, x: 0, y: 0 });

export class Stage {
  /**
   * `element` is the comparison; `view` is kept up to date, so that another stage can go on from it.
   * @param {HTMLElement} element
   * @param {View} view
   */
  constructor(element, view) {
    this.view = view;
    this.viewing = one(element, ".viewing");
    this.tools = one(element, ".stage-tools");
    this.element = one(element, ".stage");
    this.divider = one(this.element, ".divider");
    this.panes = all(this.element, ".pane");
    this.left = new AbortController();
    // What is around it in the window, as far as there is more than itself.
    this.whole = /** @type {HTMLElement | null} */ (element.closest(".compare-view")) ?? element;
    // No style stands in the HTML: a page with a strict policy would not take it.
    this.element.style.setProperty("--ratio", this.element.dataset.ratio ?? "1");
    this.ratios = this.panes.map((it) => Number(it.dataset.ratio));
    this.listen();
    this.listenForRoom();
    listenForGestures(this);
    this.arrange();
  }

  get mode() {
    return this.tools.querySelector("[value=wipe]:checked") ? "wipe" : "grid";
  }

  listen() {
    const selector = `[data-alike] [value="${recall("compare-view", "wipe")}"]`;
    const kept = /** @type {HTMLInputElement | null} */ (this.tools.querySelector(selector));
    if (kept) kept.checked = true;
    this.tools.addEventListener("change", () => {
      if (this.tools.querySelector("[type=radio]")) remember("compare-view", this.mode);
      this.arrange();
    });
    this.tools.addEventListener("click", (event) => {
      const button = closest(event, "[data-zoom-by]");
      if (button) this.zoomBy(Number(button.dataset.zoomBy));
    });
    offerFullScreen(one(this.tools, "[data-full-screen]"), this.viewing);
    this.divider.addEventListener("keydown", (event) => {
      if (!(event.key in DIVIDER_KEYS)) return;
      event.preventDefault();
      event.stopPropagation();
      this.divide(this.view.divider + DIVIDER_KEYS[event.key]);
    });
    for (const pane of this.panes) {
      one(pane, ".pane-media").addEventListener("error", () => pane.classList.add("broken"));
    }
  }

  // Whatever stands around the stage, it takes the room that is left in the window.
  listenForRoom() {
    const { signal } = this.left;
    const fit = () => this.fit();
    addEventListener("resize", fit, { signal });
    this.viewing.addEventListener("fullscreenchange", fit, { signal });
    const around = new ResizeObserver(fit);
    const others = [...this.viewing.children].filter((it) => it !== this.element);
    for (const other of [...others, this.whole.querySelector(".choosing"), document.querySelector("#header")]) {
      if (other) around.observe(other);
    }
    around.observe(this.whole);
    signal.addEventListener("abort", () => around.disconnect());
  }

  leave() {
    this.left.abort();
  }

  fit() {
    const room = roomFor(this.element, this.viewing, this.whole);
    if (!room.width) return;
    const { style } = this.element;
    style.setProperty("--room", `${Math.floor(room.height)}px`);
    const { tracks, width, ratio } = bestColumns(this.ratios, room);
    style.setProperty("--tracks", tracks);
    style.setProperty("--grid-width", `${Math.floor(width)}px`);
    for (const [at, pane] of this.panes.entries()) {
      pane.style.setProperty("--own-ratio", String(ratio ?? this.ratios[at]));
    }
  }

  /** @param {string} place @param {number} otherwise */
  letterAt(place, otherwise) {
    const chosen = /** @type {HTMLSelectElement | null} */ (this.tools.querySelector(`[data-place=${place}]`))?.value;
    return chosen ?? this.panes[otherwise]?.dataset.letter;
  }

  arrange() {
    this.element.dataset.view = this.mode;
    this.divider.hidden = this.mode !== "wipe";
    const [left, right] = [this.letterAt("left", 0), this.letterAt("right", 1)];
    for (const pane of this.panes) {
      const { letter } = pane.dataset;
      pane.dataset.place = letter === left ? "left" : letter === right ? "right" : "";
      pane.hidden = this.mode === "wipe" && !pane.dataset.place;
    }
    this.divider.setAttribute("aria-label", `Divider: ${left} on the left, ${right} on the right`);
    this.fit();
    this.show();
  }

  /** @param {number} percent */
  divide(percent) {
    this.view.divider = within(percent, 0, 100);
    this.show();
  }

  /**
   * The divider goes to a place on the screen.
   * @param {number} clientX
   */
  divideAt(clientX) {
    const { left, width } = this.element.getBoundingClientRect();
    this.divide((100 * (clientX - left)) / width);
  }

  /**
   * By a factor, so that one point of a pane (its corners are 0 and 1) stays where it is; 0 fits.
   * @param {number} factor
   * @param {{x: number, y: number}} [at]
   */
  zoomBy(factor, at = { x: 0.5, y: 0.5 }) {
    const { view } = this;
    const zoom = within(view.zoom * factor, 1, MOST_ZOOM);
    const ratio = zoom / view.zoom;
    view.zoom = zoom;
    this.moveTo(at.x - (at.x - view.x) * ratio, at.y - (at.y - view.y) * ratio);
  }

  /** @param {number} x @param {number} y */
  moveBy(x, y) {
    this.moveTo(this.view.x + x, this.view.y + y);
  }

  /** @param {number} x @param {number} y */
  moveTo(x, y) {
    this.view.x = within(x, 1 - this.view.zoom, 0);
    this.view.y = within(y, 1 - this.view.zoom, 0);
    this.show();
  }

  show() {
    const { divider, zoom, x, y } = this.view;
    const { style } = this.element;
    style.setProperty("--zoom", String(zoom));
    style.setProperty("--x", String(x));
    style.setProperty("--y", String(y));
    style.setProperty("--divider", `${divider}%`);
    this.element.classList.toggle("zoomed-in", zoom > 1);
    this.divider.setAttribute("aria-valuenow", String(Math.round(divider)));
    one(this.tools, "[data-zoom-text]").textContent = `${Math.round(100 * zoom)} %`;
  }

  /**
   * Whether the key was meant for the stage.
   * @param {KeyboardEvent} event
   */
  pressed({ key }) {
    /** @type {Record<string, () => void>} */
    const keys = {
      "+": () => this.zoomBy(KEY_ZOOM),
      "=": () => this.zoomBy(KEY_ZOOM),
      "-": () => this.zoomBy(1 / KEY_ZOOM),
      0: () => this.zoomBy(0),
      f: () => toggleFullScreen(this.viewing),
      ArrowLeft: () => this.moveBy(KEY_SHIFT, 0),
      ArrowRight: () => this.moveBy(-KEY_SHIFT, 0),
      ArrowUp: () => this.moveBy(0, KEY_SHIFT),
      ArrowDown: () => this.moveBy(0, -KEY_SHIFT),
    };
    if (!keys[key] || (key.startsWith("Arrow") && this.view.zoom === 1)) return false;
    keys[key]();
    return true;
  }
}
