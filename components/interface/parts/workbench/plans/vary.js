// Varying a form: which values, how many runs, at what price; then all of them at once.

import { openDialog } from "../../../browser/dialogs/dialog.js";
import { all, one, within } from "../../../browser/drawing/elements.js";
import { fragment, post } from "../../../browser/server/server.js";
import { isWanted } from "../../../browser/dialogs/spend_confirmation.js";
import { SubmissionIds } from "../form/submission_ids.js";

/** @import { State } from "../form/form.js" */

/** @param {HTMLElement} view */
const chosenLists = (view) => {
  /** @type {Record<string, unknown[]>} */
  const lists = {};
  for (const field of all(view, "[data-list-of]")) {
    const chosen = all(field, "input:checked", HTMLInputElement).map((it) => JSON.parse(it.value));
    if (chosen.length) lists[/** @type {string} */ (field.dataset.listOf)] = chosen;
  }
  return lists;
};

/**
 * `began(card)` is told the card of the plan, as HTML.
 * @param {string} name
 * @param {State} filled
 * @param {(card: string) => void} began
 */
export const openVary = async (name, filled, began) => {
  const path = `/forms/${name}`;
  const dialog = openDialog(fragment(await post(`${path}/vary`, filled)), "Vary");
  const view = one(dialog, ".vary");
  const [plan, problem] = [one(view, "[data-plan]"), one(view, ".problem")];
  const submissionIds = new SubmissionIds();
  let asked = 0;

  const body = () => ({
    filled,
    lists: chosenLists(view),
    repeats: Number(one(view, "#vary-repeats", HTMLInputElement).value) || 1,
  });
  /** @param {Error | null} error */
  const tell = (error) => {
    problem.textContent = error?.message ?? "";
    problem.hidden = !error;
  };
  const layOut = async () => {
    const ticket = ++asked;
    try {
      const html = await post(`${path}/plan`, body());
      if (ticket !== asked) return;
      plan.replaceChildren(fragment(html));
      one(view, "[data-sum]").textContent = one(plan, "[data-start]").textContent;
      tell(null);
    } catch (error) {
      if (ticket !== asked) return;
      plan.replaceChildren();
      tell(/** @type {Error} */ (error));
    }
  };

  view.addEventListener("submit", (event) => event.preventDefault());
  view.addEventListener("input", layOut);
  view.addEventListener("click", async (event) => {
    const button = within(event, "[data-start]", HTMLButtonElement);
    if (!button || !(await isWanted(Number(button.dataset.usd), button.dataset.basis))) return;
    button.disabled = true;
    try {
      // What the prompt's tokens stood for is noted as the form is looked at; it is no wish.
      const wish = { ...body(), filled: { ...filled, numbered: [] } };
      began(await submissionIds.make(wish, (plan_id) => post(`${path}/plan/runs`, { ...wish, plan_id })));
      dialog.close();
    } catch (error) {
      tell(/** @type {Error} */ (error));
      button.disabled = false;
    }
  });
  layOut();
};
