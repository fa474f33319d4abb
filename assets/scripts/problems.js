// What is wrong with a form: a sentence beside each field; the first one is gone to.

const CONTROLS = "textarea, input, button";

export class Problems {
  constructor(form) {
    this.form = form;
  }

  get places() {
    return [...this.form.querySelectorAll("[data-problem]")];
  }

  // Sentences by the name of their field; what no field is called stands under the form.
  show(problems) {
    const known = this.places.map((it) => it.dataset.problem);
    const others = Object.keys(problems).filter((name) => !known.includes(name));
    const general = [problems[""], ...others.map((name) => problems[name])].filter(Boolean).join(" ");
    for (const place of this.places) this.put(place, place.dataset.problem ? problems[place.dataset.problem] : general);
    this.goToFirst();
  }

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
    field?.querySelector(CONTROLS)?.focus({ preventScroll: true });
    (field ?? first).scrollIntoView({ block: field ? "center" : "nearest" });
  }

  // What is being changed is no longer wrong, as far as is known.
  forget(field) {
    for (const place of this.places) {
      if (!place.dataset.problem || place.closest("[data-field]") === field) this.put(place, null);
    }
  }
}
