// Compare: runs are chosen, laid side by side by the server, and named in the page's address.

import { currentPlace, goOn, register, rename } from "../../browser/navigation/address.js";
import { atMostEvery, hear } from "../../browser/server/live_updates.js";
import { recall, remember } from "../../browser/server/browser_storage.js";
import { linkTo, listen, openRun } from "../../browser/navigation/navigation.js";
import { all, one, within } from "../../browser/drawing/elements.js";
import { openAdding } from "../feed/showcasing/add_to_showcase.js";
import { redraw } from "../../browser/drawing/patch.js";
import { Player } from "../../widgets/comparison/playback/player.js";
import { fragment, get } from "../../browser/server/server.js";
import { freshView, Stage } from "../../widgets/comparison/stage.js";

/** @import { View } from "../../widgets/comparison/stage.js" */

const TYPING_PAUSE_MS = 250;
const LIST_AGAIN_MS = 2000;
const AWAITED_MS = 2000;

/** @param {string | undefined} named @returns {string[]} */
const idsIn = (named) => (named ?? "").split(",").filter(Boolean);

/** @param {string} spec */
const runOf = (spec) => spec.split("~")[0];

class Compare {
  /**
   * `letters` name the sides, and say how many there can be.
   * @param {HTMLElement} element
   * @param {string} letters
   */
  constructor(element, letters) {
    this.element = element;
    this.letters = letters;
    this.strip = one(element, ".strip");
    this.chooser = one(element, ".chooser");
    this.place = one(element, ".compared");
    this.details = one(element, ".compared-details");
    this.empty = [...this.place.children];
    /** @type {string[]} */
    this.specs = [];
    /** @type {string[] | null} */
    this.drawn = null;
    /** @type {Stage | null} */
    this.stage = null;
    /** @type {Player | null} */
    this.player = null;
    this.asked = 0;
    this.listed = 0;
    this.view = freshView();
  }

  get isShown() {
    return this.element.offsetParent !== null;
  }

  // What stands side by side now: a run alone was taken apart by the server.
  get sides() {
    return this.rows.map((it) => it.dataset.spec ?? "");
  }

  get rows() {
    return all(this.details, "[data-spec]");
  }

