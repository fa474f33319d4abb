// What is wrong with a form: a sentence beside each field; the first one is gone to.

import { all } from "../../../browser/drawing/elements.js";

const CONTROLS = "textarea, input, button";

export class Problems {
  /** @param {HTMLElement} form */
  constructor(form) {
    this.form = form;
    /**
     * The sentences of all rules that were ever seen broken.
     * @type {Set<string>}
     */
    this.rules = new Set();
  }

  get places() {
    return all(this.form, "[data-problem]");
  }

  /**
   * Sentences by the name of their field; what no field is called stands under the form. They go when the
   * server answers again, if all that is wrong is that it did not.
   * @param {Record<string, string>} problems
   * @param {boolean} [isUnanswered]
   */
  show(problems, isUnanswered = false) {
    this.isUnanswered = isUnanswered;
    const known = this.places.map((it) => it.dataset.problem);
    const others = Object.keys(problems).filter((name) => !known.includes(name));
    const general = [problems[""], ...others.map((name) => problems[name])].filter(Boolean).join(" ");
    for (const place of this.places) this.put(place, place.dataset.problem ? problems[place.dataset.problem] : general);
    this.goToFirst();
  }

  /** @param {HTMLElement} place @param {string | null | undefined} sentence */
  put(place, sentence) {
    place.textContent = sentence ?? "";
    place.hidden = !sentence;
    const control = place.closest("[data-field]")?.querySelector("textarea, input[type=number]");
    if (sentence) control?.setAttribute("aria-invalid", "true");
    else control?.removeAttribute("aria-invalid");
  }

  goToFirst() {
    const first = this.places.find((it) => !it.hidden);
    if (!first) return;
    const field = first.closest("[data-field]");
    const folded = first.closest("details");
    if (folded) folded.open = true;
    /** @type {HTMLElement | null | undefined} */ (field?.querySelector(CONTROLS))?.focus({ preventScroll: true });
    (field ?? first).scrollIntoView({ block: field ? "center" : "nearest" });
  }

  answered() {
    if (this.isUnanswered) this.show({});
    this.isUnanswered = false;
  }

  /**
   * `wrong` are the sentences of the rules that are broken now. One of them that is shown goes when its
   * rule is kept, whatever was changed for that; what else is wrong is not known by rules.
   * @param {Record<string, string>} wrong
   */
  judge(wrong) {
    const said = Object.values(wrong);
    for (const sentence of said) this.rules.add(sentence);
    for (const place of this.places.filter((it) => !it.hidden)) {
      if (this.rules.has(place.textContent) && !said.includes(place.textContent)) this.put(place, null);
    }
  }

  /**
   * What is being changed is no longer wrong, as far as is known.
   * @param {Element | null} field
   */
  forget(field) {
    for (const place of this.places) {
      if (!place.dataset.problem || place.closest("[data-field]") === field) this.put(place, null);
    }
  }
}
