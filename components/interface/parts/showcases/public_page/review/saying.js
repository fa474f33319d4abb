// Where a comment is written: on the item, at a place of it, at a frame, or in answer to another.

import { one } from "../../../../browser/drawing/elements.js";
import { boxesOf } from "./pins.js";
import { clipIn, standing, timeText } from "./clip_frames.js";
import { draftOf, dropDraft, keepDraft } from "./drafts.js";
import { inWords, Pointing } from "./pointing.js";
import { say, sentenceOf } from "./guest.js";

/** @import { CommentBody } from "../../../../browser/server/wire" */
/** @import { Point } from "./pointing.js" */

const NO_WORDS = "Write something first. Nothing was sent.";

export class Saying {
  /**
   * `send` hands in a comment, and throws the refusal where it is not taken.
   * @param {HTMLFormElement} form @param {HTMLElement} item @param {string} draftName
   * @param {(comment: Omit<CommentBody, "item_id">) => Promise<boolean>} send
   */
  constructor(form, item, draftName, send) {
    this.form = form;
    this.item = item;
    this.draftName = draftName;
    this.send = send;
    this.text = one(form, "textarea", HTMLTextAreaElement);
    this.placed = one(form, "[data-placed]");
    this.problem = one(form, "[data-problem]");
    this.point = one(form, "[data-point]");
    this.atFrame = /** @type {HTMLElement | null} */ (form.querySelector("[data-at-frame]"));
    this.pointing = new Pointing(item, (point) => this.pointed(point), () => this.text.focus());
    this.draft = draftOf(draftName);
    this.text.value = this.draft.text;
    this.listen();
    this.show();
  }

  listen() {
    this.text.addEventListener("input", () => this.keep({ text: this.text.value }));
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.submit();
      if (event.key === "Escape") this.pointing.leave();
    });
    this.point.addEventListener("click", (event) => {
      if (this.draft.place?.x != null || this.pointing.isWaiting) this.pointing.leave();
      else this.pointing.begin(!event.detail);
      this.show();
    });
    this.atFrame?.addEventListener("click", () => this.toggleFrame());
    this.form.addEventListener("submit", (event) => (event.preventDefault(), this.submit()));
  }

  /** What was typed before is pointed at again, as far as it is still there. */
  restore() {
    const { place } = this.draft;
    if (place?.x != null && place.y != null) this.pointing.put({ side: place.side ?? 0, x: place.x, y: place.y });
  }

  /** @param {Partial<import("./drafts.js").Draft>} values */
  keep(values) {
    Object.assign(this.draft, values);
    keepDraft(this.draftName, this.draft);
    this.show();
  }

  /** @param {Point | null} point */
  pointed(point) {
    const place = this.draft.place;
    const frame = place?.frame == null ? this.frameAt(point?.side ?? 0) : { frame: place.frame, time_s: place.time_s };
    if (point) this.keep({ place: { ...frame, ...point } });
    else this.keep({ place: null });
  }

  /** @param {number} side */
  frameAt(side) {
    const video = clipIn(boxesOf(this.item)[side]);
    return video ? standing(this.item, video) : {};
  }

  toggleFrame() {
    if (this.draft.place?.frame != null) return this.pointing.leave();
    const side = Math.max(0, boxesOf(this.item).findIndex((box) => clipIn(box)));
    return this.keep({ place: { side, ...this.frameAt(side) } });
  }

  async submit() {
    say(this.problem, "");
    const { id, place } = this.draft;
    const text = this.text.value.trim();
    if (!text) return say(this.problem, NO_WORDS);
    this.form.inert = true;
    try {
      if (!(await this.send({ id, text, place: place ?? null }))) return undefined;
    } catch (error) {
      return say(this.problem, sentenceOf(error));
    } finally {
      this.form.inert = false;
    }
    this.pointing.leave();
    this.draft = dropDraft(this.draftName);
    this.text.value = "";
    this.text.focus();
    return this.show();
  }

  show() {
    const { place } = this.draft;
    const hasPoint = place?.x != null && place.y != null;
    const point = hasPoint ? `About the place ${inWords({ side: 0, x: place.x ?? 0, y: place.y ?? 0 })}` : "";
    const at = place?.time_s == null ? "" : `${hasPoint ? ", at" : "About the moment at"} ${timeText(place.time_s)} (frame ${(place.frame ?? 0) + 1})`;
    say(this.placed, point || at ? `${point}${at}.` : "");
    this.point.setAttribute("aria-pressed", String(hasPoint || this.pointing.isWaiting));
    this.point.textContent = hasPoint || this.pointing.isWaiting ? "Do not point" : "Point at a place";
    this.atFrame?.setAttribute("aria-pressed", String(place?.frame != null));
  }
}
