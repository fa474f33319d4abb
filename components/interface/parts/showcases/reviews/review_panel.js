// What guests said, beside the items and in a list of its own: answered, resolved, deleted, and led to.

import { say } from "../../../browser/dialogs/dialog.js";
import { ask } from "../../../browser/dialogs/questions.js";
import { all, one, within } from "../../../browser/drawing/elements.js";
import { patch } from "../../../browser/drawing/patch.js";
import { newId, post } from "../../../browser/server/server.js";
import { showPlace } from "./places.js";

/** @import { MakerComment, Resolution, DrawnReviews } from "../../../browser/server/wire" */

const LIT_MS = 1800;

export class ReviewPanel {
  /** @param {HTMLElement} place @param {() => string} path @param {() => unknown} look */
  constructor(place, path, look) {
    this.place = place;
    this.path = path;
    this.look = look;
    // What is sent twice stands once.
    /** @type {WeakMap<HTMLFormElement, string>} */
    this.wishes = new WeakMap();
    place.addEventListener("click", (event) => this.clicked(event));
    place.addEventListener("submit", (event) => {
      const form = within(event, "[data-say]", HTMLFormElement);
      if (!form) return;
      event.preventDefault();
      this.send(form);
    });
    place.addEventListener("keydown", (event) => {
      const form = within(event, "[data-say]", HTMLFormElement);
      if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
  }

  /** @param {DrawnReviews} news @param {(html: string) => DocumentFragment} prepared */
  show(news, prepared) {
    for (const [id, html] of Object.entries(news.items)) {
      const reviews = all(this.place, `[data-item="${CSS.escape(id)}"] [data-reviews]`)[0];
      if (reviews) this.patch(reviews, prepared(html));
    }
    const list = all(this.place, "[data-all-comments]")[0];
    if (list && news.all !== null) this.patch(list, prepared(news.all));
  }

  /** @param {HTMLElement} element @param {DocumentFragment} content */
  patch(element, content) {
    const fresh = /** @type {HTMLElement} */ (element.cloneNode(false));
    fresh.append(content);
    patch(element, fresh);
  }

  /** @param {string} path @param {unknown} body */
  async tried(path, body) {
    try {
      await post(`${this.path()}${path}`, body);
      await this.look();
      return "";
    } catch (error) {
      return /** @type {Error} */ (error).message;
    }
  }

  /** @param {HTMLFormElement} form */
  async send(form) {
    const box = one(form, "textarea", HTMLTextAreaElement);
    const item = /** @type {HTMLElement} */ (form.closest("[data-item]")).dataset.item ?? "";
    const id = this.wishes.get(form) ?? newId();
    this.wishes.set(form, id);
    /** @type {MakerComment} */
    const said = { item_id: item, text: box.value, answers: form.dataset.answers ?? null, id };
    const problem = await this.tried("/comments", said);
    one(form, ".problem").textContent = problem;
    if (problem) return;
    this.wishes.delete(form);
    box.value = "";
    if (form.dataset.answers) this.unfold(form, false);
  }

  /** @param {HTMLFormElement} form @param {boolean} isOpen */
  unfold(form, isOpen) {
    form.hidden = !isOpen;
    const button = one(/** @type {HTMLElement} */ (form.closest(".thread")), "[data-do=answer]");
    button.setAttribute("aria-expanded", String(isOpen));
    (isOpen ? one(form, "textarea") : button).focus({ preventScroll: !isOpen });
  }

  /** @param {HTMLElement} button @param {string} comment */
  async resolve(button, comment) {
    /** @type {Resolution} */
    const wanted = { is_resolved: button.dataset.isResolved !== "true" };
    const problem = await this.tried(`/comments/${encodeURIComponent(comment)}/resolve`, wanted);
    if (problem) say(problem);
  }

  /** @param {string} comment */
  async delete(comment) {
    if (!(await ask("Delete these words? They are gone for everybody, and cannot be brought back.", "Delete"))) return;
    const problem = await this.tried(`/comments/${encodeURIComponent(comment)}/delete`, {});
    if (problem) say(problem);
  }

  /** @param {string} comment */
  lead(comment) {
    const thread = all(this.place, `.thread[data-comment="${CSS.escape(comment)}"]`)[0];
    if (!thread) return;
    thread.scrollIntoView({ block: "center" });
    thread.focus({ preventScroll: true });
    thread.classList.add("lit");
    setTimeout(() => thread.classList.remove("lit"), LIT_MS);
    const chip = all(thread, "[data-do=go-to]")[0];
    if (chip) showPlace(/** @type {HTMLElement} */ (thread.closest("[data-item]")), chip, { isFar: false });
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    const button = within(event, "[data-do]");
    const comment = within(event, "[data-comment]")?.dataset.comment ?? "";
    const item = within(event, "[data-item]");
    /** @type {Record<string, () => unknown>} */
    const acts = {
      "go-to": () => item && button && showPlace(item, button),
      answer: () => {
        const form = within(event, ".thread")?.querySelector("form");
        if (form) this.unfold(form, Boolean(form.hidden));
      },
      resolve: () => button && this.resolve(button, comment),
      "delete-comment": () => this.delete(comment),
      "to-comment": () => this.lead(button?.dataset.of ?? ""),
    };
    return acts[button?.dataset.do ?? ""]?.();
  }
}
