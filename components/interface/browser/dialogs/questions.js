// Questions in a dialog: a yes or a no, or a line to type.

import { openDialog } from "./dialog.js";

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {object} properties
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
const make = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

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

// Resolves to what was typed, or null. `properties` are those of the box.
/** @param {string} title @param {{label: string, hint?: string, yes: string, [property: string]: unknown}} asked */
export const askFor = async (title, { label, hint = "", yes, ...properties }) => {
  const input = make("input", { type: "text", required: true, autocomplete: "off", ...properties });
  const content = [make("h2", { textContent: title }), make("label", {}, label, input)];
  if (hint) content.push(make("p", { className: "hint", textContent: hint }));
  return (await answered(title, yes, ...content)) ? input.value : null;
};
