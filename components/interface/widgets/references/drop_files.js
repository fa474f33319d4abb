// Files may be dropped anywhere on the page: a line says where they go, and the browser never leaves.

import { say } from "../../browser/dialogs/dialog.js";
import { one } from "../../browser/drawing/elements.js";
import { recall, remember } from "../../browser/server/browser_storage.js";
import { fillForm, goTo } from "../../browser/navigation/navigation.js";
import { upload } from "../../browser/server/server.js";

/**
 * `take(drop, files, restores)` adds files to the form where `drop` stands; a result of ours that is
 * dropped beside the fields (`restores`) brings its settings back instead.
 * @typedef {{
 *   element: HTMLElement,
 *   name: string,
 *   take: (drop: HTMLElement, files: File[], restores: boolean) => void,
 * }} DropForm
 */

/** @type {Set<DropForm>} */
const forms = new Set();
let isOurs = false;
let isListening = false;

/** @param {DropForm} form */
const isOpen = (form) => form.element.isConnected && form.element.offsetParent !== null;

// The form that is open, or the last one that was used.
const formNow = () => {
  const there = [...forms].filter((it) => it.element.isConnected);
  return there.find(isOpen) ?? there.find((it) => it.name === recall("last-form", "")) ?? there[0] ?? null;
};

/** @param {HTMLElement} drop @param {string} type */
const fits = (drop, type) => !type || type.startsWith(/** @type {string} */ (drop.dataset.kind));

/**
 * Where something of this type goes: the field under the pointer, or the first one that takes it.
 * @param {DropForm} form
 * @param {EventTarget | null} target
 * @param {string} type
 */
const dropFor = (form, target, type) => {
  const field = target instanceof Element && form.element.contains(target) && target.closest(".element, [data-field]");
  const near = field && /** @type {HTMLElement | null} */ (field.querySelector(":scope > .drop"));
  if (near && fits(near, type)) return near;
  const all = /** @type {HTMLElement[]} */ ([...form.element.querySelectorAll(".media > .drop")]);
  return all.find((it) => fits(it, type)) ?? null;
};

/** @param {HTMLElement} drop */
const fieldOf = (drop) => /** @type {HTMLElement} */ (drop.closest("[data-field]"));

/** @param {HTMLElement} drop */
const labelOf = (drop) => /** @type {Text} */ (one(fieldOf(drop), "legend").firstChild).textContent.trim();

/** @param {DropForm | null} form @param {HTMLElement | null} drop */
const lineFor = (form, drop) => {
  if (!form) return "Drop a result of this playground to bring its settings back";
  if (!drop) return "No field of this form takes such a file; a result brings its settings back";
  return isOpen(form) ? `Drop to add to “${labelOf(drop)}”` : `Drop to add to “${labelOf(drop)}” of the form you used last`;
};

const overlay = () => {
  /** @type {HTMLElement | null} */
  let shown = document.querySelector(".drop-anywhere");
  if (!shown) {
    shown = Object.assign(document.createElement("div"), { className: "drop-anywhere", hidden: true });
    shown.append(document.createElement("p"));
    (document.querySelector(".gradio-container") ?? document.body).append(shown);
  }
  return shown;
};

const clear = () => {
  document.querySelector(".drop-anywhere")?.setAttribute("hidden", "");
  document.querySelectorAll(".drop.over-drop").forEach((it) => it.classList.remove("over-drop"));
};

/** @param {DragEvent} event */
const carriedIn = (event) => /** @type {DataTransfer} */ (event.dataTransfer);

/** @param {DragEvent} event */
const hasFiles = (event) => !isOurs && [...carriedIn(event).types].includes("Files");

/** @param {DragEvent} event */
const typeOf = (event) => [...carriedIn(event).items].find((it) => it.kind === "file")?.type ?? "";

/** @param {EventTarget | null} target */
const isText = (target) => target instanceof Element && target.closest("textarea, input, [contenteditable]");

/** @param {DragEvent} event */
const over = (event) => {
  if (!hasFiles(event)) {
    // An address dropped beside a box of text would be gone to.
    if (!isOurs && carriedIn(event).types.includes("text/uri-list") && !isText(event.target)) {
      event.preventDefault();
      carriedIn(event).dropEffect = "none";
    }
    return;
  }
  event.preventDefault();
  const form = formNow();
  const drop = form && dropFor(form, event.target, typeOf(event));
  clear();
  drop?.classList.add("over-drop");
  overlay().hidden = false;
  one(overlay(), "p").textContent = lineFor(form, drop);
};

/**
 * Without a field for it, a file is there for the settings it was made with.
 * @param {File} file
 */
const restore = async (file) => {
  try {
    const { remembered } = await upload(file, () => {});
    if (remembered) fillForm(remembered.form, remembered.values);
    else say("This file does not remember how it was made, and no field of this form takes it.");
  } catch (error) {
    say(/** @type {Error} */ (error).message);
  }
};

/** @param {DragEvent} event */
const dropped = (event) => {
  clear();
  if (!hasFiles(event)) return;
  event.preventDefault();
  const files = [...carriedIn(event).files];
  if (!files.length) return;
  const form = formNow();
  const drop = form && dropFor(form, event.target, files[0].type);
  if (!drop) {
    restore(files[0]);
    return;
  }
  const isOnField = fieldOf(drop).contains(/** @type {Node | null} */ (event.target));
  if (!isOpen(form)) goTo(form.name);
  form.take(drop, files, !isOnField);
};

const listen = () => {
  if (isListening) return;
  isListening = true;
  document.addEventListener("dragstart", () => { isOurs = true; });
  document.addEventListener("dragend", () => { isOurs = false; });
  document.addEventListener("dragover", over);
  document.addEventListener("dragleave", (event) => event.relatedTarget || clear());
  document.addEventListener("drop", dropped);
};

/** @param {DropForm} form */
export const takeDrops = (form) => {
  forms.add(form);
  form.element.addEventListener("focusin", () => remember("last-form", form.name));
  listen();
};
