// What is pasted while nothing has the focus goes to the open form, and a word says where it went.

import { say, topmost } from "../../browser/dialogs/dialog.js";
import { all, one, within } from "../../browser/drawing/elements.js";

/** @import { Form } from "../../parts/workbench/form/form.js" */

const ADDRESS = /^https:\/\/\S+$/;
const CLIP_NAME = /\.(mp4|mov|webm|mkv)([?#]|$)/i;

/** @param {Form} form @param {HTMLElement} field */
const hasRoom = (form, field) => {
  const value = form.state.values[/** @type {string} */ (field.dataset.field)];
  return (Array.isArray(value) ? value.length : Number(Boolean(value))) < Number(field.dataset.most);
};

/**
 * The first field that takes such a medium and is not full, else the first one that takes it.
 * @param {Form} form
 * @param {"image" | "video"} kind
 * @returns {HTMLElement | undefined}
 */
const fitting = (form, kind) => {
  const fields = all(form.element, ".field.media").filter((it) => it.dataset.kind === kind);
  return fields.find((it) => hasRoom(form, it)) ?? fields[0];
};

/** @param {HTMLElement} field */
const labelOf = (field) => /** @type {Text} */ (one(field, "legend").firstChild).textContent.trim();

/**
 * `takeFiles(drop, files)` and `takeAddress(drop, address)` add to the field around a drop.
 * @param {Form} form
 * @param {{
 *   takeFiles: (drop: HTMLElement, files: File[]) => void,
 *   takeAddress: (drop: HTMLElement, address: string) => void,
 * }} takers
 */
export const takeWhatIsPasted = (form, { takeFiles, takeAddress }) => {
  /** @param {ClipboardEvent} event */
  const pasted = (event) => {
    if (!form.element.isConnected) return document.removeEventListener("paste", pasted);
    const isHere = form.element.checkVisibility() && topmost().tagName !== "DIALOG";
    if (!isHere || event.defaultPrevented || within(event, "input, textarea, select, [contenteditable], form")) {
      return null;
    }
    const pasteboard = /** @type {DataTransfer} */ (event.clipboardData);
    const files = [...pasteboard.files];
    const address = pasteboard.getData("text/plain").trim();
    if (!files.length && !ADDRESS.test(address)) return null;
    const isClip = files.length ? files[0].type.startsWith("video/") : CLIP_NAME.test(address);
    const field = fitting(form, isClip ? "video" : "image") ?? (files.length ? null : fitting(form, isClip ? "image" : "video"));
    event.preventDefault();
    if (!field) return say(`This form takes no ${isClip ? "video" : "picture"}.`);
    const drop = one(field, ":scope > .drop");
    if (files.length) takeFiles(drop, files);
    else takeAddress(drop, address);
    field.scrollIntoView({ block: "nearest" });
    return say(`Pasted into ${labelOf(field)}.`);
  };
  document.addEventListener("paste", pasted);
};
