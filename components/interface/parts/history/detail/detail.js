// One run in full, over History: opened by a card, walked through by arrow keys.

import { listenToCards } from "../../feed/card/card_actions.js";
import { closeByClickBeside, say } from "../../../browser/dialogs/dialog.js";
import { tick } from "../../../browser/drawing/clocks.js";
import { hear, inTurn } from "../../../browser/server/live_updates.js";
import { patch } from "../../../browser/drawing/patch.js";
import { fillForm, listen, openRun } from "../../../browser/navigation/navigation.js";
import { fragment, get, send } from "../../../browser/server/server.js";
import { tellTimes } from "../../../browser/drawing/local_times.js";

const LOOK_AGAIN_MS = 10_000;
const TYPING_PAUSE_MS = 600;
const TITLE_CHARS = 60;
const OWN = ["title", "remark"];
const KEYS_OF_THEIR_OWN = "input, textarea, select, video, pre";
// What leads to another part of the page, and so away from the dialog.
const DEPARTURES = ["run", "fill", "gift", "compare"];

const pathOf = (id) => `/runs/${encodeURIComponent(id)}`;

export class Detail {
  // `around` is what the dialog lies over: which run is `beside` another, what to do when one
  // `changed`, `arrived`, was `opened` (as the first one or in the place of another) or the dialog
  // `closed`, and how to `delete`.
  constructor(around) {
    this.around = around;
    this.asked = 0;
    this.unsaved = {};
    this.dialog = Object.assign(document.createElement("dialog"), { className: "detail section" });
    this.dialog.setAttribute("aria-label", "Run");
    this.content = document.createElement("div");
    this.dialog.append(this.content);
    // In the container, so that the page's colours hold in it too.
    document.querySelector(".gradio-container").append(this.dialog);
    this.listen();
  }

  get id() {
    return this.part(".detail-body")?.dataset.run;
  }

  get isOpen() {
    return this.dialog.open;
  }

  get title() {
    return this.part("[name=title]").value || this.part(".asked").textContent.slice(0, TITLE_CHARS);
  }

  part(selector) {
    return this.dialog.querySelector(selector);
  }

  close() {
    this.asked += 1;
    this.dialog.close();
  }

  async open(id) {
    if (!id) return;
    this.save();
    const ticket = ++this.asked;
    const html = await get(`${pathOf(id)}/detail`).catch((error) => say(error.message));
    if (ticket !== this.asked) return;
    if (!html) {
      if (!this.isOpen) this.around.closed(id);
      return;
    }
    const focused = this.dialog.contains(document.activeElement) ? document.activeElement.dataset.do : null;
    this.content.replaceChildren(fragment(html));
    tellTimes(this.dialog);
    tick(this.dialog);
    const isFirst = !this.dialog.open;
    if (isFirst) this.dialog.showModal();
    this.around.opened(isFirst);
    (focused ? this.part(`[data-do="${focused}"]`) : this.part(".detail-body"))?.focus({ preventScroll: true });
    this.dialog.scrollTop = 0;
    this.mark(ticket);
  }

  async mark(ticket) {
    for (const [name, step] of [["previous", -1], ["next", 1]]) {
      const other = await this.around.beside(this.id, step);
      if (ticket !== this.asked) return;
      const button = this.part(`[data-do="${name}"]`);
      // A disabled button that has the focus hears no keys.
      if (!other && button === document.activeElement) this.part(".detail-body").focus({ preventScroll: true });
      button.disabled = !other;
    }
  }

  async go(step) {
    const ticket = this.asked;
    const other = await this.around.beside(this.id, step);
    if (ticket === this.asked) this.open(other);
  }

  // What changed is drawn again; what somebody types stays.
  async refresh(id) {
    const ticket = this.asked;
    const isShown = () => ticket === this.asked && this.dialog.open && this.id === id;
    if (!isShown()) return;
    const html = await get(`${pathOf(id)}/detail`).catch((refusal) => {
      if (refusal.isUnanswered) throw refusal;
      if (!isShown()) return "";
      say("This run was deleted.");
      this.dialog.close();
      return "";
    });
    if (html && isShown()) this.update(fragment(html));
  }

