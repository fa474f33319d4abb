// The link to a showcase: made, copied, limited, renewed and ended. What comes of it is drawn by the server.

import { ask, askFor } from "../../../browser/dialogs/questions.js";
import { say } from "../../../browser/dialogs/dialog.js";
import { all, one, within } from "../../../browser/drawing/elements.js";
import { tellTimes } from "../../../browser/drawing/local_times.js";
import { patch } from "../../../browser/drawing/patch.js";
import { fragment, post } from "../../../browser/server/server.js";

/** @import { LinkBody } from "../../../browser/server/wire" */

const CANNOT_COPY = "This browser does not let the page copy: the address is selected, copy it by hand.";

/**
 * The end of a day as it is where the visitor is, in seconds since the epoch.
 * @param {string} date
 */
const dayEnds = (date) => {
  const day = new Date(`${date}T00:00`);
  day.setDate(day.getDate() + 1);
  return day.getTime() / 1000 - 1;
};

export class LinkPanel {
  /** @param {HTMLElement} place @param {() => string} path */
  constructor(place, path) {
    this.place = place;
    this.path = path;
    place.addEventListener("click", (event) => this.clicked(event));
    place.addEventListener("change", (event) => {
      const select = within(event, "[data-ends]", HTMLSelectElement);
      if (select) this.ends(select);
      const day = within(event, "[data-last-day]", HTMLInputElement);
      if (day?.value) this.send("", { ends: "date", expires_at: dayEnds(day.value) });
    });
  }

  get panel() {
    return all(this.place, "[data-link]")[0];
  }

  // As it is now, unless somebody is choosing in it.
  /** @param {DocumentFragment} content */
  show(content) {
    const { panel } = this;
    if (!panel || panel.querySelector("select:focus, input[type=date]:focus, .link-date:not([hidden])")) return;
    const said = panel.querySelector("[data-link-problem]")?.textContent ?? "";
    const fresh = /** @type {HTMLElement} */ (panel.cloneNode(false));
    fresh.append(content);
    one(fresh, "[data-link-problem]").textContent = said;
    patch(panel, fresh);
  }

  // In a narrow window it stands below all items.
  reach() {
    this.panel.scrollIntoView({ block: "center" });
    all(this.panel, "button, input")[0]?.focus({ preventScroll: true });
  }

  /** @param {string} sentence */
  complain(sentence) {
    one(this.panel, "[data-link-problem]").textContent = sentence;
  }

  /** @param {string} way @param {LinkBody} [body] */
  async send(way, body) {
    try {
      const content = fragment(await post(`${this.path()}/link${way}`, body));
      tellTimes(content);
      const hadFocus = this.panel.contains(document.activeElement);
      this.panel.replaceChildren(content);
      if (hadFocus) all(this.panel, "[data-do]")[0]?.focus({ preventScroll: true });
      return true;
    } catch (error) {
      this.complain(/** @type {Error} */ (error).message);
      return false;
    }
  }

  /** @param {HTMLSelectElement} select */
  ends({ value }) {
    const isDate = value === "date";
    const date = one(this.panel, ".link-date");
    date.hidden = !isDate;
    if (isDate) one(date, "input").focus();
    else this.send("", { ends: /** @type {LinkBody["ends"]} */ (value) });
  }

  async copy() {
    const box = one(this.panel, ".link-address input", HTMLInputElement);
    const isCopied = await navigator.clipboard?.writeText(box.value).then(() => true, () => false);
    if (!isCopied) box.select();
    say(isCopied ? "Copied." : CANNOT_COPY);
  }

  async setPassphrase() {
    const passphrase = await askFor("A passphrase for this link", {
      label: "Whoever opens the link is asked for it",
      hint: "Three words are good. Tell it by another way than the link itself.",
      yes: "Set",
      name: "passphrase",
    });
    if (passphrase !== null) this.send("", { ends: "keep", passphrase });
  }

  async renew() {
    const question = "Take another address? The link as it is now leads nowhere from then on, whoever has it.";
    if (await ask(question, "Renew")) this.send("/renew");
  }

  async revoke() {
    const question = "End this link? Whoever has it sees nothing any more. What was said stays here.";
    if (await ask(question, "Revoke")) this.send("/revoke");
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    const button = within(event, "[data-do]");
    /** @type {Record<string, () => unknown>} */
    const acts = {
      share: () => this.send("", { ends: "never" }),
      "copy-link": () => this.copy(),
      "set-passphrase": () => this.setPassphrase(),
      "remove-passphrase": () => this.send("", { ends: "keep", passphrase: "" }),
      renew: () => this.renew(),
      revoke: () => this.revoke(),
    };
    return acts[button?.dataset.do ?? ""]?.();
  }
}
