// Somebody points at a place: with a click, or with the arrow keys from the middle.

import { boxesOf, layerOf, stick } from "./pins.js";

/** @typedef {{side: number, x: number, y: number}} Point */

const STEP = 0.01;
const LARGE_STEP = 0.1;
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @param {number} value */
const inside = (value) => Math.min(1, Math.max(0, Math.round(value * 10000) / 10000));

/** @param {Point} point */
export const inWords = ({ x, y }) => `${Math.round(100 * x)} % from the left, ${Math.round(100 * y)} % from the top`;

export class Pointing {
  /**
   * `moved` hears of every place, and of null when it is given up; `kept` when the keyboard is done.
   * @param {HTMLElement} item
   * @param {(point: Point | null) => void} moved
   * @param {() => void} kept
   */
  constructor(item, moved, kept) {
    this.item = item;
    this.moved = moved;
    this.kept = kept;
    /** @type {Point | null} */
    this.point = null;
    this.isWaiting = false;
    this.pin = Object.assign(document.createElement("button"), { type: "button", className: "pin is-new", textContent: "+" });
    this.listen();
  }

  listen() {
    // Before the stage hears of it, which would take it for a drag of its divider.
    this.item.addEventListener("pointerdown", (event) => this.pressed(event), true);
    this.item.addEventListener("click", (event) => this.isWaiting && this.boxAt(event) && event.preventDefault(), true);
    this.pin.addEventListener("pointermove", (event) => this.pin.hasPointerCapture(event.pointerId) && this.take(event));
    this.pin.addEventListener("keydown", (event) => this.typed(event));
  }

  /** Wait for a place; from the keyboard, begin in the middle. @param {boolean} isByKeyboard */
  begin(isByKeyboard) {
    this.wait(true);
    if (isByKeyboard) {
      this.put({ side: 0, x: 0.5, y: 0.5 });
      this.pin.focus();
    } else boxesOf(this.item)[0]?.scrollIntoView({ block: "nearest" });
  }

  /** @param {boolean} isWaiting */
  wait(isWaiting) {
    this.isWaiting = isWaiting;
    for (const box of boxesOf(this.item)) box.classList.toggle("is-pointing", isWaiting);
  }

  leave() {
    this.wait(false);
    this.point = null;
    this.pin.remove();
    this.moved(null);
  }

  /** @param {Point} point */
  put(point) {
    const box = boxesOf(this.item)[point.side];
    if (!box) return;
    this.point = { side: point.side, x: inside(point.x), y: inside(point.y) };
    stick(this.pin, this.point);
    this.pin.setAttribute("aria-label", `The place: ${inWords(this.point)}. Arrow keys move it, Enter keeps it.`);
    const layer = layerOf(box);
    if (this.pin.parentElement !== layer) layer.append(this.pin);
    this.moved(this.point);
  }

  /** @param {Event} event */
  boxAt({ target }) {
    return boxesOf(this.item).findIndex((box) => target instanceof Node && box.contains(target)) + 1;
  }

  /** @param {PointerEvent} event */
  pressed(event) {
    const isPin = event.target === this.pin;
    const side = this.boxAt(event) - 1;
    if (event.button || (!isPin && (!this.isWaiting || side < 0))) return;
    event.preventDefault();
    event.stopPropagation();
    if (!isPin) {
      this.take(event, side);
      this.wait(false);
      this.kept();
    } else this.pin.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event @param {number} [side] */
  take(event, side = this.point?.side ?? 0) {
    const { left, top, width, height } = layerOf(boxesOf(this.item)[side]).getBoundingClientRect();
    this.put({ side, x: (event.clientX - left) / width, y: (event.clientY - top) / height });
  }

  /** @param {KeyboardEvent} event */
  typed(event) {
    const arrow = ARROWS[event.key];
    if (!arrow && event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    const step = event.shiftKey ? LARGE_STEP : STEP;
    if (arrow && this.point) this.put({ ...this.point, x: this.point.x + arrow[0] * step, y: this.point.y + arrow[1] * step });
    if (event.key === "Escape") this.leave();
    if (!arrow) this.wait(false);
    if (!arrow) this.kept();
  }
}
