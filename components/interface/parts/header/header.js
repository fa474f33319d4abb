// The header: the balance, what was spent today and whether runs wait for a worker, kept up to date;
// and the run that a link names without its tab.

import { currentPlace, rename, start } from "../../browser/navigation/address.js";
import { all, one } from "../../browser/drawing/elements.js";
import { showInTitle } from "../../browser/drawing/notifications.js";
import { say } from "../../browser/dialogs/dialog.js";
import { hear } from "../../browser/server/live_updates.js";
import { redraw } from "../../browser/drawing/patch.js";
import { listen, openRun } from "../../browser/navigation/navigation.js";
import { fragment, get } from "../../browser/server/server.js";
import { askAboveUsd, chooseAskAbove } from "../../browser/dialogs/spend_confirmation.js";

const REFRESH_MS = 30_000;
const ASK_AGAIN_MS = 3000;
// The provider is asked by every page, so with a longer pause than this server.
const UNKNOWN_MS = 10_000;
// What happens to runs of others is seen in the amounts after some seconds, not by all pages at once.
const OTHERS_MS = 6000;

/**
 * @param {HTMLElement} place
 * @param {HTMLElement} halted
 */
const keepFresh = (place, halted) => {
  /** @type {number | undefined} */
  let next;
  const refresh = async () => {
    clearTimeout(next);
    const html = await get("/account").catch(() => null);
    if (html) redraw(place, html);
    clearTimeout(next);
    const isIdle = place.querySelector("[data-no-worker]") !== null;
    halted.hidden = !isIdle;
    const isKnown = !isIdle && !place.querySelector("[data-unknown]");
    const pauseMs = html === null ? ASK_AGAIN_MS : isKnown ? REFRESH_MS : UNKNOWN_MS;
    if (place.isConnected) next = setTimeout(refresh, pauseMs);
  };
  /** @type {number | null} */
  let soon = null;
  const refreshSoon = () => {
    soon ??= setTimeout(() => { soon = null; if (!document.hidden) refresh(); }, OTHERS_MS * (0.5 + Math.random()));
  };
  listen("spending", place, () => { refresh(); refreshSoon(); });
  hear(place, refreshSoon);
  listen("reach", place, ({ reached }) => {
    if (reached) return;
    clearTimeout(next);
    next = setTimeout(refresh, ASK_AGAIN_MS);
  });
  refresh();
};

const openNamed = async () => {
  const { tab, run } = currentPlace();
  if (!run || tab) return;
  const html = await get(`/cards?ids=${encodeURIComponent(run)}`).catch(() => null);
  if (html === null) {
    setTimeout(openNamed, ASK_AGAIN_MS);
    return;
  }
  const { form } = all(fragment(html), ".run-card")[0]?.dataset ?? {};
  // Somebody went elsewhere meanwhile.
  if (currentPlace().run !== run) return;
  if (form) {
    rename({ tab: form, run });
    openRun(form, run);
  } else say("The run this link names is not here: it may have been deleted.");
};

/** @param {HTMLElement} button */
const showAskAbove = (button) => {
  button.textContent = `Ask above $${askAboveUsd().toFixed(2)}`;
};

/** @param {HTMLElement} element */
export const mount = (element) => {
  const button = one(element, "[data-ask-above]");
  showAskAbove(button);
  button.addEventListener("click", async () => {
    await chooseAskAbove();
    showAskAbove(button);
  });
  const unreached = one(element, "[data-unreached]");
  listen("reach", element, ({ reached }) => { unreached.hidden = reached; });
  keepFresh(one(element, "[data-account]"), one(element, "[data-halted]"));
  start();
  showInTitle();
  openNamed();
};
