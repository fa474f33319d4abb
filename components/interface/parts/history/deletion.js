// Runs are deleted at once, and for a while they can be brought back.

import { say } from "../../browser/dialogs/dialog.js";
import { tellDeleted, tellRestored } from "../../browser/navigation/navigation.js";
import { post } from "../../browser/server/server.js";

/** @import { Deleted } from "../../browser/server/wire" */

const UNDO_MS = 15_000;

/**
 * `gone(ids)` is told which went, `back(ids)` which returned. A run under way stays.
 * @param {string[]} ids
 * @param {{ gone: (ids: string[]) => unknown, back: (ids: string[]) => unknown }} hearer
 */
export const deleteRuns = async (ids, { gone, back }) => {
  /** @param {string[]} deleted */
  const undo = async (deleted) => {
    try {
      await post("/history/undelete", { ids: deleted });
      tellRestored(deleted);
      back(deleted);
    } catch (error) {
      say(/** @type {Error} */ (error).message);
    }
  };
  try {
    const { said, deleted } = /** @type {Deleted} */ (await post("/history/delete", { ids }));
    tellDeleted(deleted);
    gone(deleted);
    say(said, deleted.length ? { action: "Undo", onAction: () => undo(deleted), forMs: UNDO_MS } : {});
  } catch (error) {
    say(/** @type {Error} */ (error).message);
  }
};
