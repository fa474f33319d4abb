// What somebody thinks of an item, and what others think.

import { all, one } from "../../../../browser/drawing/elements.js";
import { say } from "./guest.js";

/** @import { ShownVerdict, VerdictBody } from "../../../../browser/server/wire" */

/** @type {Record<string, string>} */
const WORDS = { approve: "approves", change: "asks for a change", reject: "rejects this" };

/** @param {ShownVerdict} given */
const inWords = ({ author, verdict, is_favourite: isFavourite }) =>
  `${author} ${[WORDS[verdict], isFavourite ? "has it as a favourite" : ""].filter(Boolean).join(" and ")}`;

export class Verdicts {
  /**
   * `judge` hands in what was chosen.
   * @param {HTMLElement} review @param {(given: Omit<VerdictBody, "item_id">) => unknown} judge
   */
  constructor(review, judge) {
    this.buttons = all(review, "[data-verdict]");
    this.favourite = one(review, "[data-favourite]");
    this.others = one(review, "[data-others]");
    for (const button of this.buttons) {
      button.addEventListener("click", () => judge({ verdict: isOn(button) ? "" : /** @type {any} */ (button.dataset.verdict) }));
    }
    this.favourite.addEventListener("click", () => judge({ is_favourite: !isOn(this.favourite) }));
  }

  /** @param {ShownVerdict[]} given */
  show(given) {
    const own = given.find((it) => it.is_own);
    for (const button of this.buttons) button.setAttribute("aria-pressed", String(button.dataset.verdict === own?.verdict));
    this.favourite.setAttribute("aria-pressed", String(Boolean(own?.is_favourite)));
    const others = given.filter((it) => !it.is_own && (it.verdict || it.is_favourite));
    say(this.others, others.length ? `${others.map(inWords).join(" · ")}.` : "");
  }
}

/** @param {HTMLElement} button */
const isOn = (button) => button.getAttribute("aria-pressed") === "true";
