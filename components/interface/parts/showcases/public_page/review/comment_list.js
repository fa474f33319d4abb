// The comments of an item as a list: each with its answers, and with what can be done with it.

import { all, one } from "../../../../browser/drawing/elements.js";
import { timeText } from "./clip_frames.js";

/** @import { ShownComment } from "../../../../browser/server/wire" */
/**
 * What somebody can do with a comment.
 * @typedef {object} Actions
 * @property {(comment: ShownComment) => unknown} go
 * @property {(comment: ShownComment) => unknown} answer
 * @property {(comment: ShownComment) => unknown} resolve
 * @property {(comment: ShownComment) => unknown} remove
 */

const DELETED = "This comment was deleted.";

/** @param {string} tag @param {string} className @param {string} [textContent] */
const made = (tag, className, textContent = "") => Object.assign(document.createElement(tag), { className, textContent });

/** @param {number} seconds */
const timeOf = (seconds) => {
  const at = new Date(1000 * seconds);
  const time = document.createElement("time");
  time.dateTime = at.toISOString();
  time.textContent = at.toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  return time;
};

/** What a comment is about, in the words of the button that shows it. @param {ShownComment} comment @param {number | undefined} number */
const aboutText = ({ place }, number) => {
  if (!place) return "";
  const at = typeof place.time_s === "number" ? `at ${timeText(place.time_s)}` : "";
  return [number ? `Place ${number}` : "", at].filter(Boolean).join(", ").replace(/^at/, "At");
};

export class CommentList {
  /** @param {HTMLElement} list @param {Actions} actions */
  constructor(list, actions) {
    this.list = list;
    this.actions = actions;
    /** @type {Map<string, HTMLElement>} */
    this.entries = new Map();
  }

  /** Where a comment stands. @param {string} id */
  entry(id) {
    return this.entries.get(id);
  }

  /**
   * Those that are there, oldest first; `numbers` are those of their pins.
   * @param {ShownComment[]} comments @param {Map<string, number>} numbers
   */
  show(comments, numbers) {
    const answered = new Set(comments.filter((it) => !it.is_deleted).map((it) => it.answers));
    for (const comment of comments) {
      const isGone = comment.is_deleted && !answered.has(comment.id);
      if (isGone) this.drop(comment.id);
      else this.place(comment, numbers.get(comment.id));
    }
  }

  /** @param {string} id */
  drop(id) {
    this.entries.get(id)?.remove();
    this.entries.delete(id);
  }

  /** @param {ShownComment} comment @param {number | undefined} number */
  place(comment, number) {
    const above = comment.answers ? this.entries.get(comment.answers) : undefined;
    if (comment.answers && !above) return;
    const list = above ? one(above, ".answers") : this.list;
    let entry = this.entries.get(comment.id);
    if (!entry) {
      entry = made("li", "comment");
      entry.tabIndex = -1;
      entry.append(made("div", "comment-body"), made("ol", "answers"));
      this.entries.set(comment.id, entry);
      list.append(entry);
    }
    entry.classList.toggle("is-resolved", comment.is_resolved);
    const body = one(entry, ".comment-body");
    const focused = document.activeElement;
    const action = focused instanceof HTMLElement && body.contains(focused) ? focused.dataset.do : "";
    body.replaceChildren(...this.parts(comment, number));
    if (action) all(body, `[data-do="${action}"]`)[0]?.focus();
  }

  /** @param {ShownComment} comment @param {number | undefined} number */
  parts(comment, number) {
    if (comment.is_deleted) return [made("p", "comment-text", DELETED)];
    const head = made("p", "comment-head");
    head.append(made("span", "comment-author", comment.is_own ? `${comment.author} (you)` : comment.author), timeOf(comment.created_at));
    if (comment.is_resolved) head.append(made("span", "comment-state", "Resolved"));
    return [head, made("p", "comment-text", comment.text), this.tools(comment, number)];
  }

  /** @param {ShownComment} comment @param {number | undefined} number */
  tools(comment, number) {
    const tools = made("p", "comment-tools");
    /** @param {keyof Actions} what @param {string} text */
    const add = (what, text) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: text });
      button.dataset.do = what;
      button.addEventListener("click", () => this.actions[what](comment));
      tools.append(button);
    };
    const about = aboutText(comment, number);
    if (about) add("go", about);
    if (!comment.answers) add("answer", "Answer");
    if (!comment.answers) add("resolve", comment.is_resolved ? "Open again" : "Resolve");
    if (comment.is_own) add("remove", "Delete");
    return tools;
  }
}
