// What an example put into a form makes way when a result is to be used there; what the person put in stays.

import { recall, remember } from "../../../browser/server/browser_storage.js";

/** @import { Values } from "../../../browser/server/wire" */
/** @import { Form } from "./form.js" */

/** @param {Form} form */
const nameOf = (form) => `example-${form.name}`;

/** @param {unknown} one @param {unknown} other */
const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** @param {Form} form @param {Values} values */
export const rememberExample = (form, values) => remember(nameOf(form), values);

/**
 * The values without what is left of the example, or null if nothing is.
 * @param {Form} form
 * @param {Values} initial
 * @returns {Values | null}
 */
export const withoutExample = (form, initial) => {
  /** @type {Values | null} */
  const left = recall(nameOf(form), null);
  remember(nameOf(form), null);
  if (!left) return null;
  const { values } = form.state;
  /** @param {string} name */
  const kept = (name) => {
    if (Array.isArray(values[name])) {
      return values[name].filter((it) => !(left[name] ?? []).some((/** @type {unknown} */ other) => isSame(it, other)));
    }
    return isSame(values[name], left[name]) ? initial[name] : values[name];
  };
  const cleared = Object.fromEntries(Object.keys(values).map((name) => [name, name in left ? kept(name) : values[name]]));
  return isSame(cleared, values) ? null : cleared;
};
