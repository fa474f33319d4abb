// Building on a result: it, or a frame of a video, goes into a field of a form.

import { openDialog } from "../../../browser/dialogs/dialog.js";
import { one, within } from "../../../browser/drawing/elements.js";
import { give } from "../../../browser/navigation/navigation.js";
import { fragment, get, post } from "../../../browser/server/server.js";

/** @import { KeptFrame } from "../../../browser/server/wire" */

/** @param {string} path */
const show = async (path) => {
  const dialog = openDialog(fragment(await get(path)), "Use this result");
  const view = one(dialog, ".uses");
  const origin = { run_id: /** @type {string} */ (view.dataset.run), output_index: Number(view.dataset.output) };

  /** @param {string} which */
  const takeFrame = async (which) => {
    const at = which === "current" ? one(view, "video", HTMLVideoElement).currentTime : which;
    const { ref } = /** @type {KeptFrame} */ (
      await post(`/runs/${origin.run_id}/outputs/${origin.output_index}/frames`, { at: String(at) })
    );
    dialog.close();
    await show(`/runs/${origin.run_id}/outputs/${origin.output_index}/uses?frame=${encodeURIComponent(ref)}`);
  };

  dialog.addEventListener("click", async (event) => {
    const frame = within(event, "[data-frame]");
    if (frame) {
      await takeFrame(frame.dataset.frame ?? "").catch((error) => {
        const problem = one(view, ".problem");
        problem.textContent = error.message;
        problem.hidden = false;
      });
    }
    const use = within(event, "[data-form]");
    if (!use) return;
    dialog.close();
    const { form, field, prompt } = /** @type {Record<"form" | "field" | "prompt", string>} */ (use.dataset);
    give(form, { field, prompt, source: /** @type {string} */ (view.dataset.source), origin });
  });
};

/** @param {string} runId @param {string} index */
export const openUses = (runId, index) => show(`/runs/${runId}/outputs/${index}/uses`);
