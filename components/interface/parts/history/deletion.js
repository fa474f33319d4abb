// Runs are deleted at once, and for a while they can be brought back. What a showcase shows stays there
// unless one wants it out of it, too.

import { say } from "../../browser/dialogs/dialog.js";
import { askWhich } from "../../browser/dialogs/questions.js";
import { tellDeleted, tellRestored } from "../../browser/navigation/navigation.js";
import { post } from "../../browser/server/server.js";

/** @import { Deleted, Holders } from "../../browser/server/wire" */

const UNDO_MS = 15_000;

/** @param {string[]} titles */
const listed = (titles) => {
  const named = titles.map((title) => `“${title}”`);
  return named.length < 2 ? named.join() : `${named.slice(0, -1).join(", ")} and ${named.at(-1)}`;
};

/** @param {Holders["holders"]} holders @param {number} count */
const question = (holders, count) => {
  const shown = new Set(holders.flatMap((it) => it.run_ids)).size;
  const isOne = shown === 1;
  const which = count === 1 ? "This run is" : `${shown} of these ${count} runs ${isOne ? "is" : "are"}`;
  return `${which} shown in ${listed(holders.map((it) => it.title))}. What is shown there stays whole when `
    + `${isOne ? "it is" : "they are"} deleted here, unless you take ${isOne ? "it" : "them"} out as well.`;
};

const ANSWERS = { "take-out": "Delete and take out of showcases", delete: "Delete" };

/**
 * How runs are to be deleted; what no showcase shows needs no question. Null for not at all.
 * @param {string[]} ids
 */
const wayToDelete = async (ids) => {
  const { holders } = /** @type {Holders} */ (await post("/showcases/holding", { ids }));
  return holders.length ? askWhich("Delete what is shown?", question(holders, ids.length), ANSWERS) : "delete";
};

/**
 * `gone(ids)` is told which went, `back(ids)` which returned. A run under way stays. Resolves to
 * whether anything was deleted.
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
    const way = await wayToDelete(ids);
    if (!way) return false;
    const asked = { ids, take_out: way === "take-out" };
    const { said, deleted } = /** @type {Deleted} */ (await post("/history/delete", asked));
    tellDeleted(deleted);
    gone(deleted);
    say(said, deleted.length ? { action: "Undo", onAction: () => undo(deleted), forMs: UNDO_MS } : {});
    return deleted.length > 0;
  } catch (error) {
    say(/** @type {Error} */ (error).message);
    return false;
  }
};
