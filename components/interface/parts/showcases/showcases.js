// Showcases: the list of them, and the editor of the one that the address names.

import { say } from "../../browser/dialogs/dialog.js";
import { tick } from "../../browser/drawing/clocks.js";
import { one, within } from "../../browser/drawing/elements.js";
import { redraw } from "../../browser/drawing/patch.js";
import { currentPlace, goOn, register } from "../../browser/navigation/address.js";
import { listen } from "../../browser/navigation/navigation.js";
import { atMostEvery, hear } from "../../browser/server/live_updates.js";
import { get, newId, post } from "../../browser/server/server.js";
import { Editor } from "./editor/editor.js";

/** @import { MadeShowcase, NewShowcase } from "../../browser/server/wire" */

const LIST_AGAIN_MS = 1000;
const UNDO_MS = 15_000;
const PREFIX = "showcase:";

class Showcases {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.listed = one(element, ".showcases-list");
    this.cards = one(element, ".showcase-cards");
    this.problem = one(element, "[data-list-problem]");
    this.form = one(element, ".showcase-new", HTMLFormElement);
    this.wished = newId();
    this.asked = 0;
    const spoken = one(element, "[data-spoken]");
    this.editor = new Editor(one(element, ".showcase-place"), {
      speak: (sentence) => { spoken.textContent = sentence; },
      leave: () => this.goTo(""),
      delete: (id, title) => this.delete(id, title),
      opened: () => document.dispatchEvent(new CustomEvent("playground:place")),
    });
  }

  get isShown() {
    return this.element.offsetParent !== null;
  }

  get id() {
    return this.editor.id;
  }

  // As one goes there by a click.
  /** @param {string} id */
  goTo(id) {
    goOn(id ? { tab: "showcases", showcase: id } : { tab: "showcases" });
    return this.show(id);
  }

  /** @param {string} [id] */
  async show(id = "") {
    this.listed.hidden = Boolean(id);
    if (id) return this.editor.open(id);
    this.editor.close();
    return this.list();
  }

  async list() {
    const ticket = ++this.asked;
    try {
      const html = await get("/showcases");
      if (ticket !== this.asked) return;
      redraw(this.cards, html);
      tick(this.cards);
      this.complain("");
    } catch (error) {
      if (ticket === this.asked) this.complain(/** @type {Error} */ (error).message);
    }
  }

  /** @param {string} sentence */
  complain(sentence) {
    this.problem.hidden = !sentence;
    this.problem.textContent = sentence;
  }

  /** @param {boolean} isOpen */
  unfold(isOpen) {
    const button = one(this.element, "[data-do=new]");
    this.form.hidden = !isOpen;
    button.hidden = isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
    this.refuse("");
    if (isOpen) one(this.form, "input").focus();
    else button.focus();
  }

  /** @param {string} sentence */
  refuse(sentence) {
    const said = one(this.form, ".problem");
    said.hidden = !sentence;
    said.textContent = sentence;
  }

  async create() {
    const title = one(this.form, "input", HTMLInputElement).value;
    try {
      /** @type {NewShowcase} */
      const wanted = { title, id: this.wished };
      const { id } = /** @type {MadeShowcase} */ (await post("/showcases", wanted));
      this.wished = newId();
      this.form.reset();
      this.unfold(false);
      await this.goTo(id);
    } catch (error) {
      this.refuse(/** @type {Error} */ (error).message);
    }
  }

  /** @param {string} id @param {string} title */
  async delete(id, title) {
    const path = `/showcases/${encodeURIComponent(id)}`;
    const wasOpen = this.id === id;
    const undo = async () => {
      try {
        await post(`${path}/undelete`);
        await (wasOpen ? this.goTo(id) : this.list());
      } catch (error) {
        say(/** @type {Error} */ (error).message);
      }
    };
    try {
      if (wasOpen) await this.editor.rest();
      await post(`${path}/delete`);
      await (wasOpen ? this.goTo("") : this.list());
      say(`“${title}” was deleted. Its link leads nowhere now.`, { action: "Undo", onAction: undo, forMs: UNDO_MS });
    } catch (error) {
      say(/** @type {Error} */ (error).message);
    } finally {
      if (wasOpen) this.editor.goOn();
    }
  }

  listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.create();
    });
    this.form.addEventListener("keydown", ({ key }) => key === "Escape" && this.unfold(false));
    this.listed.addEventListener("click", (event) => this.clicked(event));
    const again = atMostEvery(LIST_AGAIN_MS, () => this.isShown && !this.id && this.list());
    hear(this.element, (news) => {
      if (news.isAll || news.ids.some((it) => it.startsWith(PREFIX))) again();
      if (this.id && this.isShown && news.has(PREFIX + this.id)) this.editor.look();
    });
    listen("reach", this.element, ({ reached }) => reached && this.freshen());
    // Its tab is mounted once and shown many times: what changed meanwhile is drawn then.
    new IntersectionObserver(([seen]) => seen.isIntersecting && this.freshen()).observe(this.element);
  }

  freshen() {
    if (this.id) this.editor.look();
    else if (!this.listed.hidden) this.list();
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    const act = within(event, "[data-do]")?.dataset.do;
    if (act === "new") return this.unfold(true);
    if (act === "cancel") return this.unfold(false);
    const card = within(event, ".showcase-card");
    const { showcase = "", title = "" } = card?.dataset ?? {};
    if (act === "delete") return this.delete(showcase, title);
    if (!within(event, ".showcase-open", HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey) return null;
    event.preventDefault();
    return this.goTo(showcase);
  }
}

/** @param {HTMLElement} element */
export const mount = (element) => {
  const view = new Showcases(element);
  view.listen();
  const { showcase } = register("showcases", {
    name: () => /** @type {Record<string, string>} */ (view.id ? { showcase: view.id } : {}),
    show: (values) => values.showcase === (view.id || undefined) || view.show(values.showcase),
    title: (values) => values.showcase && view.editor.title,
  });
  view.show(showcase || (currentPlace().tab === "showcases" ? "" : view.id));
};
