// A reference is taken out of a form at once, and for a while it can be put back.

import { say } from "../../browser/dialogs/dialog.js";

/** @import { Form } from "../../parts/workbench/form/form.js" */
/** @import { Place } from "./references.js" */

/** @param {Form} form @param {Place} place */
export const takeOut = async (form, place) => {
  const name = /** @type {string} */ (place.field.dataset.field);
  const before = { value: structuredClone(form.state.values[name]), prompt: form.area.value, numbered: form.state.numbered };
  form.references.remove(place);
  await form.validate();
  const renumbered = form.area.value;
  const putBack = () => {
    form.state.values[name] = before.value;
    if (form.area.value === renumbered) {
      form.area.value = before.prompt;
      form.state.numbered = before.numbered;
      form.edited();
    }
    return form.validate();
  };
  say("Taken out of the form.", { action: "Undo", onAction: putBack });
};
