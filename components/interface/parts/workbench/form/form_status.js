// What the server says of a form, on the page: cards, notes, the price, how long it takes.

import { redraw } from "../../../browser/drawing/patch.js";
import { dollars } from "../../../browser/dialogs/spend_confirmation.js";

const line = (className, textContent) => Object.assign(document.createElement("p"), { className, textContent });

const notesOf = ({ notes, meter, over, tokens }) => {
  const lines = notes.map((text) => line("note", text));
  return meter && tokens.length ? [line(over ? "meter over" : "meter", meter), ...lines] : lines;
};

const namePrice = (button, { quote, varies }) => {
  const price = quote.usd === null ? "" : ` · ${dollars(quote.usd)}`;
  button.dataset.label = varies ? "Lay out the runs" : `Generate${price}`;
  // While it waits for files, it says for which.
  if (!button.ariaBusy) button.textContent = button.dataset.label;
  button.title = quote.basis;
};

export const showLook = (form, answer) => {
  for (const field of form.querySelectorAll("[data-field]")) {
    const list = field.querySelector("[data-list]");
    if (list) redraw(list, (answer.lists[field.dataset.field] ?? []).join(""));
  }
  form.querySelector(".notes").replaceChildren(...notesOf(answer));
  const kit = form.querySelector("[data-kit]");
  if (kit) redraw(kit, answer.kit);
  namePrice(form.querySelector("[type=submit]"), answer);
  form.querySelector(".expected").textContent = answer.expected;
  form.querySelectorAll("[data-price]").forEach((price, number) => {
    const usd = answer.example_usd[number];
    price.textContent = usd === null ? "" : dollars(usd);
  });
};
