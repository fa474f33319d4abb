// What the server says of a form, on the page: references, notes, the price, how long it takes.

import { all, one } from "../../../browser/drawing/elements.js";
import { redraw } from "../../../browser/drawing/patch.js";
import { dollars } from "../../../browser/dialogs/spend_confirmation.js";

/** @import { FormStatus } from "../../../browser/server/wire" */

/** @param {string} className @param {string} textContent */
const line = (className, textContent) => Object.assign(document.createElement("p"), { className, textContent });

/** @param {FormStatus} status */
const notesOf = ({ notes, meter, over, tokens }) => {
  const lines = notes.map((text) => line("note", text));
  return meter && tokens.length ? [line(over ? "meter over" : "meter", meter), ...lines] : lines;
};

/** @param {HTMLElement} button @param {FormStatus} status */
const namePrice = (button, { quote, varies }) => {
  const price = quote.usd === null ? "" : ` · ${dollars(quote.usd)}`;
  button.dataset.label = varies ? "Lay out the runs" : `Generate${price}`;
  // While it waits for files, it says for which.
  if (!button.ariaBusy) button.textContent = button.dataset.label;
  button.title = quote.basis;
};

/** @param {HTMLElement} form @param {FormStatus} answer */
export const showStatus = (form, answer) => {
  for (const field of all(form, "[data-field]")) {
    const list = /** @type {HTMLElement | null} */ (field.querySelector("[data-list]"));
    if (list) redraw(list, (answer.lists[/** @type {string} */ (field.dataset.field)] ?? []).join(""));
  }
  one(form, ".notes").replaceChildren(...notesOf(answer));
  const kit = /** @type {HTMLElement | null} */ (form.querySelector("[data-kit]"));
  if (kit && answer.kit !== null) redraw(kit, answer.kit);
  namePrice(one(form, "[type=submit]"), answer);
  one(form, ".expected").textContent = answer.expected;
  const { example_usd: prices } = answer;
  if (!prices) return;
  form.querySelectorAll("[data-price]").forEach((price, number) => {
    const usd = prices[number];
    price.textContent = usd === null ? "" : dollars(usd);
  });
};
