// Runs are deleted at once, and for a while they can be brought back.

import { post } from "./server.js";
import { toast } from "./toast.js";

// `gone(ids)` is told which went, `back(ids)` which returned. A run under way stays.
export const deleteRuns = async (ids, { gone, back }) => {
  const undo = async (deleted) => {
    try {
      await post("/history/undelete", { ids: deleted });
      back(deleted);
    } catch (error) {
      toast(error.message);
    }
  };
  try {
    const { said, deleted } = await post("/history/delete", { ids });
    gone(deleted);
    toast(said, deleted.length ? { label: "Undo", act: () => undo(deleted) } : null);
  } catch (error) {
    toast(error.message);
  }
};
