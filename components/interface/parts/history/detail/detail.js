// One run in full, over History: opened by a card, walked through by arrow keys.

import { listenToCards } from "../../feed/card/card_actions.js";
import { closeByClickBeside, say } from "../../../browser/dialogs/dialog.js";
import { tick } from "../../../browser/drawing/clocks.js";
import { all, one, within } from "../../../browser/drawing/elements.js";
import { hear, inTurn } from "../../../browser/server/live_updates.js";
import { patch } from "../../../browser/drawing/patch.js";
import { fillForm, listen, openRun, openShowcase } from "../../../browser/navigation/navigation.js";
import { fragment, get, send } from "../../../browser/server/server.js";
import { tellTimes } from "../../../browser/drawing/local_times.js";

/** @import { Own } from "../../../browser/server/wire" */

/** @typedef {(HTMLInputElement | HTMLTextAreaElement) & { name: "title" | "remark" }} OwnWords */

/**
 * What the dialog lies over: which run is `beside` another, what to do when one `changed`, `arrived`,
 * was `opened` (as the first one or in the place of another) or the dialog `closed`, and how to `delete`.
 * @typedef {object} Around
 * @property {(id: string, step: number) => Promise<string | null>} beside
 * @property {(id: string) => unknown} changed
 * @property {() => unknown} arrived
 * @property {(isFirst: boolean) => unknown} opened
 * @property {(id: string) => unknown} closed
 * @property {(ids: string[]) => Promise<string | null>} delete
 */

const LOOK_AGAIN_MS = 10_000;
const TYPING_PAUSE_MS = 600;
const TITLE_CHARS = 60;
/** @type {OwnWords["name"][]} */
const OWN = ["title", "remark"];
const KEYS_OF_THEIR_OWN = "input, textarea, select, video, pre";
// What leads to another part of the page, and so away from the dialog.
const DEPARTURES = ["run", "fill", "gift", "compare", "showcase"];

/** @param {string} id */
const pathOf = (id) => `/runs/${encodeURIComponent(id)}`;

export class Detail {
  /** @param {Around} around */
  constructor(around) {
    this.around = around;
    this.asked = 0;
    /** @type {Own} */
    this.unsaved = {};
    /** @type {Promise<unknown>} */
    this.saving = Promise.resolve();
    /** @type {Promise<unknown>} */
    this.looking = Promise.resolve();
    // The run that is being deleted here: that it changed is no news.
    this.deleting = "";
    this.look = inTurn(([id]) => (this.looking = this.refresh(id)), 1);
    this.dialog = Object.assign(document.createElement("dialog"), { className: "detail section" });
    this.dialog.setAttribute("aria-label", "Run");
    this.content = document.createElement("div");
    this.dialog.append(this.content);
    // In the container, so that the page's colours hold in it too.
    one(document, ".gradio-container").append(this.dialog);
    this.listen();
  }

  get id() {
    return this.part(".detail-body")?.dataset.run;
  }

  get isOpen() {
    return this.dialog.open;
  }

  get title() {
    return one(this.dialog, "[name=title]", HTMLInputElement).value
      || one(this.dialog, ".asked").textContent.slice(0, TITLE_CHARS);
  }

  /** @param {string} selector */
  part(selector) {
    return /** @type {HTMLElement | null} */ (this.dialog.querySelector(selector));
  }

  close() {
    this.asked += 1;
    this.dialog.close();
  }

  /** @param {string | null | undefined} id */
  async open(id) {
    if (!id) return;
    this.save();
    const ticket = ++this.asked;
    /** @type {string | undefined} */
    const html = await get(`${pathOf(id)}/detail`).catch((error) => say(error.message));
    if (ticket !== this.asked) return;
    if (!html) {
      if (!this.isOpen) this.around.closed(id);
      return;
    }
    const active = /** @type {HTMLElement | null} */ (document.activeElement);
    const focused = this.dialog.contains(active) ? active?.dataset.do : null;
    this.content.replaceChildren(fragment(html));
    this.deleting = "";
    tellTimes(this.dialog);
    tick(this.dialog);
    const isFirst = !this.dialog.open;
    if (isFirst) this.dialog.showModal();
    this.around.opened(isFirst);
    (focused ? this.part(`[data-do="${focused}"]`) : this.part(".detail-body"))?.focus({ preventScroll: true });
    this.dialog.scrollTop = 0;
    this.mark(ticket);
  }

  /** @param {number} ticket */
  async mark(ticket) {
    for (const [name, step] of /** @type {const} */ ([["previous", -1], ["next", 1]])) {
      const other = await this.around.beside(/** @type {string} */ (this.id), step);
      if (ticket !== this.asked) return;
      const button = one(this.dialog, `[data-do="${name}"]`, HTMLButtonElement);
      // A disabled button that has the focus hears no keys.
      if (!other && button === document.activeElement) one(this.dialog, ".detail-body").focus({ preventScroll: true });
      button.disabled = !other;
    }
  }

  /** @param {number} step */
  async go(step) {
    const ticket = this.asked;
    const other = await this.around.beside(/** @type {string} */ (this.id), step);
    if (ticket === this.asked) this.open(other);
  }

  /**
   * What changed is drawn again; what somebody types stays.
   * @param {string} id
   */
  async refresh(id) {
    const ticket = this.asked;
    const isShown = () => ticket === this.asked && this.dialog.open && this.id === id;
    if (!isShown() || id === this.deleting) return;
    /** @type {string} */
    const html = await get(`${pathOf(id)}/detail`).catch((refusal) => {
      if (refusal.isUnanswered) throw refusal;
      if (!isShown()) return "";
      say("This run was deleted.");
      this.dialog.close();
      return "";
    });
    if (html && isShown()) this.update(fragment(html));
  }

