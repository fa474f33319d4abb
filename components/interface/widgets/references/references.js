// Media in a form's values: where they stand, and how they are added, moved and taken out.
// A place is {field, index} or, for a view of an element, {field, index, view}.

const placed = (element) => {
  const item = element.closest("[data-index]");
  const field = element.closest("[data-field]");
  return {
    field,
    index: item ? Number(item.dataset.index) : null,
    view: item?.dataset.view === undefined ? null : Number(item.dataset.view),
  };
};

const viewsOf = (field, element) => {
  const { front, others } = field.dataset;
  return [element[front], ...(element[others] ?? [])].filter(Boolean);
};

const elementOf = (field, views) => ({
  [field.dataset.front]: views[0] ?? null,
  [field.dataset.others]: views.slice(1),
});

export class References {
  constructor(values) {
    this.values = values;
  }

  static placeOf = placed;

  // The list a place stands in, and how to put a changed one back.
  list({ field, index, view }) {
    const name = field.dataset.field;
    const isMany = field.dataset.widget === "elements" || Number(field.dataset.most) > 1;
    if (view !== null) {
      const elements = [...this.values[name]];
      const put = (views) => {
        elements[index] = elementOf(field, views);
        this.values[name] = elements;
      };
      return [viewsOf(field, elements[index]), put];
    }
    const items = isMany ? [...(this.values[name] ?? [])] : [this.values[name]].filter(Boolean);
    return [items, (changed) => { this.values[name] = isMany ? changed : (changed[0] ?? null); }];
  }

  add(place, source) {
    const isElement = place.field.dataset.widget === "elements";
    const [items, put] = this.list(isElement ? { ...place, view: 0 } : place);
    const isSingle = Number(place.field.dataset.most) === 1 && !isElement;
    put(isSingle ? [source] : [...items, source]);
  }

  addElement(field, element) {
    const name = field.dataset.field;
    this.values[name] = [...(this.values[name] ?? []), element ?? elementOf(field, [])];
  }

  move(place, to) {
    const [items, put] = this.list(place);
    const from = place.view ?? place.index;
    if (to < 0 || to >= items.length) return;
    items.splice(to, 0, ...items.splice(from, 1));
    put(items);
  }

  remove(place) {
    const [items, put] = this.list(place);
    items.splice(place.view ?? place.index, 1);
    put(items);
  }
}

// The button that was pressed in an item is gone: on with another one there, in what took its place, or
// where more is added.
export const focusNear = (item, { field, index, view }) => {
  const list = view === null ? field.querySelector("[data-list]") : field.querySelectorAll(".element")[index]?.querySelector(".refs");
  const last = list ? list.children.length - 1 : -1;
  const near = item?.isConnected ? item : list?.children[Math.min(view ?? index ?? last, last)];
  (near?.querySelector("[data-action]") ?? field.querySelector("input, button"))?.focus({ preventScroll: true });
};
