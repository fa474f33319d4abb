// What the buttons of a run's card do, wherever the card is shown.

import { askToNotify } from "../../../browser/drawing/notifications.js";
import { within } from "../../../browser/drawing/elements.js";
import { playWhenSeen } from "../../../browser/drawing/autoplay.js";
import { copy, openCode } from "../../../snippets/code_dialog.js";
import { say } from "../../../browser/dialogs/dialog.js";
import { linkTo, openCompare, tellSpending } from "../../../browser/navigation/navigation.js";
import { get, newId, post } from "../../../browser/server/server.js";
import { ignoreDoubleClicks, isWanted } from "../../../browser/dialogs/spend_confirmation.js";
import { openAdding } from "../showcasing/add_to_showcase.js";
import { openUses } from "../results/use_result.js";
import { zoom } from "./lightbox.js";

/** @import { Values } from "../../../browser/server/wire" */

/** @typedef {HTMLElement & { dataset: DOMStringMap & { run: string, form: string } }} RunCard */

/**
 * `put(html)` is told the card of the run as it is now, `show(html)` that of a new one, and
 * `fill(form, values)` what a form is to be filled with.
 * @typedef {object} Hearer
 * @property {(html: string) => unknown} put
 * @property {(html: string) => unknown} show
 * @property {(form: string, values: Values) => unknown} fill
 */

/** @param {HTMLElement} element @param {Hearer} hearer */
export const listenToCards = (element, { put, show, fill }) => {
  /**
   * What is dear is asked about first, and what is pressed works once at a time.
   * @param {HTMLButtonElement} button
   * @param {() => Promise<void>} ask
   */
  const spend = async (button, ask) => {
    if (!(await isWanted(Number(button.dataset.usd), button.title))) return;
    button.disabled = true;
    try {
      await ask();
    } finally {
      button.disabled = false;
    }
  };
  /** @param {string} run */
  const again = async (run) => {
    const wish = { run_id: newId() };
    // A lost answer is asked for once more, under the same id: it is the same run.
    await show(await post(`/runs/${run}/again`, wish).catch(() => post(`/runs/${run}/again`, wish)));
  };
  /**
   * However often it is asked for, each of them is sent once.
   * @param {string} path
   */
  const planAgain = async (path) => {
    await put(await post(path).catch((error) => (error.isUnanswered ? post(path) : Promise.reject(error))));
    tellSpending();
  };
  /** @param {string} run */
  const link = async (run) => {
    const isCopied = await copy(linkTo(`?run=${run}`));
    say(isCopied ? "The link is copied." : "The link could not be copied.");
  };
  playWhenSeen(element);
  ignoreDoubleClicks(element, "[data-action=again], [data-action=plan-again]");
  element.addEventListener("click", async (event) => {
    const picture = within(event, "[data-zoom]", HTMLAnchorElement);
    if (picture) return zoom(event, picture);
    const button = within(event, ".run-card [data-action]", HTMLButtonElement);
    if (!button) return;
    const { run, form } = /** @type {RunCard} */ (button.closest("[data-run]")).dataset;
    /** @type {Record<string, () => Promise<unknown> | void>} */
    const actions = {
      cancel: async () => put(await post(`/runs/${run}/cancel`)),
      uses: () => openUses(run, /** @type {string} */ (button.dataset.output)),
      settings: async () => fill(form, await get(`/runs/${run}/settings`)),
      again: () => spend(button, () => again(run)),
      "plan-again": () => spend(button, () => planAgain(`/plans/${button.dataset.planId}/again`)),
      "look-again": async () => put(await post(`/runs/${run}/look-again`)),
      code: async () => openCode(await get(`/runs/${run}/code`)),
      notify: async () => say(await askToNotify()),
      compare: () => openCompare([run]),
      link: () => link(run),
      showcase: () => openAdding({ kind: "results", specs: [run] }),
      "showcase-plan": () => openAdding({ kind: "plan", planId: button.dataset.planId }),
    };
    const doing = /** @type {Promise<unknown> | undefined} */ (actions[button.dataset.action ?? ""]?.());
    await doing?.catch?.((error) => say(error.message));
  });
};
