// The amount above which a run is asked about once more; chosen by who pays, kept in the browser.

import { ask, openDialog } from "./dialog.js";
import { recall, remember } from "./memory.js";

const ASK_ABOVE_USD = 5;

export const askAboveUsd = () => recall("ask-above-usd", ASK_ABOVE_USD);

export const dollars = (usd) => `$${usd.toFixed(usd > 0 && usd < 0.01 ? 4 : 2)}`;

// Whether to go on: what is dear is asked about once more.
export const isWanted = async (usd, basis) =>
  !(usd > askAboveUsd()) || ask(`This costs ${dollars(usd)} (${basis}).`, "Generate");

// Lets one choose the amount; `changed` is called when it was.
export const chooseAskAbove = (changed) => {
  const form = document.createElement("form");
  form.method = "dialog";
  form.className = "question";
  const label = Object.assign(document.createElement("label"), { textContent: "Ask me before a run, or a plan of runs, that costs more than (USD)" });
  const input = Object.assign(document.createElement("input"), { type: "number", min: 0, step: 0.5, value: askAboveUsd() });
  label.append(input);
  form.append(label, Object.assign(document.createElement("button"), { className: "primary", textContent: "Keep" }));
  const dialog = openDialog(form, "When to ask before spending");
  form.addEventListener("submit", () => {
    remember("ask-above-usd", Math.max(0, Number(input.value)));
    changed();
    dialog.close();
  });
};
