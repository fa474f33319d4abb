// The review of one item: verdicts, comments with their pins, and where one more is written.

import { all, one } from "../../../../browser/drawing/elements.js";
import { newId, post } from "../../../../browser/server/server.js";
import { clipIn, goTo } from "./clip_frames.js";
import { CommentList } from "./comment_list.js";
import { say, sentenceOf } from "./guest.js";
import { boxesOf, drawPins } from "./pins.js";
import { Saying } from "./saying.js";
import { Verdicts } from "./verdicts.js";

/** @import { CommentBody, ShownComment, ShownVerdict } from "../../../../browser/server/wire" */
/** @import { Guest } from "./guest.js" */
/** @import { News } from "./news.js" */

export class ItemReview {
  /** @param {HTMLElement} item @param {string} path @param {Guest} guest @param {News} news */
  constructor(item, path, guest, news) {
    this.item = item;
    this.id = item.dataset.item ?? "";
    this.path = path;
    this.guest = guest;
    this.news = news;
    /** @type {Map<string, ShownComment>} */
    this.comments = new Map();
    /** @type {Map<string, ShownVerdict>} */
    this.given = new Map();
    const review = one(item, "[data-review]");
    this.refusal = one(review, "[data-refusal]");
    const [list] = all(review, "[data-comments]");
    const [form] = all(review, "[data-saying]", HTMLFormElement);
    /** @type {CommentList | undefined} */
    this.list = list && new CommentList(list, this.actions);
    this.saying = form && new Saying(form, item, `${path}/${this.id}`, (comment) => this.hand(comment));
    this.verdicts = review.querySelector("[data-verdict]") && new Verdicts(review, (given) => this.act("verdicts", given));
    review.hidden = false;
    this.saying?.restore();
  }

  get actions() {
    return {
      go: (/** @type {ShownComment} */ comment) => this.go(comment),
      answer: (/** @type {ShownComment} */ comment) => this.answer(comment),
      resolve: (/** @type {ShownComment} */ { id, is_resolved: was }) => this.act(`comments/${id}/resolve`, { is_resolved: !was }),
      remove: (/** @type {ShownComment} */ { id }) => this.act(`comments/${id}/delete`, {}),
    };
  }

  /** @param {ShownComment[]} comments @param {ShownVerdict[]} verdicts */
  hear(comments, verdicts) {
    for (const comment of comments) this.comments.set(comment.id, comment);
    for (const given of verdicts) this.given.set(given.guest_id, given);
    this.show();
  }

  show() {
    const comments = [...this.comments.values()].toSorted((first, other) => first.created_at - other.created_at);
    const placed = comments.filter((it) => !it.is_deleted && it.place?.x != null);
    const numbered = placed.map((comment, at) => ({ comment, number: at + 1 }));
    this.verdicts?.show([...this.given.values()]);
    this.list?.show(comments, new Map(numbered.map(({ comment, number }) => [comment.id, number])));
    drawPins(this.item, numbered, (id) => this.reveal(id));
  }

  /** Its stage stands now, over which the pins lie from here on. */
  stood() {
    this.show();
    this.saying?.restore();
  }

  /** @param {string} id */
  reveal(id) {
    const entry = this.list?.entry(id);
    entry?.scrollIntoView({ block: "nearest" });
    entry?.focus({ preventScroll: true });
  }

  /** @param {ShownComment} comment */
  async go({ id, place }) {
    const box = boxesOf(this.item)[place?.side ?? 0];
    if (!box || !place) return;
    box.scrollIntoView({ block: "center" });
    const video = clipIn(box);
    if (video && place.frame != null) await goTo(this.item, video, place.frame);
    for (const pin of all(this.item, "[data-pin]")) pin.classList.toggle("is-marked", pin.dataset.pin === id);
  }

  /** @param {Omit<CommentBody, "item_id">} comment */
  async hand(comment) {
    if (!(await this.guest.known())) return false;
    await post(`${this.path}/comments`, { item_id: this.id, ...comment });
    await this.news.now();
    return true;
  }

  /** @param {string} what @param {object} body */
  async act(what, body) {
    say(this.refusal, "");
    try {
      if (!(await this.guest.known())) return;
      await post(`${this.path}/${what}`, { item_id: this.id, ...body });
      await this.news.now();
    } catch (error) {
      say(this.refusal, sentenceOf(error));
    }
  }

  /** @param {ShownComment} comment @returns {void} */
  answer({ id, author }) {
    const entry = this.list?.entry(id);
    if (!entry) return;
    const open = all(entry, ":scope > form")[0];
    if (open) return one(open, "textarea").focus();
    const form = answerForm(author);
    const text = one(form, "textarea", HTMLTextAreaElement);
    const problem = one(form, ".problem");
    const answerId = newId();
    one(form, "[data-cancel]").addEventListener("click", () => form.remove());
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      say(problem, "");
      form.inert = true;
      try {
        if (await this.hand({ id: answerId, text: text.value, answers: id, place: null })) form.remove();
      } catch (error) {
        say(problem, sentenceOf(error));
      }
      form.inert = false;
    });
    entry.append(form);
    text.focus();
  }
}

/** @param {string} author */
const answerForm = (author) => {
  const form = Object.assign(document.createElement("form"), { className: "saying is-answer" });
  const text = Object.assign(document.createElement("textarea"), { rows: 1, maxLength: 2000, required: true });
  text.setAttribute("aria-label", `Answer to ${author}`);
  const tools = Object.assign(document.createElement("div"), { className: "saying-tools" });
  const cancel = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: "Cancel" });
  cancel.dataset.cancel = "";
  tools.append(cancel, Object.assign(document.createElement("button"), { type: "submit", className: "main", textContent: "Answer" }));
  const problem = Object.assign(document.createElement("p"), { className: "problem", hidden: true });
  problem.setAttribute("role", "alert");
  form.append(text, tools, problem);
  return form;
};
