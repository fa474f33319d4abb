// Usage: figures of the chosen days, drawn by the server whenever the tab is opened or the days change.

import { currentPlace, goOn, register, rename } from "../../browser/navigation/address.js";
import { all, one } from "../../browser/drawing/elements.js";
import { tipsFor } from "./charts/chart_tooltips.js";
import { atMostEvery, hear } from "../../browser/server/live_updates.js";
import { recall, remember } from "../../browser/server/browser_storage.js";
import { listen } from "../../browser/navigation/navigation.js";
import { get } from "../../browser/server/server.js";

/** @typedef {Record<string, string>} Range */

const DRAW_AGAIN_MS = 5000;

/** @param {HTMLElement} element */
export const mount = (element) => {
  const form = one(element, "form", HTMLFormElement);
  const dates = one(element, ".usage-dates");
  const problem = one(element, "#usage-problem");
  const place = one(element, ".usage-figures");
  const status = one(element, "[role=status]");
  let asked = 0;
  let drawn = "";

  const fillDates = () => {
    const shown = all(place, "[data-first]")[0];
    if (!shown || form.first.value || form.last.value) return;
    form.first.value = shown.dataset.first;
    form.last.value = shown.dataset.last;
  };

  /** @returns {Range} */
  const chosen = () => {
    const { days, first, last } = Object.fromEntries(new FormData(form));
    return days ? { days: String(days) } : { first: String(first), last: String(last) };
  };

  /** @param {string} sentence */
  const complain = (sentence) => {
    problem.textContent = sentence;
    problem.hidden = !sentence;
  };

  /**
   * The days that are shown by choice are a step that Back undoes.
   * @param {{isNew: boolean}} how
   */
  const name = ({ isNew }) => {
    if (currentPlace().tab === "usage") (isNew ? goOn : rename)({ tab: "usage", ...chosen() });
  };

  const draw = async () => {
    const ticket = ++asked;
    const range = chosen();
    dates.hidden = "days" in range;
    place.setAttribute("aria-busy", "true");
    const answer = await get(`/usage?${new URLSearchParams(range)}`).then(
      (html) => ({ html, sentence: "" }),
      (refusal) => ({ html: null, sentence: refusal.message }),
    );
    if (ticket !== asked) return;
    place.removeAttribute("aria-busy");
    complain(answer.sentence);
    if (answer.html === null) return;
    remember("usage-range", range);
    name({ isNew: false });
    if (answer.html === drawn) return;
    drawn = answer.html;
    const open = [...place.querySelectorAll("details")].map((it) => it.open);
    place.innerHTML = answer.html;
    place.querySelectorAll("details").forEach((it, at) => { it.open = open[at] ?? false; });
    status.textContent = one(place, "[data-said]").dataset.said ?? "";
    for (const chart of place.querySelectorAll(".chart")) tipsFor(chart);
  };

  /** @param {Range} range */
  const restore = ({ days, first = "", last = "" }) => {
    for (const radio of form.days) radio.checked = radio.value === (days ?? "");
    form.first.value = first;
    form.last.value = last;
  };

  /** @param {Range} range */
  const show = ({ days, first, last }) => {
    const wanted = days ? { days } : first && last ? { first, last } : recall("usage-range", { days: form.days.value });
    if (JSON.stringify(wanted) === JSON.stringify(chosen())) return null;
    restore(wanted);
    return draw();
  };
  const { days, first, last } = register("usage", { name: chosen, show });
  restore(days || (first && last) ? { days, first, last } : recall("usage-range", { days: form.days.value }));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.name === "days" && !event.target.value) fillDates();
    name({ isNew: true });
    draw();
  });
  listen("reach", element, ({ reached }) => reached && !problem.hidden && draw());
  // Its tab is mounted once and shown many times: what ended meanwhile is counted then.
  let isSeen = false;
  new IntersectionObserver(([seen]) => {
    isSeen = seen.isIntersecting;
    if (isSeen) draw();
  }).observe(element);
  hear(element, atMostEvery(DRAW_AGAIN_MS, () => isSeen && !document.hidden && draw()));
  document.addEventListener("visibilitychange", () => isSeen && !document.hidden && draw());
};
