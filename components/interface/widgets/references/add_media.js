// Media come into a form: chosen, dropped, pasted or named by an address; and change places by hand.

import { say } from "../../browser/dialogs/dialog.js";
import { one, within } from "../../browser/drawing/elements.js";
import { takeDrops } from "./drop_files.js";
import { takeWhatIsPasted } from "./paste_files.js";
import { fillForm } from "../../browser/navigation/navigation.js";
import { References } from "./references.js";
import { upload } from "../../browser/server/server.js";

/** @import { EmbeddedSettings, Uploaded } from "../../browser/server/wire" */
/** @import { Form } from "../../parts/workbench/form/form.js" */
/** @import { Place } from "./references.js" */

/** @param {HTMLElement} field @param {File} file */
const isFor = (field, file) => (file.type || "image/").startsWith(/** @type {string} */ (field.dataset.kind));

/** @param {HTMLElement} drop @param {File} file @param {() => void} cancel */
const pending = (drop, file, cancel) => {
  const line = document.createElement("p");
  const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
  bar.setAttribute("aria-label", `Uploading ${file.name}`);
  line.className = "pending";
  const stop = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: "Cancel" });
  stop.setAttribute("aria-label", `Cancel uploading ${file.name}`);
  stop.addEventListener("click", cancel);
  line.append(file.name, bar, stop);
  drop.before(line);
  return { done: () => line.remove(), progress: (/** @type {number} */ share) => { bar.value = share; } };
};

/**
 * The place where what is added in this part of the form goes.
 * @param {HTMLElement} element
 */
const placeAt = (element) => /** @type {Place} */ ({ ...References.placeOf(element), view: null });

/** @param {Form} form @param {HTMLElement} drop @param {File[]} files @param {boolean} [restores] */
const take = async (form, drop, files, restores = false) => {
  const place = placeAt(drop);
  /** @type {string[]} */
  const refusals = [];
  form.problems.forget(place.field);
  /** @type {[File, ReturnType<Form["uploads"]["begin"]>][]} */
  const coming = files.map((file) => [file, form.uploads.begin(file.name)]);
  for (const [file, way] of coming) {
    const shown = pending(drop, file, way.cancel);
    /** @param {number} share */
    const progress = (share) => { shown.progress(share); way.progress(share); };
    const added = /** @type {Uploaded | undefined} */ (await upload(file, progress, way.signal).catch((error) => {
      if (!way.signal.aborted) refusals.push(error.message);
    }));
    if (restores && added?.remembered) {
      fillForm(added.remembered.form, added.remembered.values);
    } else if (added) {
      form.state.names[added.ref] = file.name;
      form.references.add(place, added.ref);
      if (added.remembered) offerSettings(added.remembered);
      form.problems.forget(place.field);
    }
    shown.done();
    way.left(Boolean(added));
    await form.validate();
  }
  if (refusals.length) form.problems.show({ [/** @type {string} */ (place.field.dataset.field)]: refusals.join(" ") });
};

/** @param {EmbeddedSettings} remembered */
const offerSettings = ({ form, values }) =>
  say("This file remembers how it was made.", { action: "Bring its settings back", onAction: () => fillForm(form, values), forMs: 15_000 });

/** @param {Form} form @param {HTMLInputElement} input */
const link = (form, input) => {
  const addresses = input.value.split(/\s+/).filter(Boolean);
  input.value = "";
  for (const address of addresses) form.references.add(placeAt(input), address);
  if (addresses.length) form.validate();
};

/** @param {Event} event @returns {HTMLElement | null | undefined} */
const dropOf = (event) =>
  within(event, ".element, [data-field]")?.querySelector(":scope > .drop");

/** @param {Form} form @param {HTMLInputElement} input */
const takeChosen = (form, input) => {
  const files = [.../** @type {FileList} */ (input.files)];
  input.value = "";
  take(form, /** @type {HTMLElement} */ (input.closest(".drop")), files);
};

/** @param {Form} form */
const listenForFiles = (form) => {
  form.element.addEventListener("change", ({ target }) =>
    target instanceof HTMLInputElement && target.type === "file" && takeChosen(form, target));
  // Chosen before this script came.
  for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (form.element.querySelectorAll("[type=file]"))) {
    if (input.files?.length) takeChosen(form, input);
  }
  form.element.addEventListener("paste", (event) => {
    const files = [.../** @type {DataTransfer} */ (event.clipboardData).files];
    if (!files.length) return;
    event.preventDefault();
    const near = dropOf(event);
    const all = /** @type {HTMLElement[]} */ ([...form.element.querySelectorAll(".media > .drop")]);
    const drop = near ?? all.find((it) => isFor(it, files[0])) ?? all[0];
    if (drop) take(form, drop, files);
  });
};

/** @param {Form} form */
const listenForLinks = (form) => {
  form.element.addEventListener("click", (event) => {
    const button = within(event, "[data-action=link]");
    if (button) link(form, one(/** @type {HTMLElement} */ (button.parentElement), "[data-link]", HTMLInputElement));
  });
  form.element.addEventListener("keydown", ({ key, target }) => {
    if (key === "Enter" && target instanceof HTMLInputElement && target.matches("[data-link]")) link(form, target);
  });
  form.element.addEventListener("focusout", ({ target }) => {
    if (target instanceof HTMLInputElement && target.matches("[data-link]")) link(form, target);
  });
  for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (form.element.querySelectorAll("[data-link]"))) {
    if (input !== document.activeElement) link(form, input);
  }
};

/**
 * References change places by hand.
 * @param {Form} form
 */
const listenForDragging = (form) => {
  const page = /** @type {HTMLElement} */ (form.element.closest(".workbench"));
  /** @type {HTMLElement | null} */
  let dragged = null;
  const clear = () => page.querySelectorAll(".over-drop").forEach((it) => it.classList.remove("over-drop"));
  page.addEventListener("dragstart", (event) => {
    dragged = within(event, "[draggable]");
  });
  page.addEventListener("dragend", () => { dragged = null; clear(); });
  page.addEventListener("dragover", (event) => {
    if (!dragged) return;
    const onto = within(event, ".ref");
    clear();
    if (!onto || onto.parentElement !== dragged.parentElement) return;
    onto.classList.add("over-drop");
    event.preventDefault();
  });
  page.addEventListener("drop", (event) => {
    if (!dragged) return;
    clear();
    event.preventDefault();
    const onto = within(event, ".ref");
    if (onto && onto.parentElement === dragged.parentElement) {
      const to = References.placeOf(onto);
      const from = /** @type {Place} */ (References.placeOf(dragged));
      form.references.move(from, /** @type {number} */ (to.view ?? to.index));
      form.validate();
    }
  });
};

/** @param {Form} form @param {HTMLElement} drop @param {string} address */
const takeAddress = (form, drop, address) => {
  form.references.add(placeAt(drop), address);
  form.validate();
};

/** @param {Form} form */
export const addMedia = (form) => {
  listenForFiles(form);
  listenForLinks(form);
  listenForDragging(form);
  takeDrops({ element: form.element, name: form.name, take: (drop, files, restores) => take(form, drop, files, restores) });
  takeWhatIsPasted(form, {
    takeFiles: (drop, files) => take(form, drop, files),
    takeAddress: (drop, address) => takeAddress(form, drop, address),
  });
};
