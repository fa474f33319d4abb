// A box that takes a generation id from elsewhere; `fetched(id)` is told the run that has it.

import { one } from "../../browser/drawing/elements.js";
import { post } from "../../browser/server/server.js";

/** @import { FoundRun } from "../../browser/server/wire" */

/** @param {HTMLDetailsElement} box @param {(id: string) => unknown} fetched */
export const fetchByGeneration = (box, fetched) => {
  const form = one(box, "form", HTMLFormElement);
  const problem = one(form, ".problem");
  /** @param {string} sentence */
  const say = (sentence) => {
    problem.hidden = !sentence;
    problem.textContent = sentence;
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    say("");
    try {
      const { id } = /** @type {FoundRun} */ (
        await post("/history/fetch", Object.fromEntries(new FormData(form)))
      );
      form.reset();
      box.open = false;
      fetched(id);
    } catch (error) {
      say(/** @type {Error} */ (error).message);
    }
  });
};
