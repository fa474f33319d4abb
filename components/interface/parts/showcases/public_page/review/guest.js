// Who writes: a name is asked once, before the first word is sent.

import { one } from "../../../../browser/drawing/elements.js";
import { post, Refusal } from "../../../../browser/server/server.js";

const UNANSWERED = "There is no connection. Nothing was sent, and what you wrote is kept: try it again.";

/** The sentence of a refusal, for somebody who knows of no server. @param {unknown} error */
export const sentenceOf = (error) => {
  if (!(error instanceof Refusal)) throw error;
  return error.isUnanswered ? UNANSWERED : error.message;
};

/** @param {HTMLElement} place @param {string} sentence */
export const say = (place, sentence) => {
  place.textContent = sentence;
  place.hidden = !sentence;
};

export class Guest {
  /** @param {string} path @param {string} name */
  constructor(path, name) {
    this.path = path;
    this.name = name;
    this.dialog = one(document, "[data-naming]", HTMLDialogElement);
    this.input = one(this.dialog, "input", HTMLInputElement);
    this.problem = one(this.dialog, "[data-problem]");
    /** @type {((isKnown: boolean) => void) | null} */
    this.waiting = null;
    this.tell();
    this.listen();
  }

  listen() {
    one(this.dialog, "[data-cancel]").addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("close", () => this.answer(Boolean(this.name)));
    one(this.dialog, "form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.introduce();
    });
  }

  /** Whether it is known who writes; asks where it is not. @returns {Promise<boolean>} */
  known() {
    if (this.name) return Promise.resolve(true);
    say(this.problem, "");
    this.dialog.showModal();
    return new Promise((resolve) => (this.waiting = resolve));
  }

  /** @param {boolean} isKnown */
  answer(isKnown) {
    this.waiting?.(isKnown);
    this.waiting = null;
  }

  async introduce() {
    try {
      ({ name: this.name } = await post(`${this.path}/guest`, { name: this.input.value }));
    } catch (error) {
      return say(this.problem, sentenceOf(error));
    }
    this.tell();
    return this.dialog.close();
  }

  tell() {
    const who = document.querySelector("[data-who]");
    if (who instanceof HTMLElement) say(who, this.name && `You write here as ${this.name}.`);
  }
}
