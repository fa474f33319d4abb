// History: listed when its tab is opened and whenever a filter changes; a click opens a run.

import { openRun } from "./places.js";
import { fragment, get } from "./server.js";

const TYPING_PAUSE_MS = 250;

export const mount = (element) => {
  const filters = element.querySelector("form");
  const grid = element.querySelector(".history");
  let asked = 0;
  let soon;

  const list = async (cursor = "") => {
    const ticket = ++asked;
    const query = new URLSearchParams(new FormData(filters));
    query.set("cursor", cursor);
    const html = await get(`/history?${query}`).catch(() => null);
    if (ticket !== asked || html === null) return;
    if (cursor) grid.querySelector("[data-cursor]").replaceWith(fragment(html));
    else grid.innerHTML = html;
  };

  filters.addEventListener("submit", (event) => event.preventDefault());
  filters.addEventListener("input", () => {
    clearTimeout(soon);
    soon = setTimeout(list, TYPING_PAUSE_MS, "");
  });
  grid.addEventListener("click", (event) => {
    const older = event.target.closest("[data-cursor]");
    if (older) return list(older.dataset.cursor);
    const card = event.target.closest("[data-run]");
    if (card) openRun(card.dataset.form, card.dataset.run);
  });
  // Its tab is mounted once and shown many times: what was made meanwhile is listed then.
  new IntersectionObserver(([seen]) => seen.isIntersecting && list()).observe(element);
};
