// How a showcase looks: what it shows beside the results, its accent, its logo, its cover.

import { all, one, within } from "../../../../browser/drawing/elements.js";
import { Refusal } from "../../../../browser/server/server.js";

/** @import { Editor } from "../editor.js" */
/** @import { KeptLogo, Problems } from "../../../../browser/server/wire" */

const UNREACHED = "The logo could not be sent. The logo is as it was: try it again.";

/** @param {string} path @param {File} file @returns {Promise<KeptLogo>} */
const sendLogo = async (path, file) => {
  const response = await fetch(`${path}/logo?name=${encodeURIComponent(file.name)}`, {
    method: "POST",
    headers: { "Content-Type": "application/octet-stream" },
    body: file,
  }).catch(() => null);
  const said = await response?.json().catch(() => null);
  if (response?.ok) return /** @type {KeptLogo} */ (said);
  throw new Refusal(/** @type {Partial<Problems> | null} */ (said)?.problems ?? { "": UNREACHED });
};

export class Look {
  /** @param {Editor} editor */
  constructor(editor) {
    this.editor = editor;
    const { place } = editor;
    place.addEventListener("change", (event) => {
      const box = within(event, "[data-shown]", HTMLInputElement);
      if (box) this.shown(box);
      const colour = within(event, "[data-accent-box]", HTMLInputElement);
      if (colour) this.accent(colour.value);
      const file = within(event, "[data-logo-file]", HTMLInputElement);
      if (file?.files?.length) this.takeLogo(file);
    });
  }

  /** @param {string} sentence */
  complain(sentence) {
    const place = all(this.editor.place, "[data-look-problem]")[0];
    if (place) place.textContent = sentence;
  }

  // Tried, and with `undo` on the stack where it went well.
  /** @param {string} what @param {() => Promise<unknown>} work @param {() => Promise<unknown>} undo */
  async tried(what, work, undo) {
    const { editor } = this;
    this.complain("");
    try {
      await editor.items.inTurn(work);
      editor.undoing.push(what, async () => {
        await editor.items.inTurn(undo);
        await editor.redraw();
      });
      editor.tellSaved("saved");
    } catch (error) {
      this.complain(/** @type {Error} */ (error).message);
    }
    await editor.redraw();
  }

  /** @param {HTMLInputElement} box */
  shown({ dataset, checked }) {
    const name = dataset.shown ?? "";
    const { editor } = this;
    return this.tried(
      `${checked ? "showing" : "hiding"} the ${name}`,
      () => editor.change({ shown: { [name]: checked } }),
      () => editor.change({ shown: { [name]: !checked } }),
    );
  }

  /** @param {string} colour */
  accent(colour) {
    const { editor } = this;
    const before = editor.root?.dataset.accent ?? "";
    return this.tried("the accent", () => editor.change({ accent: colour }), () => editor.change({ accent: before }));
  }

  /** @param {HTMLElement} item */
  cover(item) {
    const { editor } = this;
    const before = editor.root?.dataset.cover ?? "";
    const id = item.dataset.item ?? "";
    return this.tried("the cover", () => editor.change({ cover_item: id }), () => editor.change({ cover_item: before }));
  }

  /** @param {string} name */
  logo(name) {
    const { editor } = this;
    const before = editor.root?.dataset.logo ?? "";
    return this.tried("the logo", () => editor.change({ logo: name }), () => editor.change({ logo: before }));
  }

  /** @param {HTMLInputElement} input */
  async takeLogo(input) {
    const { editor } = this;
    const [file] = input.files ?? [];
    const before = editor.root?.dataset.logo ?? "";
    input.value = "";
    one(editor.place, "[data-save-state]").textContent = "Saving…";
    await this.tried("the logo", () => sendLogo(editor.path, file), () => editor.change({ logo: before }));
  }
}
