// A model's form: what is in it, kept as a draft, looked at by the server as it changes, and sent.

import { one, within } from "../../../browser/drawing/elements.js";
import { recall, remember, takeHolder } from "../../../browser/server/browser_storage.js";
import { addMedia } from "../../../widgets/references/add_media.js";
import { openCode } from "../../../snippets/code_dialog.js";
import { say } from "../../../browser/dialogs/dialog.js";
import { forgetInKit, keepInKit, renameInKit } from "../element_library.js";
import { rememberExample, withoutExample } from "./example_leftovers.js";
import { showStatus } from "./form_status.js";
import { Problems } from "./problems.js";
import { count, insertToken, offerTokens } from "../../../widgets/references/prompt_tokens.js";
import { listen } from "../../../browser/navigation/navigation.js";
import { focusNear, References } from "../../../widgets/references/references.js";
import { newId, post } from "../../../browser/server/server.js";
import { ignoreDoubleClicks, isWanted } from "../../../browser/dialogs/spend_confirmation.js";
import { takeOut } from "../../../widgets/references/remove_reference.js";
import { Uploads } from "../../../widgets/references/uploads.js";
import { openVary } from "../plans/vary.js";
import { fieldsOf, fillPlain, initialValues, readPlain, touchedIn } from "./field_widgets.js";
import { SubmissionIds } from "./submission_ids.js";

/** @import { Gift } from "../../../browser/navigation/navigation.js" */
/** @import { Refusal } from "../../../browser/server/server.js" */
/** @import { FormBody, FormStatus, Quote, Values } from "../../../browser/server/wire" */
/** @import { Place } from "../../../widgets/references/references.js" */
/** @import { Kept } from "../element_library.js" */
/** @import { Field } from "./field_widgets.js" */

/** @typedef {Required<Pick<FormBody, "values" | "chosen" | "names" | "origins" | "numbered">>} State */
/** @typedef {Partial<State> & { holder?: string }} Draft */

const TYPING_PAUSE_MS = 400;
const AGAIN_MS = 700;
const MOST_TRIES = 3;

export class Form {
  /**
   * `began(card)` is told the card of a new run, as HTML.
   * @param {HTMLFormElement} element
   * @param {(card: string) => void} began
   */
  constructor(element, began) {
    this.element = element;
    this.name = /** @type {string} */ (element.dataset.form);
    this.began = began;
    this.fields = fieldsOf(element);
    this.area = one(element, "[data-widget=prompt] textarea", HTMLTextAreaElement);
    this.button = one(element, "[type=submit]", HTMLButtonElement);
    this.problems = new Problems(element);
    this.uploads = new Uploads(this.button);
    this.submissionIds = new SubmissionIds();
    /** @type {State} */
    this.state = { values: {}, chosen: {}, names: {}, origins: {}, numbered: [] };
    /** @type {string[]} */
    this.tokens = [];
    this.asked = 0;
    this.wantsOffers = true;
    /** @type {Draft} */
    const draft = recall(`draft-${this.name}`, null) ?? {};
    this.set({ ...draft, values: { ...draft.values, ...touchedIn(this.fields) } });
    this.holder = draft.holder;
    this.holding = takeHolder(draft.holder, newId).then((holder) => { this.holder = holder; });
    this.listen();
    addMedia(this);
    offerTokens(this.area, () => this.tokens);
    this.validate();
  }

  /** @param {Partial<State>} filling */
  set({ values, chosen, names, origins }) {
    this.state = {
      values: { ...initialValues(this.fields), ...values },
      chosen: chosen ?? {},
      names: names ?? {},
      origins: origins ?? {},
      numbered: [],
    };
    fillPlain(this.fields, this.state.values);
    count(this.area);
  }

  get references() {
    return new References(this.state.values);
  }

  /**
   * Another filling takes the place of this one, which can be brought back.
   * @param {Partial<State>} filling
   */
  replace(filling) {
    this.uploads.abort();
    const before = structuredClone(this.state);
    this.set(filling);
    this.problems.show({});
    const hadSomething = JSON.stringify(before.values) !== JSON.stringify(initialValues(this.fields));
    this.keepForLater(hadSomething ? before : null);
    return this.validate();
  }

  /** @param {State | null} before */
  keepForLater(before) {
    this.before = before;
    const button = one(this.element, "[data-action=bring-back]");
    const hadFocus = button === document.activeElement;
    button.hidden = !before;
    if (hadFocus && !before) this.area.focus({ preventScroll: true });
  }

  /**
   * On a phone the card whose settings these are is far below the form.
   * @param {Values} values
   */
  async fill(values) {
    await this.replace({ values });
    this.area.focus({ preventScroll: true });
    this.area.scrollIntoView({ block: "nearest" });
    say("These settings are in the form now.");
  }

