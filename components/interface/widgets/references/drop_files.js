// Files may be dropped anywhere on the page: a line says where they go, and the browser never leaves.

import { say } from "../../browser/dialogs/dialog.js";
import { recall, remember } from "../../browser/server/browser_storage.js";
import { fillForm, goTo } from "../../browser/navigation/navigation.js";
import { upload } from "../../browser/server/server.js";

const forms = new Set();
let isOurs = false;
let isListening = false;

const isOpen = (form) => form.element.isConnected && form.element.offsetParent !== null;

// The form that is open, or the last one that was used.
const formNow = () => {
  const there = [...forms].filter((it) => it.element.isConnected);
  return there.find(isOpen) ?? there.find((it) => it.name === recall("last-form", "")) ?? there[0] ?? null;
};

const fits = (drop, type) => !type || type.startsWith(drop.dataset.kind);

// Where something of this type goes: the field under the pointer, or the first one that takes it.
const dropFor = (form, target, type) => {
  const near = form.element.contains(target) && target.closest?.(".element, [data-field]")?.querySelector(":scope > .drop");
  if (near && fits(near, type)) return near;
  const all = [...form.element.querySelectorAll(".media > .drop")];
  return all.find((it) => fits(it, type)) ?? null;
};

const labelOf = (drop) => drop.closest("[data-field]").querySelector("legend").firstChild.textContent.trim();

const lineFor = (form, drop) => {
  if (!form) return "Drop a result of this playground to bring its settings back";
  if (!drop) return "No field of this form takes such a file; a result brings its settings back";
  return isOpen(form) ? `Drop to add to “${labelOf(drop)}”` : `Drop to add to “${labelOf(drop)}” of the form you used last`;
};

const overlay = () => {
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

const hasFiles = (event) => !isOurs && [...event.dataTransfer.types].includes("Files");

const typeOf = (event) => [...event.dataTransfer.items].find((it) => it.kind === "file")?.type ?? "";

const isText = (target) => target.closest?.("textarea, input, [contenteditable]");

const over = (event) => {
  if (!hasFiles(event)) {
    // An address dropped beside a box of text would be gone to.
    if (!isOurs && event.dataTransfer.types.includes("text/uri-list") && !isText(event.target)) {
      event.preventDefault();
      event.dataTransfer.dropEffect = "none";
    }
    return;
  }
  event.preventDefault();
  const form = formNow();
  const drop = form && dropFor(form, event.target, typeOf(event));
  clear();
  drop?.classList.add("over-drop");
  overlay().hidden = false;
  overlay().firstChild.textContent = lineFor(form, drop);
};

// Without a field for it, a file is there for the settings it was made with.
const restore = async (file) => {
  try {
    const { remembered } = await upload(file, () => {});
    if (remembered) fillForm(remembered.form, remembered.values);
    else say("This file does not remember how it was made, and no field of this form takes it.");
  } catch (error) {
    say(error.message);
  }
};

const dropped = (event) => {
  clear();
  if (!hasFiles(event)) return;
  event.preventDefault();
  const files = [...event.dataTransfer.files];
  if (!files.length) return;
  const form = formNow();
  const drop = form && dropFor(form, event.target, files[0].type);
  if (!drop) {
    restore(files[0]);
    return;
  }
  const isOnField = drop.closest("[data-field]").contains(event.target);
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

// `take(drop, files, restores)` adds files to the form where `drop` stands; a result of ours that is
// dropped beside the fields (`restores`) brings its settings back instead.
export const takeDrops = (form) => {
  forms.add(form);
  form.element.addEventListener("focusin", () => remember("last-form", form.name));
  listen();
};
