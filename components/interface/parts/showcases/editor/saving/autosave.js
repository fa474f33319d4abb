// What is typed is kept by itself, soon after. A text that could not be kept stays where it was typed and is
// sent again; on leaving the page, what was not sent yet goes out with it.

import { Refusal, post, postLeaving } from "../../../../browser/server/server.js";

/** @typedef {{path: string, body: Record<string, unknown>, isRefused?: boolean}} Job */

const TYPING_PAUSE_MS = 600;
const AGAIN_MS = 4000;

export class Autosave {
  /**
   * `tell(state)` is told "saving", "saved" or why not, in a sentence.
   * @param {(state: string) => unknown} tell
   */
  constructor(tell) {
    this.tell = tell;
    /** @type {Map<string, Job>} */
    this.waiting = new Map();
    /** @type {Job | null} */
    this.sending = null;
    this.sendingKey = "";
    this.hasFailed = false;
    this.done = Promise.resolve();
    addEventListener("pagehide", () => this.leave());
    addEventListener("beforeunload", (event) => this.hasFailed && this.waiting.size && event.preventDefault());
    document.addEventListener("visibilitychange", () => document.hidden && this.flush());
    document.addEventListener("playground:reach", () => this.waiting.size && this.flush());
  }

  get isBusy() {
    return Boolean(this.waiting.size || this.sending);
  }

  // Whether what was typed there is not kept yet.
  /** @param {string} key */
  has(key) {
    return this.waiting.has(key) || this.sendingKey === key;
  }

  /** @param {string} key @param {string} path @param {Record<string, unknown>} body */
  note(key, path, body) {
    this.waiting.set(key, { path, body });
    this.tell("saving");
    this.soon(TYPING_PAUSE_MS);
  }

  /** @param {number} ms */
  soon(ms) {
    clearTimeout(this.later);
    this.later = setTimeout(() => this.flush(), ms);
  }

  // Resolves when all that was typed before is kept, or was refused.
  flush() {
    clearTimeout(this.later);
    this.done = this.done.then(() => this.go());
    return this.done;
  }

  async go() {
    /** @type {Set<Job>} */
    const refused = new Set();
    /** @type {Error | null} */
    let failure = null;
    for (;;) {
      const next = [...this.waiting].find(([, job]) => !refused.has(job));
      if (!next) break;
      const [key, job] = next;
      this.waiting.delete(key);
      Object.assign(this, { sending: job, sendingKey: key });
      try {
        await post(job.path, job.body);
      } catch (error) {
        failure = /** @type {Error} */ (error);
        refused.add(job);
        job.isRefused = !(failure instanceof Refusal && failure.isUnanswered);
        // Typed anew meanwhile, it is another text.
        if (!this.waiting.has(key)) this.waiting.set(key, job);
      }
      Object.assign(this, { sending: null, sendingKey: "" });
    }
    this.hasFailed = Boolean(failure);
    if (failure instanceof Refusal && failure.isUnanswered) this.soon(AGAIN_MS);
    if (failure) this.tell(`Not saved: ${failure.message}`);
    else this.tell("saved");
  }

  // Where it was typed is shown no more, so that nobody could better it.
  forgetRefused() {
    for (const [key, job] of this.waiting) if (job.isRefused) this.waiting.delete(key);
    this.hasFailed = this.waiting.size > 0;
  }

  leave() {
    const jobs = [...(this.sending ? [this.sending] : []), ...this.waiting.values()];
    for (const { path, body } of jobs) postLeaving(path, body);
  }
}
