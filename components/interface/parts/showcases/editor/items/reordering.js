// Items are put into another order by dragging their handle, with mouse, pen or finger, and by its arrow
// keys. The one that moves stays in the page all the while, so that it keeps pointer and focus.

import { all, within } from "../../../../browser/drawing/elements.js";

const EDGE_PX = 70;
const SCROLL_PX = 14;

/** @param {HTMLElement} item */
const listOf = (item) => /** @type {HTMLElement} */ (item.parentElement);

/** @param {HTMLElement} list */
const itemsOf = (list) => all(list, ":scope > [data-item]");

/** @param {HTMLElement} list */
export const idsIn = (list) => itemsOf(list).map((it) => it.dataset.item ?? "");

/** @param {HTMLElement} item @param {number} to */
const put = (item, to) => {
  for (;;) {
    const items = itemsOf(listOf(item));
    const at = items.indexOf(item);
    if (at === to || to < 0 || to >= items.length) return;
    // The others move around it.
    if (to > at) item.before(items[at + 1]);
    else item.after(items[at - 1]);
  }
};

export class Reordering {
  /**
   * `moved(before, item)` is told the order that was; the page shows the new one already.
   * @param {HTMLElement} place
   * @param {(before: string[], item: HTMLElement) => unknown} moved
   */
  constructor(place, moved) {
    this.moved = moved;
    /** @type {{item: HTMLElement, handle: HTMLElement, before: string[], grabbed: number, y: number} | null} */
    this.drag = null;
    place.addEventListener("pointerdown", (event) => this.grab(event));
    place.addEventListener("pointermove", (event) => this.drag && this.follow(event.clientY));
    place.addEventListener("pointerup", (event) => {
      this.follow(event.clientY);
      this.drop(true);
    });
    place.addEventListener("pointercancel", () => this.drop(false));
    place.addEventListener("keydown", (event) => this.pressed(event));
    place.addEventListener("dragstart", (event) => this.drag && event.preventDefault());
  }

  get isDragging() {
    return Boolean(this.drag);
  }

  /** @param {PointerEvent} event */
  grab(event) {
    const handle = within(event, "[data-handle]");
    const item = within(event, "[data-item]");
    if (!handle || !item || event.button || this.drag) return;
    handle.setPointerCapture(event.pointerId);
    const { top } = item.getBoundingClientRect();
    const list = listOf(item);
    this.drag = { item, handle, before: idsIn(list), grabbed: event.clientY - top, y: event.clientY };
    item.classList.add("dragged");
    // Rows are low while one is moved; it stays under the pointer.
    list.classList.add("ordering");
    scrollBy({ top: item.getBoundingClientRect().top - top, behavior: "instant" });
    this.drag.grabbed = Math.min(this.drag.grabbed, item.offsetHeight);
    this.goOn();
  }

  /** @param {number} y */
  follow(y) {
    const { drag } = this;
    if (!drag) return;
    drag.y = y;
    const { item } = drag;
    item.style.transform = "";
    const top = y - drag.grabbed;
    const bottom = top + item.offsetHeight;
    const items = itemsOf(listOf(item));
    const at = items.indexOf(item);
    const others = items.filter((it) => it !== item);
    // The edge in front has passed the middle of another; behind it, nothing swaps back.
    const to = others.filter((it, number) => {
      const place = it.getBoundingClientRect();
      return place.top + place.height / 2 < (number < at ? top : bottom);
    }).length;
    if (to !== at) put(item, to);
    const shift = y - drag.grabbed - item.getBoundingClientRect().top;
    item.style.transform = `translateY(${Math.round(shift)}px)`;
  }

  // With each frame, as a wheel moves the page under a pointer that rests. Near an edge of the window, the
  // page goes on by itself.
  goOn() {
    const { drag } = this;
    if (!drag) return;
    const by = drag.y < EDGE_PX ? -SCROLL_PX : drag.y > innerHeight - EDGE_PX ? SCROLL_PX : 0;
    if (by) scrollBy({ top: by, behavior: "instant" });
    this.follow(drag.y);
    requestAnimationFrame(() => this.goOn());
  }

  /** @param {boolean} isWanted */
  drop(isWanted) {
    const { drag } = this;
    if (!drag) return;
    this.drag = null;
    const { item, before, handle } = drag;
    item.style.transform = "";
    item.classList.remove("dragged");
    listOf(item).classList.remove("ordering");
    if (!isWanted) put(item, before.indexOf(item.dataset.item ?? ""));
    item.scrollIntoView({ block: "nearest", behavior: "instant" });
    handle.focus({ preventScroll: true });
    if (idsIn(listOf(item)).join() !== before.join()) this.moved(before, item);
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    if (event.key === "Escape" && this.drag) {
      event.preventDefault();
      this.drop(false);
      return;
    }
    const handle = within(event, "[data-handle]");
    const item = within(event, "[data-item]");
    if (!handle || !item || event.ctrlKey || event.metaKey || event.altKey || this.drag) return;
    const before = idsIn(listOf(item));
    const at = before.indexOf(item.dataset.item ?? "");
    /** @type {Record<string, number>} */
    const places = { ArrowUp: at - 1, ArrowLeft: at - 1, ArrowDown: at + 1, ArrowRight: at + 1, Home: 0, End: before.length - 1 };
    const to = places[event.key];
    if (to === undefined) return;
    event.preventDefault();
    put(item, to);
    item.scrollIntoView({ block: "nearest", behavior: "instant" });
    if (idsIn(listOf(item)).join() !== before.join()) this.moved(before, item);
  }
}
