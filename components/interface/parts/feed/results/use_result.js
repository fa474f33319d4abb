// Building on a result: it, or a frame of a video, goes into a field of a form.

import { openDialog } from "../../../browser/dialogs/dialog.js";
import { give } from "../../../browser/navigation/navigation.js";
import { fragment, get, post } from "../../../browser/server/server.js";

const show = async (path) => {
  const dialog = openDialog(fragment(await get(path)), "Use this result");
  const view = dialog.querySelector(".uses");
  const origin = { run_id: view.dataset.run, output_index: Number(view.dataset.output) };

  const takeFrame = async (which) => {
    const at = which === "current" ? view.querySelector("video").currentTime : which;
    const { ref } = await post(`/runs/${origin.run_id}/outputs/${origin.output_index}/frames`, { at: String(at) });
    dialog.close();
    await show(`/runs/${origin.run_id}/outputs/${origin.output_index}/uses?frame=${encodeURIComponent(ref)}`);
  };

  dialog.addEventListener("click", async (event) => {
    const frame = event.target.closest("[data-frame]");
    if (frame) {
      await takeFrame(frame.dataset.frame).catch((error) => {
        const problem = view.querySelector(".problem");
        problem.textContent = error.message;
        problem.hidden = false;
      });
    }
    const use = event.target.closest("[data-form]");
    if (!use) return;
    dialog.close();
    const { form, field, prompt } = use.dataset;
    give(form, { field, prompt, source: view.dataset.source, origin });
  });
};

export const openUses = (runId, index) => show(`/runs/${runId}/outputs/${index}/uses`);
