// Files on their way into a form, and the wish to generate that waits for them: it is carried out once,
// when all have arrived, unless somebody takes it back.

import { say } from "../../browser/dialogs/dialog.js";

/** @typedef {{ name: string, share: number, aborting: AbortController }} Upload */

/** @param {number} share */
const percent = (share) => `${Math.round(100 * share)} %`;

export class Uploads {
  /**
   * `button` shows what is waited for.
   * @param {HTMLElement} button
   */
  constructor(button) {
    this.button = button;
    /** @type {Set<Upload>} */
    this.files = new Set();
    this.failed = false;
    /** @type {((answer: boolean | null) => void) | null} */
    this.settle = null;
  }

  /**
   * A file that is about to be sent; `left(isHere)` is said of it when that is over.
   * @param {string} name
   */
  begin(name) {
    /** @type {Upload} */
    const file = { name, share: 0, aborting: new AbortController() };
    if (!this.files.size) this.failed = false;
    this.files.add(file);
    this.show();
    return {
      signal: file.aborting.signal,
      cancel: () => file.aborting.abort(),
      progress: (/** @type {number} */ share) => { file.share = share; this.show(); },
      left: (/** @type {boolean} */ isHere) => {
        this.files.delete(file);
        this.failed ||= !isHere;
        this.show();
        if (!this.files.size) this.end(!this.failed);
      },
    };
  }

  // What they were for is gone.
  abort() {
    for (const file of this.files) file.aborting.abort();
  }

  // Resolves to whether to go on; a wish that waits already is not made twice.
  async arrived() {
    if (!this.files.size) return true;
    if (this.settle) return false;
    /** @type {Promise<boolean | null>} */
    const isReady = new Promise((resolve) => { this.settle = resolve; });
    const cancel = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: "Do not generate" });
    cancel.addEventListener("click", () => this.end(null));
    this.button.after(cancel);
    this.button.setAttribute("aria-busy", "true");
    this.show();
    const answer = await isReady;
    const hadFocus = cancel === document.activeElement;
    cancel.remove();
    if (hadFocus) this.button.focus({ preventScroll: true });
    this.button.removeAttribute("aria-busy");
    this.button.textContent = this.button.dataset.label ?? "";
    if (answer === false) say("Nothing was sent: not every file arrived.");
    return Boolean(answer);
  }

  /** @param {boolean | null} answer */
  end(answer) {
    this.settle?.(answer);
    this.settle = null;
  }

  show() {
    const [first] = this.files;
    if (!this.settle || !first) return;
    const others = this.files.size > 1 ? ` and ${this.files.size - 1} more` : "";
    this.button.textContent = `Uploading ${first.name} ${percent(first.share)}${others} …`;
  }
}