  /**
   * Something for one field, besides what the person put into the form.
   * @param {Gift} gift
   */
  receive({ field, source, prompt: begins, origin }) {
    const values = withoutExample(this, initialValues(this.fields));
    const before = values && structuredClone(this.state);
    if (values) this.set({ ...this.state, values });
    const { element } = /** @type {Field} */ (this.fields.find((it) => it.name === field));
    const { front, others } = /** @type {Record<"front" | "others", string>} */ (element.dataset);
    const isElement = element.dataset.widget === "elements";
    if (isElement) this.references.addElement(element, { [front]: source, [others]: [] });
    else this.references.add({ field: element, index: null, view: null }, source);
    if (origin) this.state.origins[source] = origin;
    if (begins && !this.area.value.trim()) {
      this.area.value = begins;
      this.area.dispatchEvent(new Event("input", { bubbles: true }));
    }
    if (before) this.keepForLater(before);
    // Where one types next; on a phone a keyboard would cover what was added.
    if (matchMedia("(hover: hover)").matches) this.area.focus({ preventScroll: true });
    element.scrollIntoView({ block: "center" });
    return this.validate();
  }

  listen() {
    ignoreDoubleClicks(this.element, "[type=submit], [data-example]");
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.generate();
    });
    this.element.addEventListener("keydown", (event) => {
      const { target } = event;
      if (event.key !== "Enter" || event.isComposing) return;
      const isSent = event.ctrlKey || event.metaKey;
      if (isSent && !event.repeat) this.generate();
      // A line break in a box of one line would send the form.
      else if (!isSent && (!(target instanceof HTMLInputElement) || target.type === "submit")) return;
      event.preventDefault();
    });
    this.element.addEventListener("input", (event) => {
      if (event.target === this.area) count(this.area);
      if (within(event, "[data-choose], .drop")) return;
      this.problems.forget(within(event, "[data-field]"));
      this.keepForLater(null);
      this.edited();
      const isPrompt = event.target === this.area;
      this.validateSoon(isPrompt ? TYPING_PAUSE_MS : 0, isPrompt);
    });
    this.element.addEventListener("change", ({ target }) => {
      if (target instanceof HTMLInputElement && target.type === "number" && !target.value) {
        target.value = target.defaultValue;
        this.edited();
        this.validateSoon(0);
      }
      this.choose(/** @type {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} */ (target));
    });
    listen("reach", this.element, ({ reached }) => {
      if (!reached) return;
      this.problems.answered();
      this.validate();
    });
    this.element.addEventListener("click", (event) => this.clicked(event));
  }

  edited() {
    Object.assign(this.state.values, readPlain(this.fields));
    this.save();
  }

  save() {
    remember(`draft-${this.name}`, { ...this.state, holder: this.holder });
  }

  /** @param {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} input */
  choose(input) {
    const name = input.dataset.choose;
    if (!name) return;
    const { dataset } = /** @type {HTMLElement} */ (input.closest("[data-identity]"));
    const identity = /** @type {string} */ (dataset.identity);
    this.state.chosen[identity] = { ...this.state.chosen[identity], [name]: input.value };
    this.validate();
  }

  /** @param {Event} event */
  async clicked(event) {
    const token = within(event, "[data-insert]");
    if (token) return insertToken(this.area, /** @type {string} */ (token.dataset.insert));
    const example = within(event, "[data-example]");
    if (example) return this.example(/** @type {string} */ (example.dataset.example));
    const step = within(event, "[data-by]");
    if (step) return this.step(step);
    const button = within(event, "[data-action]");
    if (button) await this.act(button);
  }

  /** @param {HTMLElement} button */
  step(button) {
    const input = one(/** @type {HTMLElement} */ (button.parentElement), "input", HTMLInputElement);
    if (Number(button.dataset.by) > 0) input.stepUp();
    else input.stepDown();
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /**
   * What is done to a place is done by a button in its field; others stand in none.
   * @param {HTMLElement} button
   */
  async act(button) {
    const place = /** @type {Place} */ (References.placeOf(button));
    const index = /** @type {number} */ (place.index);
    const at = place.view ?? index;
    /** @type {HTMLElement | null} */
    const entry = button.closest("[data-id]");
    const kept = /** @type {Kept} */ (entry?.dataset);
    const action = /** @type {string} */ (button.dataset.action);
    /** @type {Record<string, () => unknown>} */
    const actions = {
      back: () => this.references.move(place, at - 1),
      on: () => this.references.move(place, at + 1),
      remove: () => takeOut(this, place),
      "element-back": () => this.references.move(place, at - 1),
      "element-on": () => this.references.move(place, at + 1),
      "element-remove": () => takeOut(this, place),
      "add-element": () => this.references.addElement(place.field),
      use: () => this.use(place.field, JSON.parse(button.dataset.element ?? "")),
      stop: () => {
        const { dataset } = /** @type {HTMLElement} */ (button.closest("[data-source]"));
        return this.stop(/** @type {string} */ (dataset.source), place.field);
      },
      keep: () => keepInKit(this.state.values[place.field.dataset.field ?? ""][index]),
      rename: () => renameInKit(kept),
      forget: () => forgetInKit(kept),
      clear: () => this.replace({}),
      "bring-back": () => this.replace(/** @type {State} */ (this.before)),
      vary: () => openVary(this.name, this.state, this.began),
      code: async () => openCode(await post(`/forms/${this.name}/code`, this.state)),
    };
    if (!actions[action]) return;
    this.problems.forget(place.field);
    await this.trying(actions[action]);
    const item = button.closest("[data-index]");
    await this.validate();
    const isLost = !button.isConnected && document.activeElement === document.body;
    if (isLost && place.field) focusNear(item, place);
  }

  /** @param {HTMLElement} field @param {Values} element */
  use(field, element) {
    if (field.dataset.widget === "elements") return this.references.addElement(field, element);
    for (const source of Object.values(element).flat()) this.references.add({ field, view: null }, source);
  }

  /** @param {string} source @param {HTMLElement} field */
  stop(source, field) {
    return post(`/forms/${this.name}/stop`, { ...this.state, source, kind: field.dataset.kind });
  }

  /**
   * What goes wrong is said under the form.
   * @template T
   * @param {() => T | Promise<T>} work
   */
  async trying(work) {
    try {
      return await work();
    } catch (error) {
      const { problems, message, isUnanswered } = /** @type {Partial<Refusal>} */ (error);
      this.problems.show(problems ?? { "": String(message) }, isUnanswered);
      this.validateSoon(0);
      return null;
    }
  }

  /** @param {number} pauseMs @param {boolean} [isSmall] */
  validateSoon(pauseMs, isSmall = false) {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.validate(isSmall), pauseMs);
  }

  // A small change, such as of the prompt, changes nothing of what the form offers besides.
  async validate(isSmall = false) {
    clearTimeout(this.soon);
    this.wantsOffers ||= !isSmall;
    this.save();
    const ticket = ++this.asked;
    const typed = this.area.value;
    await this.holding;
    const asked = { ...this.state, holder: this.holder, offers: this.wantsOffers };
    /** @type {FormStatus | null} */
    const answer = await post(`/forms/${this.name}/validate`, asked).catch(() => null);
    if (!answer || ticket !== this.asked || !this.element.isConnected) return;
    this.show(answer, typed);
    if (answer.working) this.validateSoon(AGAIN_MS, true);
  }

  /** @param {FormStatus} answer @param {string} typed */
  show(answer, typed) {
    this.tokens = answer.tokens;
    if (this.area.value === typed) {
      this.state.numbered = answer.numbered;
      if (answer.prompt !== null) {
        const { dataset } = /** @type {HTMLElement} */ (this.area.closest("[data-field]"));
        this.area.value = this.state.values[/** @type {string} */ (dataset.field)] = answer.prompt;
        count(this.area);
      }
    }
    this.quote = answer.quote;
    this.varies = answer.varies;
    showStatus(this.element, answer);
    if (answer.kit !== null) this.wantsOffers = false;
    this.problems.judge(answer.wrong);
    this.save();
  }

  /** @param {string} number */
  async example(number) {
    /** @type {Values | null} */
    const values = await this.trying(() => post(`/forms/${this.name}/examples/${number}`));
    if (!values) return;
    rememberExample(this, values);
    await this.replace({ values });
    await this.generate();
  }

  async generate() {
    if (this.button.disabled || !(await this.uploads.arrived())) return;
    this.edited();
    await this.priced();
    if (this.varies) await this.trying(() => openVary(this.name, this.state, this.began));
    else await this.submit(this.state, this.quote);
  }

  // What it costs, and whether it is a plan, must be known before: pressed early, it waits for that.
  async priced() {
    this.button.disabled = true;
    for (let times = 0; !this.quote && times < MOST_TRIES; times += 1) await this.validate();
    this.button.disabled = false;
  }

  /** @param {State} state @param {Quote | undefined} quote */
  async submit(state, quote) {
    this.button.disabled = true;
    this.problems.show({});
    const card = (await isWanted(quote?.usd, quote?.basis)) && (await this.trying(() => this.send(state)));
    this.button.disabled = false;
    if (card) this.began(card);
  }

  /**
   * A request whose answer was lost is sent again under the same id: it is the same run then.
   * @param {State} state
   * @returns {Promise<string>}
   */
  async send(state) {
    const { numbered: _, ...asked } = state;
    return this.submissionIds.make(asked, (run_id) => post(`/forms/${this.name}/runs`, { ...asked, run_id }));
  }
}