  listen() {
    const search = one(this.element, "[type=search]", HTMLInputElement);
    search.addEventListener("input", () => {
      clearTimeout(this.soon);
      this.soon = setTimeout(() => this.list(search.value), TYPING_PAUSE_MS);
    });
    this.element.addEventListener("click", (event) => this.clicked(event));
    this.details.addEventListener("change", (event) => {
      if (event.target instanceof HTMLSelectElement && event.target.matches("[data-pick]")) this.pick(event.target);
    });
    /** @param {KeyboardEvent} event */
    const pressed = (event) => {
      const { target } = event;
      const isHere = target instanceof Node && (this.element.contains(target) || target === document.body);
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

  /**
   * What others make can be chosen, and what is compared may come to its end or be deleted.
   * @param {HTMLInputElement} search
   */
  keepCurrent(search) {
    const look = atMostEvery(LIST_AGAIN_MS, () => this.isShown && this.list(search.value));
    hear(this.element, (news) => {
      look();
      if (this.isShown && this.specs.some((spec) => news.has(runOf(spec)))) this.draw();
    });
    listen("reach", this.element, ({ reached }) => reached && this.isShown && (look(), this.draw()));
  }

  /** @param {string} text */
  async list(text) {
    const ticket = ++this.listed;
    const html = await get(`/comparisons/strip?text=${encodeURIComponent(text)}`).catch(() => null);
    // An answer to what was typed before may come late.
    if (html === null || ticket !== this.listed) return;
    redraw(this.strip, html);
    this.mark();
  }

  // A run has one letter, by the order of choosing, wherever it is shown.
  mark() {
    /** @type {[string, string][]} */
    const named = this.specs.map((spec, place) => [runOf(spec), this.letters[place]]);
    const letters = new Map(named.toReversed());
    for (const button of all(this.strip, "[data-run]")) {
      const letter = letters.get(button.dataset.run ?? "") ?? "";
      button.setAttribute("aria-pressed", String(Boolean(letter)));
      Object.assign(one(button, ".letter"), { textContent: letter }).dataset.letter = letter;
    }
  }

  get named() {
    return { compare: this.specs.join(",") };
  }

  /**
   * Open to choose from, or a button under the stage.
   * @param {boolean} isOpen
   */
  unfold(isOpen) {
    this.chooser.hidden = !isOpen;
    const button = one(this.element, "[data-action=choose]");
    button.setAttribute("aria-expanded", String(isOpen));
    if (button.parentElement) button.parentElement.hidden = !this.specs.length;
    this.stage?.fit();
  }

  /** @param {string[]} specs @param {View} [view] */
  async show(specs, view = freshView()) {
    this.specs = specs;
    this.view = view;
    remember("compare", specs);
    this.mark();
    this.say("");
    if (currentPlace().tab === "compare") goOn({ tab: "compare", ...this.named });
    one(this.element, ".compare-link").hidden = !specs.length;
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
    const [old] = all(this.place, ".comparison");
    const fresh = content ? all(content, ".comparison")[0] : undefined;
    this.isAwaited = Boolean(fresh?.matches("[data-awaited]"));
    if (this.isAwaited && this.isShown) this.later = setTimeout(() => this.draw(), AWAITED_MS);
    const isSame = old && fresh && this.drawn === specs && old.dataset.signature === fresh.dataset.signature;
    if (isSame) return;
    this.drawn = specs;
    this.player?.pause();
    this.stage?.leave();
    this.details.replaceChildren(...(fresh ? [one(fresh, ".comparison-details")] : []));
    this.place.replaceChildren(...(content ? [content] : this.empty));
    this.stage = fresh?.querySelector(".stage") ? new Stage(fresh, this.view) : null;
    this.player = fresh?.querySelector("video") ? new Player(fresh) : null;
  }

  /** @param {Error} error */
  sentence(error) {
    const said = Object.assign(document.createElement("p"), { className: "problem", textContent: error.message });
    const content = document.createDocumentFragment();
    content.append(said);
    return content;
  }

  /** @param {Event} event */
  clicked(event) {
    const chosen = within(event, ".strip-run");
    if (chosen) return this.toggle(chosen.dataset.run ?? "");
    const button = within(event, "[data-action]");
    const side = button?.closest("[data-spec]");
    /** @type {Record<string, () => unknown>} */
    const actions = {
      choose: () => this.unfold(Boolean(this.chooser.hidden)),
      showcase: () => this.toShowcase(),
      copy: () => this.copy(),
      clear: () => this.show([]),
      open: () => openRun(button?.dataset.form ?? "", button?.dataset.run ?? ""),
      remove: () => side && this.remove(side),
    };
    return actions[button?.dataset.action ?? ""]?.();
  }

  // What is seen now: one run alone has been taken apart into its sides.
  toShowcase() {
    const specs = this.sides;
    const kind = specs.length > 1 ? "comparison" : "results";
    return openAdding({ kind, specs }).catch((error) => this.say(error.message));
  }

  /** @param {string} id */
  toggle(id) {
    const others = this.specs.filter((spec) => runOf(spec) !== id);
    if (others.length < this.specs.length) return this.show(others);
    // Two results of one run have letters of their own; a source that came with it has none.
    const isPair = this.specs.length === 1 && this.sides.every((it) => !it.includes("~s"));
    const chosen = isPair && this.sides.length ? this.sides : this.specs;
    if (chosen.length < this.letters.length) return this.show([...chosen, id]);
    return this.say(`At most ${this.letters.length} at once: take one out first.`);
  }

  /** @param {Element} side */
  remove(side) {
    const place = this.rows.findIndex((it) => it === side);
    return this.show(this.specs.length === 1 ? [] : this.sides.filter((_, at) => at !== place));
  }

  /**
   * Another picture or clip of the same run, seen at the same place and as large.
   * @param {HTMLSelectElement} select
   */
  pick(select) {
    const { sides } = this;
    sides[this.rows.findIndex((it) => it.contains(select))] = select.value;
    return this.show(sides, this.view);
  }

  /** @param {string} sentence */
  say(sentence) {
    one(this.element, "[data-said]").textContent = sentence;
  }

  async copy() {
    const isCopied = await navigator.clipboard?.writeText(linkTo(location.search)).then(() => true, () => false);
    this.say(isCopied ? "Copied." : "This browser does not let the page copy: copy its address from the address bar.");
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!(target instanceof Element) || target.matches("select, textarea, [type=search]")) return;
    if (key.startsWith("Arrow") && target.matches("[type=radio]")) return;
    if (key === " " && target.matches("button, a, summary, [type=checkbox]")) return;
    if (this.player?.pressed(event) || this.stage?.pressed(event)) event.preventDefault();
  }
}

/** @param {HTMLElement} element @param {{letters: string}} facts */
export const mount = (element, { letters }) => {
  const compare = new Compare(element, letters);
  compare.listen();
  /**
   * Who comes to see a comparison wants to see that, and not what else there is to choose.
   * @param {string[]} ids
   */
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
