// Compare: runs are chosen, laid side by side by the server, and named in the page's address.

import { currentPlace, goOn, register, rename } from "../../browser/navigation/address.js";
import { atMostEvery, hear } from "../../browser/server/live_updates.js";
import { recall, remember } from "../../browser/server/browser_storage.js";
import { linkTo, listen, openRun } from "../../browser/navigation/navigation.js";
import { redraw } from "../../browser/drawing/patch.js";
import { Player } from "../../widgets/comparison/player.js";
import { fragment, get } from "../../browser/server/server.js";
import { freshView, Stage } from "../../widgets/comparison/stage.js";

const TYPING_PAUSE_MS = 250;
const LIST_AGAIN_MS = 2000;
const AWAITED_MS = 2000;

const idsIn = (named) => (named ?? "").split(",").filter(Boolean);

const runOf = (spec) => spec.split("~")[0];

class Compare {
  // `letters` name the sides, and say how many there can be.
  constructor(element, letters) {
    this.element = element;
    this.letters = letters;
    this.strip = element.querySelector(".strip");
    this.chooser = element.querySelector(".chooser");
    this.place = element.querySelector(".compared");
    this.details = element.querySelector(".compared-details");
    this.empty = [...this.place.children];
    this.specs = [];
    this.asked = 0;
    this.view = freshView();
  }

  get isShown() {
    return this.element.offsetParent !== null;
  }

  // What stands side by side now: a run alone was taken apart by the server.
  get sides() {
    return this.rows.map((it) => it.dataset.spec);
  }

  get rows() {
    return [...this.details.querySelectorAll("[data-spec]")];
  }

  listen() {
    const search = this.element.querySelector("[type=search]");
    search.addEventListener("input", () => {
      clearTimeout(this.soon);
      this.soon = setTimeout(() => this.list(search.value), TYPING_PAUSE_MS);
    });
    this.element.addEventListener("click", (event) => this.clicked(event));
    this.details.addEventListener("change", (event) => {
      if (event.target.matches("[data-pick]")) this.pick(event.target);
    });
    const pressed = (event) => {
      const isHere = this.element.contains(event.target) || event.target === document.body;
      if (isHere && this.isShown) this.pressed(event);
      if (!this.element.isConnected) document.removeEventListener("keydown", pressed);
    };
    document.addEventListener("keydown", pressed);
    this.keepCurrent(search);
    // Its tab is mounted once and shown many times: what was made meanwhile is listed then.
    new IntersectionObserver(() => {
      if (!this.isShown) return this.player?.pause();
      if (this.isAwaited) this.draw();
      return this.list(search.value);
    }).observe(this.element);
  }

  // What others make can be chosen, and what is compared may come to its end or be deleted.
  keepCurrent(search) {
    const look = atMostEvery(LIST_AGAIN_MS, () => this.isShown && this.list(search.value));
    hear(this.element, (news) => {
      look();
      if (this.isShown && this.specs.some((spec) => news.has(runOf(spec)))) this.draw();
    });
    listen("reach", this.element, ({ reached }) => reached && this.isShown && (look(), this.draw()));
  }

  async list(text) {
    const html = await get(`/comparisons/strip?text=${encodeURIComponent(text)}`).catch(() => null);
    if (html === null) return;
    redraw(this.strip, html);
    this.mark();
  }

  // A run has one letter, by the order of choosing, wherever it is shown.
  mark() {
    const letters = new Map(this.specs.map((spec, place) => [runOf(spec), this.letters[place]]).reverse());
    for (const button of this.strip.querySelectorAll("[data-run]")) {
      const letter = letters.get(button.dataset.run) ?? "";
      button.setAttribute("aria-pressed", String(Boolean(letter)));
      Object.assign(button.querySelector(".letter"), { textContent: letter }).dataset.letter = letter;
    }
  }

  get named() {
    return { compare: this.specs.join(",") };
  }

  // Open to choose from, or a button under the stage.
  unfold(isOpen) {
    this.chooser.hidden = !isOpen;
    const button = this.element.querySelector("[data-action=choose]");
    button.setAttribute("aria-expanded", String(isOpen));
    button.parentElement.hidden = !this.specs.length;
    this.stage?.fit();
  }

  async show(specs, view = freshView()) {
    this.specs = specs;
    this.view = view;
    remember("compare", specs);
    this.mark();
    this.say("");
    if (currentPlace().tab === "compare") goOn({ tab: "compare", ...this.named });
    this.element.querySelector(".compare-link").hidden = !specs.length;
    this.unfold(!specs.length || !this.chooser.hidden);
    await this.draw();
  }

