// Fields of a form by their `data-widget`: how each is read and filled. No field is known by name.

const plain = {
  prompt: {
    read: (field) => field.querySelector("textarea").value,
    fill: (field, value) => {
      field.querySelector("textarea").value = value ?? "";
    },
  },
  choice: {
    read: (field) => JSON.parse(field.querySelector("input:checked")?.value ?? "null"),
    fill: (field, value) => {
      for (const radio of field.querySelectorAll("input")) {
        radio.checked = JSON.parse(radio.value) === value;
      }
    },
  },
  count: {
    read: (field) => {
      const text = field.querySelector("input").value;
      return text === "" ? null : Number(text);
    },
    fill: (field, value) => {
      field.querySelector("input").value = value ?? "";
    },
  },
  switch: {
    read: (field) => field.querySelector("input").checked,
    fill: (field, value) => {
      field.querySelector("input").checked = Boolean(value);
    },
  },
};

export const fieldsOf = (form) =>
  [...form.querySelectorAll("[data-field]")].map((element) => ({
    element,
    name: element.dataset.field,
    widget: plain[element.dataset.widget],
    isList: element.dataset.widget === "elements" || Number(element.dataset.most) > 1,
    initial: JSON.parse(element.dataset.default),
  }));

export const readPlain = (fields) =>
  Object.fromEntries(fields.filter((it) => it.widget).map((it) => [it.name, it.widget.read(it.element)]));

// What somebody has put into the fields already: before this script came, say.
export const touchedIn = (fields) =>
  Object.fromEntries(
    fields
      .filter(({ widget, element, initial }) => {
        if (!widget) return false;
        const value = widget.read(element);
        return "touched" in element.dataset || (value !== initial && !(value === "" && initial === null));
      })
      .map(({ name, widget, element }) => [name, widget.read(element)]),
  );

export const fillPlain = (fields, values) => {
  for (const { widget, element, name } of fields) widget?.fill(element, values[name]);
};

export const initialValues = (fields) =>
  Object.fromEntries(
    fields.map(({ name, widget, isList, initial }) => [
      name,
      widget ? initial : isList ? [] : null,
    ]),
  );
