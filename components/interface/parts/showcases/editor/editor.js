// The editor of a showcase: drawn by the server, brought up to date whenever something changed, and kept as
// it is where somebody is writing.

import { tick } from "../../../browser/drawing/clocks.js";
import { all, one, within } from "../../../browser/drawing/elements.js";
import { tellTimes } from "../../../browser/drawing/local_times.js";
import { patch } from "../../../browser/drawing/patch.js";
import { Refusal, fragment, get, post } from "../../../browser/server/server.js";
import { LinkPanel } from "../links/link_panel.js";
import { ReviewPanel } from "../reviews/review_panel.js";
import { Autosave } from "./saving/autosave.js";
import { grow } from "./saving/growing_boxes.js";
import { Look } from "./look/look.js";
import { Items } from "./items/items.js";
import { Reordering, idsIn } from "./items/reordering.js";
import { itemOf, keepSaid, keepWords, keyOf } from "./saving/kept_words.js";
import { UndoStack } from "./saving/undo.js";

/** @import { DrawnReviews } from "../../../browser/server/wire" */
/**
 * @typedef {object} Hearer
 * @property {(sentence: string) => unknown} speak
 * @property {() => unknown} leave
 * @property {(id: string, title: string) => unknown} delete
 * @property {() => unknown} opened
 */

const SAID = { saving: "Saving…", saved: "Saved" };

export class Editor {
  /** @param {HTMLElement} place @param {Hearer} hearer */
  constructor(place, hearer) {
    this.place = place;
    this.hearer = hearer;
    this.id = "";
    this.asked = 0;
    /** @type {Promise<unknown>} */
    this.looking = Promise.resolve();
    this.isResting = false;
    // How often something was kept: an answer that was asked for before may not know of it.
    this.kept = 0;
    /** @type {Map<string, string>} */
    this.begun = new Map();
    this.saving = new Autosave((state) => this.tellSaved(state));
    this.undoing = new UndoStack((what) => this.offerUndo(what));
    this.reordering = new Reordering(place, (before, item) => this.moved(before, item));
    this.items = new Items(this);
    this.looks = new Look(this);
    this.link = new LinkPanel(place, () => this.path);
    this.reviews = new ReviewPanel(place, () => this.path, () => this.look());
    this.listen();
  }

  get path() {
    return `/showcases/${encodeURIComponent(this.id)}`;
  }

  get root() {
    return /** @type {HTMLElement | null} */ (this.place.querySelector(".showcase-editor"));
  }

  get title() {
    return this.words("", "title")?.value.trim() ?? "";
  }

  /** @param {string} item @param {string} name */
  words(item, name) {
    return all(this.place, `[data-words="${name}"]`, HTMLTextAreaElement).find((it) => itemOf(it) === item);
  }

  /** @param {string} id */
  async open(id) {
    if (this.id === id && this.root) return this.look();
    this.close();
    this.id = id;
    this.place.hidden = false;
    this.place.setAttribute("aria-busy", "true");
    const ticket = ++this.asked;
    const content = await get(this.path).then((html) => this.prepared(html), (error) => this.sentence(error));
    if (ticket !== this.asked) return;
    this.place.removeAttribute("aria-busy");
    this.place.replaceChildren(content);
    all(this.place, "[data-words]", HTMLTextAreaElement).forEach(grow);
    this.hearer.opened();
  }

  // What is typed goes on being saved; nothing of it is shown any more.
  close() {
    this.saving.flush().then(() => this.saving.forgetRefused());
    this.undoing.clear();
    this.begun.clear();
    this.asked += 1;
    this.id = "";
    this.place.hidden = true;
    this.place.replaceChildren();
  }

  /** @param {string} html */
  prepared(html) {
    const content = fragment(html);
    tick(content);
    tellTimes(content);
    return content;
  }

  /** @param {Error} error */
  sentence(error) {
    const said = Object.assign(document.createElement("p"), { className: "problem", textContent: error.message });
    const back = Object.assign(document.createElement("a"), { className: "plain back", href: "/?tab=showcases", textContent: "← Showcases" });
    back.dataset.do = "leave";
    const content = document.createDocumentFragment();
    content.append(back, said);
    return content;
  }

  // Looks at nothing while the showcase is deleted; resolves when what was asked for before is answered.
  rest() {
    this.isResting = true;
    return this.looking;
  }

  // Goes on where it was, if it is still there.
  goOn() {
    this.isResting = false;
    return this.look();
  }

  look() {
    if (this.root && !this.isResting) this.looking = this.update(this.root);
    return this.looking;
  }

  // What changed since: what was said is drawn beside its item; where the showcase itself changed, all is.
  /** @param {HTMLElement} root */
  async update(root) {
    const { id } = this;
    const { version = "-1", contentVersion } = root.dataset;
    try {
      const news = /** @type {DrawnReviews} */ (await get(`${this.path}/reviews?since=${version}`));
      if (id !== this.id || this.root !== root) return null;
      this.link.show(this.prepared(news.link));
      if (String(news.content_version) !== contentVersion) return this.redraw();
      root.dataset.version = String(Math.max(news.version, Number(version)));
      this.reviews.show(news, (html) => this.prepared(html));
    } catch (error) {
      // Without an answer it is looked at again later; that it was deleted is told.
      if (error instanceof Refusal && !error.isUnanswered) this.tellSaved(error.message);
    }
    return null;
  }