  update(content) {
    tellTimes(content);
    tick(content);
    this.updateOwn(content);
    for (const fresh of content.querySelectorAll("[data-part]")) {
      patch(this.part(`[data-part="${fresh.dataset.part}"]`), fresh);
    }
  }

  // What another tab wrote to the user's own words; what is being typed here stays.
  updateOwn(fresh) {
    const isTheirs = (name) => !(name in this.unsaved) && document.activeElement?.name !== name;
    for (const name of OWN.filter(isTheirs)) {
      const [now, before] = [fresh, this.dialog].map((it) => it.querySelector(`[name="${name}"]`));
      before.value = now.defaultValue;
    }
    const star = fresh.querySelector('[data-do="favourite"]');
    if (!("favourite" in this.unsaved)) this.part('[data-do="favourite"]').ariaPressed = star.ariaPressed;
  }

  save() {
    clearTimeout(this.soon);
    const [id, own] = [this.id, this.unsaved];
    if (!Object.keys(own).length) return;
    this.unsaved = {};
    this.trying(async () => {
      await send("PATCH", pathOf(id), own);
      if (this.id === id) this.part(".saved").textContent = "saved";
      this.around.changed(id);
    });
  }

  async trying(work) {
    try {
      await work();
    } catch (error) {
      say(error.message);
    }
  }

  async act(wish, button) {
    const { form } = this.part(".detail-body").dataset;
    const actions = {
      previous: () => this.go(-1),
      next: () => this.go(1),
      close: () => this.dialog.close(),
      favourite: () => this.star(button),
      open: () => openRun(form, this.id),
      plan: () => openRun(form, button.dataset.planId),
      delete: () => this.delete(this.id),
    };
    await this.trying(actions[wish]);
  }

  star(button) {
    const favourite = button.ariaPressed !== "true";
    button.ariaPressed = String(favourite);
    this.unsaved.favourite = favourite;
    this.save();
  }

  async delete(id) {
    const ticket = this.asked;
    const next = await this.around.delete([id]);
    if (next === id || ticket !== this.asked) return;
    if (next) this.open(next);
    else this.dialog.close();
  }

  // The card of a run that was made from this one.
  async show(html) {
    const { run } = fragment(html).querySelector(".run-card").dataset;
    await this.around.arrived();
    this.open(run);
  }

  listen() {
    const look = inTurn(([id]) => this.refresh(id), 1);
    // The words of the card may change with the time alone.
    setInterval(() => this.dialog.open && this.part("[data-look-in-s]") && look([this.id]), LOOK_AGAIN_MS);
    hear(this.dialog, (news) => this.dialog.open && news.has(this.id) && look([this.id]));
    listenToCards(this.content, {
      put: () => this.open(this.id),
      show: (html) => this.show(html),
      fill: fillForm,
    });
    for (const name of DEPARTURES) listen(name, this.dialog, () => this.dialog.close());
    closeByClickBeside(this.dialog);
    this.dialog.addEventListener("click", (event) => {
      const relative = event.target.closest(".family a");
      if (relative) {
        event.preventDefault();
        return this.open(relative.dataset.run);
      }
      const button = event.target.closest("[data-do]");
      if (button) this.act(button.dataset.do, button);
    });
    this.dialog.addEventListener("input", ({ target }) => {
      if (!OWN.includes(target.name)) return;
      this.unsaved[target.name] = target.value;
      this.part(".saved").textContent = "";
      clearTimeout(this.soon);
      this.soon = setTimeout(() => this.save(), TYPING_PAUSE_MS);
    });
    this.dialog.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (event.key === "Enter" && event.target.name === "title") this.save();
      if (!step || event.target.closest(KEYS_OF_THEIR_OWN) || event.altKey) return;
      event.preventDefault();
      this.go(step);
    });
    this.dialog.addEventListener("close", () => {
      this.save();
      const { id } = this;
      this.asked += 1;
      this.content.replaceChildren();
      this.around.closed(id);
    });
  }
}
