// The programs of a request, in a dialog with a tab for each language.

import { openDialog, topmost } from "../browser/dialogs/dialog.js";
import { all, one, within } from "../browser/drawing/elements.js";
import { fragment } from "../browser/server/server.js";

/** @type {Record<string, number>} */
const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

/** @param {string} text */
export const copy = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without https there is no clipboard for scripts: the older way still works.
    const area = Object.assign(document.createElement("textarea"), { value: text });
    // Beside an open dialog nothing can be selected.
    topmost().append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
};

/** @param {string} html */
export const openCode = (html) => {
  const dialog = openDialog(fragment(html), "Code", { canReturn: true });
  const tabs = all(dialog, "[role=tab]");
  /** @param {HTMLElement} chosen */
  const choose = (chosen) => {
    for (const tab of tabs) {
      tab.ariaSelected = String(tab === chosen);
      tab.tabIndex = tab === chosen ? 0 : -1;
      one(dialog, `#${tab.getAttribute("aria-controls")}`).hidden = tab !== chosen;
    }
    chosen.focus();
  };
  dialog.addEventListener("click", async (event) => {
    const tab = within(event, "[role=tab]");
    if (tab) choose(tab);
    const button = within(event, "[data-copy]");
    if (!button) return;
    const code = button.closest("[role=tabpanel]")?.querySelector("pre")?.textContent ?? "";
    button.textContent = (await copy(code)) ? "Copied" : "Select it and press Ctrl+C";
  });
  dialog.addEventListener("keydown", (event) => {
    const at = tabs.findIndex((it) => it === event.target);
    const step = STEPS[event.key];
    if (at >= 0 && step) choose(tabs[(at + step + tabs.length) % tabs.length]);
  });
};