  /** @returns {Promise<null>} */
  async redraw() {
    const ticket = ++this.asked;
    const { kept } = this;
    const content = await get(this.path).then((html) => this.prepared(html), () => null);
    const { root } = this;
    if (ticket !== this.asked || !content || !root) return null;
    // What stands here is newer than what was asked for.
    if (this.reordering.isDragging || this.items.isBusy) {
      this.isStale = true;
      return null;
    }
    if (kept !== this.kept) return this.redraw();
    const fresh = one(content, ".showcase-editor");
    keepWords(this.place, fresh, (key) => this.saving.has(key));
    keepSaid(this.place, fresh);
    patch(root, fresh);
    for (const box of all(root, "[data-shown]", HTMLInputElement)) box.checked = box.defaultChecked;
    this.offerUndo(this.undoing.next?.what ?? "");
    this.hearer.opened();
    return null;
  }

  freshen() {
    this.kept += 1;
    if (!this.isStale) return;
    this.isStale = false;
    this.redraw();
  }

  /** @param {string} state */
  tellSaved(state) {
    const place = this.place.querySelector("[data-save-state]");
    if (!place) return;
    place.textContent = /** @type {Record<string, string>} */ (SAID)[state] ?? state;
    place.classList.toggle("problem", !(state in SAID));
    if (state === "saved") this.freshen();
  }

  /** @param {string} what */
  offerUndo(what) {
    const button = /** @type {HTMLButtonElement | null} */ (this.place.querySelector("[data-do=undo]"));
    if (!button) return;
    button.disabled = !what;
    button.title = what && `Undo: ${what} (Ctrl+Z)`;
  }

  /** @param {Record<string, unknown>} change */
  change(change) {
    return post(`${this.path}/change`, change);
  }

  /** @param {HTMLTextAreaElement} box */
  typed(box) {
    const item = itemOf(box);
    const path = item ? `/showcases/items/${encodeURIComponent(item)}/change` : `${this.path}/change`;
    this.saving.note(keyOf(box), path, { [box.dataset.words ?? ""]: box.value });
    grow(box);
    if (box.dataset.words === "title") this.hearer.opened();
  }

  // One step for all that was typed there at once.
  /** @param {HTMLTextAreaElement} box */
  written(box) {
    const before = this.begun.get(keyOf(box)) ?? "";
    const [item, name] = [itemOf(box), box.dataset.words ?? ""];
    this.begun.set(keyOf(box), box.value);
    this.saving.flush();
    this.undoing.push(`what you wrote as ${name}`, async () => {
      const now = this.words(item, name);
      if (!now) return;
      now.value = before;
      this.typed(now);
      await this.saving.flush();
    });
  }

  /** @param {string[]} before @param {HTMLElement} item */
  moved(before, item) {
    const list = /** @type {HTMLElement} */ (item.parentElement);
    const ids = idsIn(list);
    const place = ids.indexOf(item.dataset.item ?? "") + 1;
    this.hearer.speak(`${item.dataset.label} is now ${place} of ${ids.length}.`);
    this.items.order(ids, before);
  }

  listen() {
    const { place } = this;
    place.addEventListener("focusin", (event) => {
      const box = within(event, "[data-words]", HTMLTextAreaElement);
      if (box) this.begun.set(keyOf(box), box.value);
    });
    place.addEventListener("input", (event) => {
      const box = within(event, "[data-words]", HTMLTextAreaElement);
      if (box) this.typed(box);
    });
    place.addEventListener("change", (event) => {
      const box = within(event, "[data-words]", HTMLTextAreaElement);
      if (box) this.written(box);
    });
    place.addEventListener("keydown", (event) => {
      // A title has one line.
      if (event.key === "Enter" && !event.isComposing && within(event, ".edit-title")) event.preventDefault();
    });
    place.addEventListener("click", (event) => this.clicked(event));
    document.addEventListener("keydown", (event) => {
      const isTyping = within(event, "input:not([type=checkbox], [type=radio]), textarea, select");
      const isUndo = event.key === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey;
      if (!isUndo || isTyping || !this.undoing.next || !this.root || place.offsetParent === null) return;
      // What the word at the foot offers may not be the last that was done.
      event.stopImmediatePropagation();
      event.preventDefault();
      this.undo();
    }, true);
  }

  async undo() {
    const what = await this.undoing.undo();
    if (what) this.hearer.speak(`Undone: ${what}.`);
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    const button = within(event, "[data-do]");
    const item = within(event, "[data-item]");
    /** @type {Record<string, () => unknown>} */
    const acts = {
      leave: () => (event.preventDefault(), this.hearer.leave()),
      undo: () => this.undo(),
      "to-link": () => this.link.reach(),
      "delete-showcase": () => this.saving.flush().then(() => this.hearer.delete(this.id, this.title)),
      "add-text": () => this.items.addText(),
      remove: () => item && this.items.remove(item),
      cover: () => item && this.looks.cover(item),
      "no-accent": () => this.looks.accent(""),
      "no-logo": () => this.looks.logo(""),
    };
    return acts[button?.dataset.do ?? ""]?.();
  }
}
