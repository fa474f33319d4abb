// Pictures in full size, over the page: one after the other by buttons, keys or a swipe, and on the whole screen.

import { openDialog } from "../../../browser/dialogs/dialog.js";
import { offerFullScreen, toggleFullScreen } from "../../../browser/dialogs/full_screen.js";
import { one, within } from "../../../browser/drawing/elements.js";

const SWIPE_PX = 40;

const GROUP = ".run-card, .went-in";

/** @param {string} sign @param {string} [label] */
const buttonOf = (sign, label) =>
  Object.assign(document.createElement("button"), {
    type: "button", className: "plain", textContent: sign, ...(label && { title: label, ariaLabel: label }),
  });

class Zoom {
  /**
   * `links` are the pictures that go together, `at` is the one that is looked at.
   * @param {HTMLAnchorElement[]} links
   * @param {number} at
   */
  constructor(links, at) {
    this.pictures = links.map((it) => ({ src: it.href, alt: one(it, "img", HTMLImageElement).alt }));
    this.at = at;
    this.view = Object.assign(document.createElement("div"), { className: "zoom-view" });
    this.picture = new Image();
    this.back = buttonOf("‹", "Previous picture");
    this.on = buttonOf("›", "Next picture");
    this.count = document.createElement("output");
    this.view.append(this.picture, this.bar());
    this.show();
    this.dialog = openDialog(this.view, "Picture in full size", { className: "zoomed", canReturn: true });
    this.listen();
  }

  bar() {
    const bar = Object.assign(document.createElement("div"), { className: "zoom-bar" });
    const whole = buttonOf("Full screen");
    offerFullScreen(whole, this.view);
    if (this.pictures.length > 1) bar.append(this.back, this.count, this.on);
    bar.append(whole);
    return bar;
  }

  show() {
    const { src, alt } = this.pictures[this.at];
    Object.assign(this.picture, { src, alt });
    this.count.textContent = `${this.at + 1} of ${this.pictures.length}`;
    // Not disabled: whoever comes to the end by keyboard would lose the place.
    this.back.ariaDisabled = String(!this.at);
    this.on.ariaDisabled = String(this.at === this.pictures.length - 1);
    // Who looks at one goes on to its neighbours.
    for (const near of [this.at + 1, this.at - 1]) if (this.pictures[near]) new Image().src = this.pictures[near].src;
  }

  /** @param {number} at */
  go(at) {
    if (at === this.at || !this.pictures[at]) return;
    this.at = at;
    this.show();
  }

  listen() {
    this.back.addEventListener("click", () => this.go(this.at - 1));
    this.on.addEventListener("click", () => this.go(this.at + 1));
    this.view.addEventListener("click", (event) => {
      if (within(event, ".zoom-bar") || this.hasSwiped) return;
      this.dialog.close();
    });
    this.dialog.addEventListener("keydown", (event) => this.pressed(event));
    this.swipe();
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowLeft: () => this.go(this.at - 1),
      ArrowRight: () => this.go(this.at + 1),
      Home: () => this.go(0),
      End: () => this.go(this.pictures.length - 1),
      f: () => toggleFullScreen(this.view),
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  }

  swipe() {
    /** @type {number | null} */
    let from = null;
    this.view.addEventListener("pointerdown", (event) => {
      this.hasSwiped = false;
      from = event.isPrimary && event.pointerType !== "mouse" ? event.clientX : null;
    });
    this.view.addEventListener("pointerup", ({ clientX }) => {
      const by = from === null ? 0 : clientX - from;
      from = null;
      if (Math.abs(by) < SWIPE_PX) return;
      this.hasSwiped = true;
      this.go(this.at - Math.sign(by));
    });
  }
}

/** @param {MouseEvent} event @param {HTMLAnchorElement} link */
export const zoom = (event, link) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const links = /** @type {HTMLAnchorElement[]} */ (
    [...(link.closest(GROUP)?.querySelectorAll("[data-zoom]") ?? [link])]
  );
  new Zoom(links, links.indexOf(link));
};
