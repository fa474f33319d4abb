// Questions in a dialog: a yes or a no, one of several answers, or a line to type.

import { make } from "../drawing/elements.js";
import { openDialog } from "./dialog.js";

/** @param {string} title @param {string} yes @param {...Node} content @returns {Promise<boolean>} */
const answered = (title, yes, ...content) =>
  new Promise((resolve) => {
    const button = make("button", { className: "primary", value: "yes" }, yes);
    const form = make("form", { className: "question", method: "dialog" }, ...content, button);
    const dialog = openDialog(form, title);
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"));
  });

// Resolves to whether it was a yes.
/** @param {string} question @param {string} yes */
export const ask = (question, yes) => answered(question, yes, make("p", { textContent: question }));

// Resolves to the name of the answer that was chosen, or null. The last one is what is done mostly.
/** @param {string} title @param {string} question @param {Record<string, string>} answers */
export const askWhich = (title, question, answers) =>
  /** @type {Promise<string | null>} */ (new Promise((resolve) => {
    const buttons = Object.entries(answers).map(([value, textContent], at, every) =>
      make("button", { className: at === every.length - 1 ? "primary" : "plain", value, textContent }));
    const cancel = make("button", { className: "plain", value: "", textContent: "Cancel" });
    const form = make("form", { className: "question", method: "dialog" },
      make("h2", { textContent: title }), make("p", { textContent: question }),
      make("div", { className: "answers" }, cancel, ...buttons));
    const dialog = openDialog(form, title);
    dialog.addEventListener("close", () => resolve(dialog.returnValue || null));
  }));

// Resolves to what was typed, or null. `properties` are those of the box.
/** @param {string} title @param {{label: string, hint?: string, yes: string, [property: string]: unknown}} asked */
export const askFor = async (title, { label, hint = "", yes, ...properties }) => {
  const input = make("input", { type: "text", required: true, autocomplete: "off", ...properties });
  const content = [make("h2", { textContent: title }), make("label", {}, label, input)];
  if (hint) content.push(make("p", { className: "hint", textContent: hint }));
  return (await answered(title, yes, ...content)) ? input.value : null;
};
