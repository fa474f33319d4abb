// Media come into a form: chosen, dropped, pasted or named by an address; and change places by hand.

import { say } from "../../browser/dialogs/dialog.js";
import { takeDrops } from "./drop_files.js";
import { takeWhatIsPasted } from "./paste_files.js";
import { fillForm } from "../../browser/navigation/navigation.js";
import { References } from "./references.js";
import { upload } from "../../browser/server/server.js";

const isFor = (field, file) => (file.type || "image/").startsWith(field.dataset.kind);

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
  return { done: () => line.remove(), progress: (share) => { bar.value = share; } };
};

// The place where what is added in this part of the form goes.
const placeAt = (element) => ({ ...References.placeOf(element), view: null });

const take = async (form, drop, files, restores = false) => {
  const place = placeAt(drop);
  const refusals = [];
  form.problems.forget(place.field);
  const coming = files.map((file) => [file, form.uploads.begin(file.name)]);
  for (const [file, way] of coming) {
    const shown = pending(drop, file, way.cancel);
    const progress = (share) => { shown.progress(share); way.progress(share); };
    const added = await upload(file, progress, way.signal).catch((error) => {
      if (!way.signal.aborted) refusals.push(error.message);
    });
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
    await form.look();
  }
  if (refusals.length) form.problems.show({ [place.field.dataset.field]: refusals.join(" ") });
};

const offerSettings = ({ form, values }) =>
  say("This file remembers how it was made.", { action: "Bring its settings back", onAction: () => fillForm(form, values), forMs: 15_000 });

const link = (form, input) => {
  const addresses = input.value.split(/\s+/).filter(Boolean);
  input.value = "";
  for (const address of addresses) form.references.add(placeAt(input), address);
  if (addresses.length) form.look();
};

const dropOf = (target) =>
  target.closest?.(".element, [data-field]")?.querySelector(":scope > .drop");

const takeChosen = (form, input) => {
  const files = [...input.files];
  input.value = "";
  take(form, input.closest(".drop"), files);
};

const listenForFiles = (form) => {
  form.element.addEventListener("change", ({ target }) => target.type === "file" && takeChosen(form, target));
  // Chosen before this script came.
  for (const input of form.element.querySelectorAll("[type=file]")) if (input.files.length) takeChosen(form, input);
  form.element.addEventListener("paste", (event) => {
    const files = [...event.clipboardData.files];
    if (!files.length) return;
    event.preventDefault();
    const near = dropOf(event.target);
    const all = [...form.element.querySelectorAll(".media > .drop")];
    const drop = near ?? all.find((it) => isFor(it, files[0])) ?? all[0];
    if (drop) take(form, drop, files);
  });
};

const listenForLinks = (form) => {
  form.element.addEventListener("click", (event) => {
    const button = event.target.closest("[data-action=link]");
    if (button) link(form, button.parentElement.querySelector("[data-link]"));
  });
  form.element.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("[data-link]")) link(form, event.target);
  });
  form.element.addEventListener("focusout", (event) => {
    if (event.target.matches?.("[data-link]")) link(form, event.target);
  });
  for (const input of form.element.querySelectorAll("[data-link]")) if (input !== document.activeElement) link(form, input);
};

// References change places by hand.
const listenForDragging = (form) => {
  const page = form.element.closest(".workbench");
  let dragged = null;
  const clear = () => page.querySelectorAll(".over-drop").forEach((it) => it.classList.remove("over-drop"));
  page.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[draggable]") ?? null;
  });
  page.addEventListener("dragend", () => { dragged = null; clear(); });
  page.addEventListener("dragover", (event) => {
    if (!dragged) return;
    const onto = event.target.closest(".ref");
    clear();
    if (onto?.parentElement !== dragged.parentElement) return;
    onto.classList.add("over-drop");
    event.preventDefault();
  });
  page.addEventListener("drop", (event) => {
    if (!dragged) return;
    clear();
    event.preventDefault();
    const onto = event.target.closest(".ref");
    if (onto && onto.parentElement === dragged.parentElement) {
      const to = References.placeOf(onto);
      form.references.move(References.placeOf(dragged), to.view ?? to.index);
      form.look();
    }
  });
};

const takeAddress = (form, drop, address) => {
  form.references.add(placeAt(drop), address);
  form.look();
};

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
