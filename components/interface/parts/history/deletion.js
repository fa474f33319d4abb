// Runs are deleted at once, and for a while they can be brought back.

import { say } from "../../browser/dialogs/dialog.js";
import { tellDeleted, tellRestored } from "../../browser/navigation/navigation.js";
import { post } from "../../browser/server/server.js";

const UNDO_MS = 15_000;

// `gone(ids)` is told which went, `back(ids)` which returned. A run under way stays.
export const deleteRuns = async (ids, { gone, back }) => {
  const undo = async (deleted) => {
    try {
      await post("/history/undelete", { ids: deleted });
      tellRestored(deleted);
      back(deleted);
    } catch (error) {
      say(error.message);
    }
  };
  try {
    const { said, deleted } = await post("/history/delete", { ids });
    tellDeleted(deleted);
    gone(deleted);
    say(said, deleted.length ? { action: "Undo", onAction: () => undo(deleted), forMs: UNDO_MS } : {});
  } catch (error) {
    say(error.message);
  }
};