  /** @param {DocumentFragment} content */
  update(content) {
    tellTimes(content);
    tick(content);
    this.updateOwn(content);
    for (const fresh of all(content, "[data-part]")) {
      patch(one(this.dialog, `[data-part="${fresh.dataset.part}"]`), fresh);
    }
  }

  /**
   * What another tab wrote to the user's own words; what is being typed here stays.
   * @param {DocumentFragment} fresh
   */
  updateOwn(fresh) {
    /** @param {OwnWords["name"]} name */
    const isTheirs = (name) =>
      !(name in this.unsaved) && /** @type {OwnWords | null} */ (document.activeElement)?.name !== name;
    for (const name of OWN.filter(isTheirs)) {
      const [now, before] = [fresh, this.dialog].map((it) =>
        /** @type {OwnWords} */ (it.querySelector(`[name="${name}"]`)));
      before.value = now.defaultValue;
    }
    const star = one(fresh, '[data-do="favourite"]');
    if (!("favourite" in this.unsaved)) one(this.dialog, '[data-do="favourite"]').ariaPressed = star.ariaPressed;
  }

  save() {
    clearTimeout(this.soon);
    const [id, own] = [/** @type {string} */ (this.id), this.unsaved];
    if (!Object.keys(own).length) return;
    this.unsaved = {};
    this.saving = this.trying(async () => {
      await send("PATCH", pathOf(id), own);
      if (this.id === id) one(this.dialog, ".saved").textContent = "saved";
      this.around.changed(id);
    });
  }

  /** @param {() => unknown} work */
  async trying(work) {
    try {
      await work();
    } catch (error) {
      say(/** @type {Error} */ (error).message);
    }
  }

  /** @param {string} wish @param {HTMLElement} button */
  async act(wish, button) {
    const { form } = /** @type {{ form: string }} */ (one(this.dialog, ".detail-body").dataset);
    /** @type {Record<string, () => unknown>} */
    const actions = {
      previous: () => this.go(-1),
      next: () => this.go(1),
      close: () => this.dialog.close(),
      favourite: () => this.star(button),
      open: () => openRun(form, /** @type {string} */ (this.id)),
      plan: () => openRun(form, /** @type {string} */ (button.dataset.planId)),
      showcase: () => openShowcase(/** @type {string} */ (button.dataset.showcase)),
      delete: () => this.delete(/** @type {string} */ (this.id)),
    };
    await this.trying(actions[wish]);
  }

  /** @param {HTMLElement} button */
  star(button) {
    const favourite = button.ariaPressed !== "true";
    button.ariaPressed = String(favourite);
    this.unsaved.favourite = favourite;
    this.save();
  }

  /** @param {string} id */
  async delete(id) {
    if (this.deleting) return;
    const ticket = this.asked;
    this.deleting = id;
    // What is still on its way must not find it gone.
    this.save();
    await Promise.allSettled([this.saving, this.looking]);
    const next = await this.around.delete([id]);
    if (next === id) {
      this.deleting = "";
      this.look([id]);
      return;
    }
    if (ticket !== this.asked) return;
    if (next) this.open(next);
    else this.dialog.close();
  }

  /**
   * The card of a run that was made from this one.
   * @param {string} html
   */
  async show(html) {
    const { run } = one(fragment(html), ".run-card").dataset;
    await this.around.arrived();
    this.open(run);
  }

  listen() {
    // The words of the card may change with the time alone.
    setInterval(() =>
      this.dialog.open && this.part("[data-look-in-s]") && this.look([/** @type {string} */ (this.id)]), LOOK_AGAIN_MS);
    hear(this.dialog, (news) =>
      this.dialog.open && news.has(/** @type {string} */ (this.id)) && this.look([/** @type {string} */ (this.id)]));
    listenToCards(this.content, {
      put: () => this.open(this.id),
      show: (html) => this.show(html),
      fill: fillForm,
    });
    for (const name of DEPARTURES) listen(name, this.dialog, () => this.dialog.close());
    closeByClickBeside(this.dialog);
    this.dialog.addEventListener("click", (event) => {
      const relative = within(event, ".family a", SVGAElement);
      if (relative) {
        event.preventDefault();
        return this.open(relative.dataset.run);
      }
      const button = within(event, "[data-do]");
      if (button instanceof HTMLAnchorElement) event.preventDefault();
      if (button) this.act(/** @type {string} */ (button.dataset.do), button);
    });
    this.dialog.addEventListener("input", (event) => {
      const { name, value } = /** @type {OwnWords} */ (event.target);
      if (!OWN.includes(name)) return;
      this.unsaved[name] = value;
      one(this.dialog, ".saved").textContent = "";
      clearTimeout(this.soon);
      this.soon = setTimeout(() => this.save(), TYPING_PAUSE_MS);
    });
    this.dialog.addEventListener("keydown", (event) => {
      const step = /** @type {Record<string, number>} */ ({ ArrowLeft: -1, ArrowRight: 1 })[event.key];
      if (event.key === "Enter" && /** @type {OwnWords} */ (event.target).name === "title") this.save();
      if (!step || within(event, KEYS_OF_THEIR_OWN) || event.altKey) return;
      event.preventDefault();
      this.go(step);
    });
    this.dialog.addEventListener("close", () => {
      this.save();
      const { id } = this;
      this.asked += 1;
      this.deleting = "";
      this.content.replaceChildren();
      this.around.closed(/** @type {string} */ (id));
    });
  }
}
