// "Add to showcase …": where to, in which way, under which words, and with a link to give away.

import { openDialog, say } from "../../../browser/dialogs/dialog.js";
import { all, make, one, within } from "../../../browser/drawing/elements.js";
import { openShowcase } from "../../../browser/navigation/navigation.js";
import { get, newId, post } from "../../../browser/server/server.js";
import { copy } from "../../../snippets/code_dialog.js";

/** @import { AddBody, Added, Choices, ShowcaseChoice, Way } from "../../../browser/server/wire" */

/**
 * What was chosen: runs as `specs`, each with a "~" and a pick where one is meant, or a plan.
 * @typedef {{ kind: "results" | "comparison" | "plan", specs?: string[], planId?: string }} Chosen
 */

const LOOKED_AT = 12;
const SEARCHED_FROM = 9;
const SAID_MS = 20_000;

/** @param {Chosen} chosen */
const described = ({ kind, specs = [] }) => {
  if (kind === "plan") return "The grid of the plan";
  if (kind === "comparison") return "The comparison";
  return specs.length === 1 ? "1 result" : `${specs.length} results`;
};

/** @param {string} name @param {string} value @param {boolean} isChosen */
const radio = (name, value, isChosen) =>
  make("input", { type: "radio", name, value, checked: isChosen, defaultChecked: isChosen });

/** @param {string} address */
const picture = (address) => make("img", { src: address, alt: "", decoding: "async" });

/** @param {Way[]} ways */
const waysToShow = (ways) =>
  make("fieldset", { className: "field ways", hidden: ways.length < 2 },
    make("legend", { textContent: "Show it as" }),
    make("div", { className: "pills" }, ...ways.map(({ label }, at) =>
      make("label", {}, radio("way", String(at), at === 0), make("span", { textContent: label })))));

/** @param {ShowcaseChoice} showcase */
const known = ({ id, title, about, cover }) =>
  make("label", { className: "place" }, radio("place", id, false),
    make("span", { className: "cover" }, ...(cover ? [picture(cover)] : [])),
    make("span", { className: "place-words" }, make("b", { textContent: title }), make("small", { textContent: about })));

/** @param {string} title */
const fresh = (title) => {
  const box = make("input", { type: "text", name: "title", value: title, autocomplete: "off", maxLength: 120, placeholder: "Its title" });
  box.setAttribute("aria-label", "Title of the new showcase");
  return make("div", { className: "place fresh" },
    make("label", {}, radio("place", "", true), make("span", { textContent: "New showcase" })), box);
};

/** @param {ShowcaseChoice[]} showcases @param {string} title */
const places = (showcases, title) => {
  const search = make("input", { type: "search", placeholder: "a word of the title", hidden: showcases.length < SEARCHED_FROM });
  search.setAttribute("aria-label", "Search the showcases");
  const list = make("div", { className: "places" }, ...showcases.map(known));
  list.hidden = !showcases.length;
  search.addEventListener("input", () => {
    const typed = search.value.trim().toLowerCase();
    for (const place of all(list, ".place")) {
      place.hidden = !one(place, "b").textContent.toLowerCase().includes(typed);
    }
  });
  return make("fieldset", { className: "field where" },
    make("legend", { textContent: "Where" }), fresh(title), search, list);
};

/** @param {Chosen} chosen @param {Choices} offered */
const drawn = (chosen, { title, thumbnails, ways, showcases }) => {
  const isMany = chosen.kind === "results" && (chosen.specs?.length ?? 0) > 1;
  const caption = make("textarea", { name: "caption", rows: 2, maxLength: 500, placeholder: isMany ? "A line under each of them" : "A line under it" });
  const problem = make("p", { className: "problem", hidden: true });
  problem.setAttribute("role", "alert");
  return make("form", { className: "showcasing", noValidate: true },
    make("h2", { textContent: "Add to a showcase" }),
    make("div", { className: "showcasing-what" },
      make("span", { className: "fan" }, ...thumbnails.map(picture)),
      make("span", { textContent: described(chosen) })),
    waysToShow(ways),
    places(showcases, title),
    make("label", { className: "caption" }, make("span", { textContent: "Caption" }), caption),
    problem,
    make("div", { className: "answers" },
      make("button", { type: "submit", className: "plain", value: "", textContent: "Add" }),
      make("button", { type: "submit", className: "primary", value: "link", textContent: "Add and copy link" })));
};

/** @param {Added} added @param {boolean} isCopied */
const sayAdded = ({ showcase_id, url, said }, isCopied) => {
  const link = isCopied ? " The link is copied." : ` The link could not be copied: it is ${url}`;
  const options = { action: "Open showcase", onAction: () => openShowcase(showcase_id), forMs: SAID_MS, leads: true };
  say(url ? said + link : said, options);
};

/** @param {Chosen} chosen */
const choicesFor = ({ kind, specs = [], planId = "" }) => {
  const looked = specs.length > LOOKED_AT ? specs.slice(0, LOOKED_AT) : specs;
  const asked = new URLSearchParams({ kind, specs: looked.join(","), plan_id: planId });
  return /** @type {Promise<Choices>} */ (get(`/showcases/choices?${asked}`));
};

/**
 * Opens the dialog; `added` is told what came of it.
 * @param {Chosen} chosen
 * @param {(added: Added) => unknown} [added]
 */
export const openAdding = async (chosen, added = () => null) => {
  const offered = await choicesFor(chosen);
  const form = drawn(chosen, offered);
  const dialog = openDialog(form, "Add to a showcase");
  // Where one types on the screen, the keys would lie over what there is to choose.
  if (!matchMedia("(hover: none)").matches) one(form, "[name=title]", HTMLInputElement).select();
  const problem = one(form, ".problem");
  // The same wish has the same id, so that asking once more adds nothing twice.
  let asked = { wish: "", id: "" };
  /** @param {boolean} wantsLink @returns {AddBody} */
  const wished = (wantsLink) => {
    /** @type {Record<string, string>} */
    const { way = "", place = "", title = "", caption = "" } = Object.fromEntries(/** @type {any} */ (new FormData(form)));
    const { kind, specs = [] } = { ...chosen, ...offered.ways[way ? Number(way) : -1] };
    const wish = { kind, specs, plan_id: chosen.planId ?? "", showcase_id: place, title: place ? "" : title, caption };
    if (asked.wish !== JSON.stringify(wish)) asked = { wish: JSON.stringify(wish), id: newId() };
    return { ...wish, id: asked.id, wants_link: wantsLink };
  };
  form.addEventListener("focusin", (event) => {
    if (within(event, "[name=title]")) one(form, ".fresh [type=radio]", HTMLInputElement).checked = true;
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = /** @type {HTMLButtonElement} */ (event.submitter ?? one(form, ".answers button"));
    button.disabled = true;
    problem.hidden = true;
    try {
      const told = /** @type {Added} */ (await post("/showcases/add", wished(button.value === "link")));
      const isCopied = Boolean(told.url) && (await copy(told.url));
      dialog.close();
      sayAdded(told, isCopied);
      added(told);
    } catch (error) {
      problem.textContent = /** @type {Error} */ (error).message;
      problem.hidden = false;
    } finally {
      button.disabled = false;
    }
  });
};
