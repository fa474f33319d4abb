// The amount above which a run is asked about once more; chosen by who pays, kept in the browser.

import { within } from "../drawing/elements.js";
import { recall, remember } from "../server/browser_storage.js";
import { ask, askFor } from "./questions.js";

const ASK_ABOVE_USD = 5;

/** @returns {number} */
export const askAboveUsd = () => recall("ask-above-usd", ASK_ABOVE_USD);

/** @param {number} usd */
export const dollars = (usd) => `$${usd.toFixed(usd > 0 && usd < 0.01 ? 4 : 2)}`;

// Whether to go on: what is dear is asked about once more.
/** @param {number | null | undefined} usd @param {string | undefined} basis */
export const isWanted = async (usd, basis) =>
  !(usd && usd > askAboveUsd()) || ask(`This costs ${dollars(usd)} (${basis}).`, "Generate");

// The second click of a double click does not spend once more. `costly` selects what does.
/** @param {HTMLElement} element @param {string} costly */
export const ignoreDoubleClicks = (element, costly) =>
  element.addEventListener("click", (event) => {
    if (event.detail < 2 || !within(event, costly)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

// Lets one choose the amount; resolves once that is done.
export const chooseAskAbove = async () => {
  const amount = await askFor("Ask me before I spend more", {
    label: "Ask before a run, or a plan of runs, that costs more than (USD)",
    yes: "Save", type: "number", min: 0, step: "any", value: askAboveUsd(),
  });
  if (amount !== null) remember("ask-above-usd", Math.max(0, Number(amount)));
};
