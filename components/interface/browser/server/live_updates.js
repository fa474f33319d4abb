// What changed since the page last looked: asked for once for all its parts, and once for all tabs of a
// browser. Whoever asked tells the others; a tab that hears nothing for as long as it would wait asks by
// itself, so it matters little which one sleeps in the background or was closed.

import { get } from "./server.js";

/** @import { Changes } from "./wire" */
/** @typedef {{ids: string[], made: string[], isAll: boolean, has: (id: string) => boolean}} News */

const ASK_MS = 1000;
const ASK_AT_REST_MS = 2000;
const ASK_HIDDEN_MS = 5000;
const ASK_AWAY_MS = 3000;
// Who asked goes on asking: the others wait a little longer.
const YIELD_MS = 400;

/** @type {Set<{element: HTMLElement, heard: (news: News) => unknown}>} */
const parts = new Set();
const tabs = "BroadcastChannel" in window ? new BroadcastChannel("playground-changes") : null;
// What was told lately, and how much ever was.
const MOST_TOLD = 50;
/** @type {News[]} */
const told = [];
let count = 0;
let known = "";
/** @type {number | undefined} */
let next;

/** @param {boolean} isAsker */
const pauseMs = (isAsker) => {
  if (document.hidden) return ASK_HIDDEN_MS + YIELD_MS;
  const isAwaiting = document.querySelector("[data-active]");
  return (isAwaiting ? ASK_MS : ASK_AT_REST_MS) + (isAsker ? 0 : YIELD_MS * (1 + Math.random()));
};

/** @param {number} ms */
const askIn = (ms) => {
  clearTimeout(next);
  next = setTimeout(ask, ms);
};

// `isAll`: anything may have changed. `has(id)`: whether this run, or plan, is among what did. `made` are
// the ids of the runs that are new.
/** @param {Partial<Changes>} answer @returns {News} */
const newsOf = (answer) => {
  const ids = new Set(answer.ids ?? []);
  const isAll = Boolean(answer.all);
  return { ids: [...ids], made: answer.new ?? [], isAll, has: (id) => isAll || ids.has(id) };
};

// What was told while an answer was on its way may be newer than the answer: whoever shows one looks once
// more at what was `toldSince(number)`, the number being what was `toldSoFar()` when it was asked for.
export const toldSoFar = () => count;

/** @param {number} number */
export const toldSince = (number) => {
  const missed = number < count ? told.slice(number - count) : [];
  return newsOf({
    ids: missed.flatMap((it) => it.ids),
    new: missed.flatMap((it) => it.made),
    all: missed.length < count - number || missed.some((it) => it.isAll),
  });
};

/** @param {News} news */
const tell = (news) => {
  count += 1;
  told.push(news);
  if (told.length > MOST_TOLD) told.shift();
  for (const part of parts) {
    if (part.element.isConnected) part.heard(news);
    else parts.delete(part);
  }
};

/** @param {Changes} answer */
const take = (answer) => {
  const isFirst = !known;
  known = answer.now;
  if (!isFirst) tell(newsOf(answer));
};

async function ask() {
  clearTimeout(next);
  const since = known;
  try {
    const answer = (await get(`/changes?since=${encodeURIComponent(since)}`)) || { now: since };
    tabs?.postMessage({ ...answer, since });
    if (since === known && answer.now !== known) take(answer);
    askIn(pauseMs(true));
  } catch {
    askIn(ASK_AWAY_MS);
  }
}

tabs?.addEventListener("message", ({ data }) => {
  if (!known) return;
  if (data.since === known) {
    if (data.now !== known) take(data);
  } else if (data.now !== known) {
    // The other tab had heard of something else than this one.
    askIn(0);
    return;
  }
  askIn(pauseMs(false));
});

document.addEventListener("visibilitychange", () => document.hidden || askIn(0));

// What the parts show first is fetched after this, so that nothing falls in between.
export const started = ask();

// Looks at runs by their ids, one request after the other; what comes up meanwhile is looked at together
// after it. What could not be looked at is looked at when the server answers again.
/** @param {(ids: string[]) => Promise<unknown>} look @param {number} most */
export const inTurn = (look, most) => {
  /** @type {Set<string>} */
  const wanted = new Set();
  let isLooking = false;
  const go = async () => {
    if (isLooking) return;
    isLooking = true;
    while (wanted.size) {
      const ids = [...wanted].slice(0, most);
      for (const id of ids) wanted.delete(id);
      const isDone = await look(ids).then(() => true, () => false);
      if (isDone) continue;
      for (const id of ids) wanted.add(id);
      break;
    }
    isLooking = false;
  };
  document.addEventListener("playground:reach", (event) => /** @type {CustomEvent} */ (event).detail.reached && go());
  /** @param {Iterable<string>} ids */
  return (ids) => {
    for (const id of ids) wanted.add(id);
    return go();
  };
};

// What is told often is done now and then: soon after the first time, and once more for all that follow.
/** @param {number} ms @param {() => unknown} act */
export const atMostEvery = (ms, act) => {
  /** @type {number | null} */
  let planned = null;
  let lastMs = -ms;
  return () => {
    planned ??= setTimeout(() => {
      planned = null;
      lastMs = performance.now();
      act();
    }, Math.max(0, lastMs + ms - performance.now()));
  };
};

// `heard(news)` is called whenever something changed, for as long as the element is on the page.
/** @param {HTMLElement} element @param {(news: News) => unknown} heard */
export const hear = (element, heard) => parts.add({ element, heard });
