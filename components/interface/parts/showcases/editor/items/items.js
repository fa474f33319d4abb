// Items are added, taken out and put into order; one change after the other, each of which can be undone.

import { say } from "../../../../browser/dialogs/dialog.js";
import { all } from "../../../../browser/drawing/elements.js";
import { post } from "../../../../browser/server/server.js";

/** @import { Editor } from "../editor.js" */
/** @import { AddedItem } from "../../../../browser/server/wire" */

const UNDO_MS = 12_000;

/** @param {string} id */
const pathOf = (id) => `/showcases/items/${encodeURIComponent(id)}`;

export class Items {
  /** @param {Editor} editor */
  constructor(editor) {
    this.editor = editor;
    this.underWay = 0;
    /** @type {Promise<unknown>} */
    this.last = Promise.resolve();
  }

  // Whether the page shows what is not kept yet.
  get isBusy() {
    return this.underWay > 0;
  }

  // In the order in which it was wished, or the last wish might be overtaken.
  /** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  inTurn(work) {
    this.underWay += 1;
    const done = this.last.then(work).finally(() => {
      this.underWay -= 1;
      if (!this.isBusy) this.editor.freshen();
    });
    this.last = done.catch(() => null);
    return done;
  }

  // Done, or said why not; what is shown is then as it is kept.
  /** @template T @param {() => Promise<T>} work @returns {Promise<T | null>} */
  async tried(work) {
    try {
      const done = await this.inTurn(work);
      await this.editor.redraw();
      return done;
    } catch (error) {
      say(/** @type {Error} */ (error).message);
      await this.editor.redraw();
      return null;
    }
  }

  /** @param {string[]} ids @param {string[]} before */
  async order(ids, before) {
    const { path, undoing } = this.editor;
    const change = undoing.push("the new order", async () => {
      await this.inTurn(() => post(`${path}/order`, { items: before }));
      await this.editor.redraw();
    });
    try {
      await this.inTurn(() => post(`${path}/order`, { items: ids }));
    } catch (error) {
      undoing.changes = undoing.changes.filter((it) => it !== change);
      say(/** @type {Error} */ (error).message);
      await this.editor.redraw();
    }
  }

  async addText() {
    const { path, undoing } = this.editor;
    const added = await this.tried(() => /** @type {Promise<AddedItem>} */ (post(`${path}/text`)));
    if (!added) return;
    undoing.push("the new text", async () => {
      await this.inTurn(() => post(`${pathOf(added.id)}/remove`));
      await this.editor.redraw();
    });
    this.editor.words(added.id, "text")?.focus();
  }

  /** @param {HTMLElement} item */
  async remove(item) {
    const { undoing } = this.editor;
    const { item: id = "", label = "" } = item.dataset;
    const items = all(this.editor.place, "[data-item]");
    const next = items[items.indexOf(item) + 1] ?? items[items.indexOf(item) - 1];
    const nextId = next?.dataset.item ?? "";
    await this.editor.saving.flush();
    if (!(await this.tried(async () => (await post(`${pathOf(id)}/remove`), true)))) return;
    const change = undoing.push(`“${label}” taken out`, async () => {
      await this.inTurn(() => post(`${pathOf(id)}/restore`));
      await this.editor.redraw();
    });
    const handle = all(this.editor.place, `[data-item="${CSS.escape(nextId)}"] [data-handle]`)[0];
    (handle ?? all(this.editor.place, "[data-do=add-text]")[0])?.focus({ preventScroll: true });
    say(`“${label}” was taken out.`, { action: "Undo", onAction: () => undoing.undo(change), forMs: UNDO_MS });
  }
}
