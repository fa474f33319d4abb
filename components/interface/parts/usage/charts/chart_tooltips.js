// A chart's figures, told beside its marks: under the pointer, by touch, and by arrow keys.

import { all, one } from "../../../browser/drawing/elements.js";

const GAP_PX = 10;
/** @type {Record<string, number>} */
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity };

/**
 * Without this script the browser shows titles by itself; with it there would be two.
 * @param {Element} mark
 */
const takeTitle = (mark) => {
  const title = one(mark, "title", SVGTitleElement);
  const lines = (title.textContent ?? "").split("\n");
  mark.setAttribute("aria-label", lines.join("; "));
  title.remove();
  return lines;
};

/** @param {string} text @param {string} [look] */
const line = (text, look) => {
  const element = document.createElement("span");
  element.textContent = text;
  if (look) element.className = look;
  return element;
};

/** @param {HTMLElement} tip @param {Element} mark @param {Element} chart */
const put = (tip, mark, chart) => {
  const [box, frame] = [mark.getBoundingClientRect(), chart.getBoundingClientRect()];
  const room = frame.width - tip.offsetWidth;
  const isRow = box.width > frame.width / 2;
  const after = box.right - frame.left + GAP_PX;
  const left = isRow ? room / 2 : after <= room ? after : box.left - frame.left - GAP_PX - tip.offsetWidth;
  tip.style.left = `${Math.max(0, Math.min(room, left))}px`;
  tip.style.top = `${(isRow ? box.bottom : box.top) - frame.top}px`;
};

/** @param {Element} chart */
export const tipsFor = (chart) => {
  const marks = all(chart, ".mark", SVGElement);
  const lines = new Map(marks.map((mark) => [mark, takeTitle(mark)]));
  const tip = document.createElement("div");
  tip.className = "chart-tip";
  tip.setAttribute("aria-hidden", "true");
  tip.hidden = true;
  chart.append(tip);

  const hide = () => {
    tip.hidden = true;
  };

  /** @param {SVGElement} mark */
  const show = (mark) => {
    const [heading, ...rest] = lines.get(mark) ?? [];
    // A column has a bar for each line; a row has one colour, and lines about it.
    const looks = mark.closest(".column-plot") ? [...mark.querySelectorAll(".bar")].map((bar) => bar.classList[1]) : [];
    tip.replaceChildren(line(heading, "heading"), ...rest.map((text, at) => line(text, looks[at])));
    tip.hidden = false;
    put(tip, mark, chart);
  };

  for (const mark of marks) {
    mark.addEventListener("pointerenter", () => show(mark));
    mark.addEventListener("pointerleave", (left) => {
      const event = /** @type {PointerEvent} */ (left);
      return event.pointerType === "mouse" && hide();
    });
    mark.addEventListener("focus", () => show(mark));
    mark.addEventListener("blur", hide);
  }

  chart.addEventListener("keydown", (pressed) => {
    const event = /** @type {KeyboardEvent} */ (pressed);
    if (event.key === "Escape") return hide();
    const at = marks.findIndex((it) => it === event.target);
    if (at < 0 || !(event.key in STEPS)) return;
    event.preventDefault();
    const next = marks[Math.max(0, Math.min(marks.length - 1, at + STEPS[event.key]))];
    marks[at].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
};
