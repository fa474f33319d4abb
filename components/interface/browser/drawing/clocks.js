// What changes with the time alone: how long a run has been going on, how far it probably is, how old it is.

import { all, one } from "./elements.js";

/** @typedef {HTMLElement & {told?: string, toldMs?: number}} Told */

const BAR_FROM = 2;
// Where the bar waits when a run takes longer than expected: it never claims to be finished.
const BAR_TO = 97;
const BAR_AT_EXPECTED = 95;
/** @type {[number, string][]} */
const UNITS = [[86400, "day"], [3600, "hour"], [60, "minute"]];

// Seconds that the server told in this attribute, and those that went by since, also while the machine slept.
/** @param {Told} node @param {string} name */
const secondsOf = (node, name) => {
  if (node.told !== node.dataset[name]) {
    node.told = node.dataset[name];
    node.toldMs = Date.now() - 1000 * Number(node.told);
  }
  return (Date.now() - (node.toldMs ?? 0)) / 1000;
};

/** @param {number} seconds */
const clockText = (seconds) => {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

/** @param {number} seconds */
const ageText = (seconds) => {
  for (const [unitS, unit] of UNITS) {
    const count = Math.floor(seconds / unitS);
    if (count) return `${count.toLocaleString("en")} ${unit}${count === 1 ? "" : "s"} ago`;
  }
  return "just now";
};

/** @param {Node} node @param {string} text */
const write = (node, text) => {
  if (node.textContent !== text) node.textContent = text;
};

/** @param {Told} bar */
const moveBar = (bar) => {
  const share = secondsOf(bar, "sentS") / Number(bar.dataset.expectedS);
  const percent = String(Math.min(BAR_TO, Math.max(BAR_FROM, Math.round(BAR_AT_EXPECTED * share))));
  if (bar.getAttribute("aria-valuenow") === percent) return;
  bar.setAttribute("aria-valuenow", percent);
  one(bar, ":scope > *").style.width = `${percent}%`;
};

/** @param {ParentNode} [root] */
export const tick = (root = document) => {
  for (const node of all(root, "[data-elapsed-s]")) write(node, clockText(secondsOf(node, "elapsedS")));
  for (const node of all(root, "[data-age-s]")) write(node, ageText(secondsOf(node, "ageS")));
  for (const bar of all(root, "[data-sent-s]")) moveBar(bar);
};

setInterval(() => document.hidden || tick(), 500);
