// What was changed in the editor, and how each change is taken back, the last one first.

import { say } from "../../../../browser/dialogs/dialog.js";

/** @typedef {{what: string, undo: () => Promise<unknown> | unknown}} Change */

const MOST = 100;

export class UndoStack {
  /**
   * `changed(what)` is told what would be taken back next, or "".
   * @param {(what: string) => unknown} changed
   */
  constructor(changed) {
    this.changed = changed;
    /** @type {Change[]} */
    this.changes = [];
    /** @type {Promise<unknown>} */
    this.last = Promise.resolve();
  }

  get next() {
    return this.changes.at(-1);
  }

  /** @param {string} what @param {Change["undo"]} undo @returns {Change} */
  push(what, undo) {
    const change = { what, undo };
    this.changes = [...this.changes, change].slice(-MOST);
    this.changed(what);
    return change;
  }

  clear() {
    this.changes = [];
    this.changed("");
  }

  // One after the other, however quickly it is asked for. Resolves to what was taken back, or "".
  /** @param {Change} [change] */
  undo(change) {
    const done = this.last.then(() => this.takeBack(change ?? this.next));
    this.last = done;
    return done;
  }

  /** @param {Change | undefined} change */
  async takeBack(change) {
    if (!change || !this.changes.includes(change)) return "";
    try {
      await change.undo();
      this.changes = this.changes.filter((it) => it !== change);
    } catch (error) {
      say(/** @type {Error} */ (error).message);
    }
    this.changed(this.next?.what ?? "");
    return this.changes.includes(change) ? "" : change.what;
  }
}
