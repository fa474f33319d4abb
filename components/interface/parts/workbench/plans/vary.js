// Varying a form: which values, how many runs, at what price; then all of them at once.

import { openDialog } from "../../../browser/dialogs/dialog.js";
import { fragment, post } from "../../../browser/server/server.js";
import { isWanted } from "../../../browser/dialogs/spend_confirmation.js";
import { Wishes } from "../form/submission_ids.js";

const chosenLists = (view) => {
  const lists = {};
  for (const field of view.querySelectorAll("[data-list-of]")) {
    const chosen = [...field.querySelectorAll("input:checked")].map((it) => JSON.parse(it.value));
    if (chosen.length) lists[field.dataset.listOf] = chosen;
  }
  return lists;
};

// `began(card)` is told the card of the plan, as HTML.
export const openVary = async (name, filled, began) => {
  const path = `/forms/${name}`;
  const dialog = openDialog(fragment(await post(`${path}/vary`, filled)), "Vary");
  const view = dialog.querySelector(".vary");
  const [plan, problem] = [view.querySelector("[data-plan]"), view.querySelector(".problem")];
  const wishes = new Wishes();
  let asked = 0;

  const body = () => ({
    filled,
    lists: chosenLists(view),
    repeats: Number(view.querySelector("#vary-repeats").value) || 1,
  });
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
      view.querySelector("[data-sum]").textContent = plan.querySelector("[data-start]").textContent;
      tell(null);
    } catch (error) {
      if (ticket !== asked) return;
      plan.replaceChildren();
      tell(error);
    }
  };

  view.addEventListener("submit", (event) => event.preventDefault());
  view.addEventListener("input", layOut);
  view.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-start]");
    if (!button || !(await isWanted(Number(button.dataset.usd), button.dataset.basis))) return;
    button.disabled = true;
    try {
      // What the prompt's tokens stood for is noted as the form is looked at; it is no wish.
      const wish = { ...body(), filled: { ...filled, numbered: [] } };
      began(await wishes.make(wish, (plan_id) => post(`${path}/plan/runs`, { ...wish, plan_id })));
      dialog.close();
    } catch (error) {
      tell(error);
      button.disabled = false;
    }
  });
  layOut();
};
