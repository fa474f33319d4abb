// Media in a form's values: where they stand, and how they are added, moved and taken out.

/** @import { Values } from "../../browser/server/wire" */

/**
 * A place is {field, index} or, for a view of an element, {field, index, view}; with the field alone, its end.
 * @typedef {{ field: HTMLElement, index?: number | null, view: number | null }} Place
 */

/** @param {Element} element */
const placed = (element) => {
  const item = /** @type {HTMLElement | null} */ (element.closest("[data-index]"));
  const field = /** @type {HTMLElement | null} */ (element.closest("[data-field]"));
  return {
    field,
    index: item ? Number(item.dataset.index) : null,
    view: item?.dataset.view === undefined ? null : Number(item.dataset.view),
  };
};

/** @param {HTMLElement} field @param {Values} element @returns {unknown[]} */
const viewsOf = (field, element) => {
  const { front, others } = /** @type {Record<"front" | "others", string>} */ (field.dataset);
  return [element[front], ...(element[others] ?? [])].filter(Boolean);
};

/** @param {HTMLElement} field @param {unknown[]} views @returns {Values} */
const elementOf = (field, views) => ({
  [/** @type {string} */ (field.dataset.front)]: views[0] ?? null,
  [/** @type {string} */ (field.dataset.others)]: views.slice(1),
});

export class References {
  /** @param {Values} values */
  constructor(values) {
    this.values = values;
  }

  static placeOf = placed;

  /**
   * The list a place stands in, and how to put a changed one back.
   * @param {Place} place
   * @returns {[items: unknown[], put: (changed: unknown[]) => void]}
   */
  list({ field, index, view }) {
    const name = /** @type {string} */ (field.dataset.field);
    const isMany = field.dataset.widget === "elements" || Number(field.dataset.most) > 1;
    if (view !== null) {
      const elements = [...this.values[name]];
      const at = /** @type {number} */ (index);
      /** @param {unknown[]} views */
      const put = (views) => {
        elements[at] = elementOf(field, views);
        this.values[name] = elements;
      };
      return [viewsOf(field, elements[at]), put];
    }
    const items = isMany ? [...(this.values[name] ?? [])] : [this.values[name]].filter(Boolean);
    return [items, (changed) => { this.values[name] = isMany ? changed : (changed[0] ?? null); }];
  }

  /** @param {Place} place @param {string} source */
  add(place, source) {
    const isElement = place.field.dataset.widget === "elements";
    const [items, put] = this.list(isElement ? { ...place, view: 0 } : place);
    const isSingle = Number(place.field.dataset.most) === 1 && !isElement;
    put(isSingle ? [source] : [...items, source]);
  }

  /** @param {HTMLElement} field @param {Values} [element] */
  addElement(field, element) {
    const name = /** @type {string} */ (field.dataset.field);
    this.values[name] = [...(this.values[name] ?? []), element ?? elementOf(field, [])];
  }

  /** @param {Place} place @param {number} to */
  move(place, to) {
    const [items, put] = this.list(place);
    const from = /** @type {number} */ (place.view ?? place.index);
    if (to < 0 || to >= items.length) return;
    items.splice(to, 0, ...items.splice(from, 1));
    put(items);
  }

  /** @param {Place} place */
  remove(place) {
    const [items, put] = this.list(place);
    items.splice(/** @type {number} */ (place.view ?? place.index), 1);
    put(items);
  }
}

/**
 * The button that was pressed in an item is gone: on with another one there, in what took its place, or
 * where more is added.
 * @param {Element | null} item
 * @param {Place} place
 */
export const focusNear = (item, { field, index, view }) => {
  const list = view === null
    ? field.querySelector("[data-list]")
    : field.querySelectorAll(".element")[/** @type {number} */ (index)]?.querySelector(".refs");
  const last = list ? list.children.length - 1 : -1;
  const near = item?.isConnected ? item : list?.children[Math.min(view ?? index ?? last, last)];
  /** @type {HTMLElement | null} */
  const control = near?.querySelector("[data-action]") ?? field.querySelector("input, button");
  control?.focus({ preventScroll: true });
};
