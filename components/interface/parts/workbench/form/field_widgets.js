// Fields of a form by their `data-widget`: how each is read and filled. No field is known by name.

import { all, one } from "../../../browser/drawing/elements.js";

/** @import { Values } from "../../../browser/server/wire" */

/** @typedef {Values[string]} Value */
/** @typedef {{ read: (field: HTMLElement) => Value, fill: (field: HTMLElement, value: Value) => void }} Widget */

/**
 * One without a widget holds media.
 * @typedef {{
 *   element: HTMLElement, name: string, widget: Widget | undefined, isList: boolean, initial: Value,
 * }} Field
 */

/** @type {Record<string, Widget>} */
const plain = {
  prompt: {
    read: (field) => one(field, "textarea", HTMLTextAreaElement).value,
    fill: (field, value) => {
      one(field, "textarea", HTMLTextAreaElement).value = value ?? "";
    },
  },
  choice: {
    read: (field) => {
      const radio = /** @type {HTMLInputElement | null} */ (field.querySelector("input:checked"));
      return JSON.parse(radio?.value ?? "null");
    },
    fill: (field, value) => {
      for (const radio of field.querySelectorAll("input")) {
        radio.checked = JSON.parse(radio.value) === value;
      }
    },
  },
  count: {
    read: (field) => {
      const text = one(field, "input", HTMLInputElement).value;
      return text === "" ? null : Number(text);
    },
    fill: (field, value) => {
      one(field, "input", HTMLInputElement).value = value ?? "";
    },
  },
  switch: {
    read: (field) => one(field, "input", HTMLInputElement).checked,
    fill: (field, value) => {
      one(field, "input", HTMLInputElement).checked = Boolean(value);
    },
  },
};

/** @param {HTMLElement} form @returns {Field[]} */
export const fieldsOf = (form) =>
  all(form, "[data-field]").map((element) => ({
    element,
    name: /** @type {string} */ (element.dataset.field),
    widget: plain[/** @type {string} */ (element.dataset.widget)],
    isList: element.dataset.widget === "elements" || Number(element.dataset.most) > 1,
    initial: JSON.parse(/** @type {string} */ (element.dataset.default)),
  }));

/** @param {Field[]} fields @returns {Values} */
export const readPlain = (fields) =>
  Object.fromEntries(fields.filter((it) => it.widget).map((it) => [it.name, it.widget?.read(it.element)]));

/**
 * What somebody has put into the fields already: before this script came, say.
 * @param {Field[]} fields
 * @returns {Values}
 */
export const touchedIn = (fields) =>
  Object.fromEntries(
    fields
      .filter(({ widget, element, initial }) => {
        if (!widget) return false;
        const value = widget.read(element);
        return "touched" in element.dataset || (value !== initial && !(value === "" && initial === null));
      })
      .map(({ name, widget, element }) => [name, widget?.read(element)]),
  );

/** @param {Field[]} fields @param {Values} values */
export const fillPlain = (fields, values) => {
  for (const { widget, element, name } of fields) widget?.fill(element, values[name]);
};

/** @param {Field[]} fields @returns {Values} */
export const initialValues = (fields) =>
  Object.fromEntries(
    fields.map(({ name, widget, isList, initial }) => [
      name,
      widget ? initial : isList ? [] : null,
    ]),
  );
