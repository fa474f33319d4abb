// How large the stage can be, so that it and its controls are seen without scrolling.

import { all } from "../../browser/drawing/elements.js";

const GAP_PX = 8;
const LEAST_SHARE = 0.4;
const FOOT_PX = 8;

const FULL_SCREEN_PADDING_PX = 28;
const FULL_SCREEN_GAP_PX = 12;

/**
 * Width and height in pixels: what the window leaves under the tabs, and above the controls.
 * @param {HTMLElement} stage
 * @param {HTMLElement} viewing
 * @param {HTMLElement} whole
 */
export const roomFor = (stage, viewing, whole) => {
  if (document.fullscreenElement === viewing) {
    const others = all(viewing, ":scope > *").filter((it) => it !== stage);
    const taken = others.reduce((sum, it) => sum + it.offsetHeight + FULL_SCREEN_GAP_PX, FULL_SCREEN_PADDING_PX);
    return { width: innerWidth - FULL_SCREEN_PADDING_PX, height: Math.max(innerHeight - taken, 1) };
  }
  const here = stage.getBoundingClientRect();
  const above = whole.getBoundingClientRect().top + scrollY;
  const end = whole.querySelector(".choosing") ?? viewing;
  const below = end.getBoundingClientRect().bottom - here.bottom;
  const height = innerHeight - above - below - FOOT_PX;
  // Where one of many stands far down a page, nothing is left above it: the page says how much it gets.
  const leastShare = Number(whole.dataset.leastShare ?? LEAST_SHARE);
  return { width: viewing.clientWidth, height: Math.max(height, leastShare * innerHeight) };
};

/**
 * Panes in as many columns as make them largest: all in one row as high as each other, else all of the
 * first one's shape.
 * @param {number[]} ratios
 * @param {{width: number, height: number}} room
 */
export const bestColumns = (ratios, { width, height }) => {
  const layouts = ratios.map((_, at) => {
    const columns = at + 1;
    const rows = Math.ceil(ratios.length / columns);
    const widths = rows === 1 ? ratios : Array(columns).fill(ratios[0]);
    const across = widths.reduce((sum, it) => sum + it, 0);
    const gaps = GAP_PX * (columns - 1);
    const paneHeight = Math.min((width - gaps) / across, (height - GAP_PX * (rows - 1)) / rows);
    return {
      paneHeight,
      width: paneHeight * across + gaps,
      tracks: widths.map((it) => `${it}fr`).join(" "),
      ratio: rows === 1 ? null : ratios[0],
    };
  });
  return layouts.reduce((best, it) => (it.paneHeight > best.paneHeight ? it : best));
};