  async draw() {
    const ticket = ++this.asked;
    clearTimeout(this.later);
    const { specs } = this;
    const path = `/comparisons?ids=${encodeURIComponent(specs.join(","))}`;
    const content = specs.length ? await get(path).then(fragment, this.sentence) : null;
    if (ticket !== this.asked) return;
    const old = this.place.querySelector(".comparison");
    const fresh = content?.querySelector(".comparison");
    this.isAwaited = Boolean(fresh?.matches("[data-awaited]"));
    if (this.isAwaited && this.isShown) this.later = setTimeout(() => this.draw(), AWAITED_MS);
    const isSame = old && fresh && this.drawn === specs && old.dataset.signature === fresh.dataset.signature;
    if (isSame) return;
    this.drawn = specs;
    this.player?.pause();
    this.stage?.leave();
    this.details.replaceChildren(...(fresh ? [fresh.querySelector(".comparison-details")] : []));
    this.place.replaceChildren(...(content ? [content] : this.empty));
    this.stage = fresh?.querySelector(".stage") ? new Stage(fresh, this.view) : null;
    this.player = fresh?.querySelector("video") ? new Player(fresh) : null;
  }

  sentence(error) {
    const said = Object.assign(document.createElement("p"), { className: "problem", textContent: error.message });
    const content = document.createDocumentFragment();
    content.append(said);
    return content;
  }

  clicked(event) {
    const chosen = event.target.closest(".strip-run");
    if (chosen) return this.toggle(chosen.dataset.run);
    const button = event.target.closest("[data-action]");
    const actions = {
      choose: () => this.unfold(this.chooser.hidden),
      copy: () => this.copy(),
      clear: () => this.show([]),
      open: () => openRun(button.dataset.form, button.dataset.run),
      remove: () => this.remove(button.closest("[data-spec]")),
    };
    return actions[button?.dataset.action]?.();
  }

  toggle(id) {
    const others = this.specs.filter((spec) => runOf(spec) !== id);
    if (others.length < this.specs.length) return this.show(others);
    // Two results of one run have letters of their own; a source that came with it has none.
    const isPair = this.specs.length === 1 && this.sides.every((it) => !it.includes("~s"));
    const chosen = isPair && this.sides.length ? this.sides : this.specs;
    if (chosen.length < this.letters.length) return this.show([...chosen, id]);
    return this.say(`At most ${this.letters.length} at once: take one out first.`);
  }

  remove(side) {
    const place = [...side.parentElement.children].indexOf(side);
    return this.show(this.specs.length === 1 ? [] : this.sides.filter((_, at) => at !== place));
  }

  // Another picture or clip of the same run, seen at the same place and as large.
  pick(select) {
    const { sides } = this;
    sides[this.rows.indexOf(select.closest("[data-spec]"))] = select.value;
    return this.show(sides, this.view);
  }

  say(sentence) {
    this.element.querySelector("[data-said]").textContent = sentence;
  }

  async copy() {
    const isCopied = await navigator.clipboard?.writeText(linkTo(location.search)).then(() => true, () => false);
    this.say(isCopied ? "Copied." : "This browser does not let the page copy: copy its address from the address bar.");
  }

  pressed(event) {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.matches("select, textarea, [type=search]")) return;
    if (key.startsWith("Arrow") && target.matches("[type=radio]")) return;
    if (key === " " && target.matches("button, a, summary, [type=checkbox]")) return;
    if (this.player?.pressed(event) || this.stage?.pressed(event)) event.preventDefault();
  }
}

export const mount = (element, { letters }) => {
  const compare = new Compare(element, letters);
  compare.listen();
  // Who comes to see a comparison wants to see that, and not what else there is to choose.
  const open = (ids) => {
    compare.unfold(false);
    return compare.show(ids);
  };
  listen("compare", element, ({ ids }) => open(ids));
  const { compare: named } = register("compare", {
    name: () => compare.named,
    show: (values) => (values.compare ?? "") !== compare.named.compare && compare.show(idsIn(values.compare)),
    title: () => compare.specs.length > 1 && `${compare.specs.length} runs side by side`,
  });
  if (named) return open(idsIn(named));
  const ids = recall("compare", []);
  if (currentPlace().tab === "compare") rename({ tab: "compare", compare: ids.join(",") });
  return ids.length ? open(ids) : compare.show(ids);
};
