// Mouse, fingers and wheel on the stage: they drag the divider, drag the pictures, pinch and zoom.

import { within } from "../../browser/drawing/elements.js";

/** @import { Stage } from "./stage.js" */
/** @typedef {{x: number, y: number}} Point */

const WHEEL_ZOOM = 0.0015;
const PINCHED_WHEEL_ZOOM = 0.01;
const LINE_PX = 16;

/** @param {Point[]} points */
const middleOf = (points) => {
  const [first, second = first] = points;
  return {
    x: (first.x + second.x) / 2,
    y: (first.y + second.y) / 2,
    spread: Math.hypot(first.x - second.x, first.y - second.y),
  };
};

/** @param {Stage} stage @param {Event} event */
const paneOf = (stage, event) => within(event, ".pane") ?? stage.panes.find((it) => !it.hidden) ?? stage.element;

/** @param {Stage} stage */
const listenForPointers = (stage) => {
  const { element } = stage;
  /** @type {Map<number, Point>} */
  const points = new Map();
  /** @type {HTMLElement} */
  let pane;
  let isDividing = false;

  /** @param {PointerEvent} event */
  const divides = (event) =>
    stage.mode === "wipe" && (event.target === stage.divider || stage.view.zoom === 1);

  /** @param {PointerEvent} event */
  const begin = (event) => {
    if (event.button) return;
    if (!points.size) {
      pane = paneOf(stage, event);
      isDividing = divides(event);
      (event.target === stage.divider ? stage.divider : element).focus({ preventScroll: true });
    } else {
      isDividing = false;
    }
    points.set(event.pointerId, { x: event.clientX, y: event.clientY });
    element.setPointerCapture(event.pointerId);
    // A finger may be about to scroll the page: what it means is known when it moves or lifts.
    if (isDividing && event.pointerType === "mouse") stage.divideAt(event.clientX);
  };

  /** @param {PointerEvent} event @returns {void} */
  const move = (event) => {
    if (!points.has(event.pointerId)) return;
    const before = middleOf([...points.values()]);
    points.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (isDividing) return stage.divideAt(event.clientX);
    const now = middleOf([...points.values()]);
    const { left, top, width, height } = pane.getBoundingClientRect();
    if (before.spread) {
      stage.zoomBy(now.spread / before.spread, { x: (before.x - left) / width, y: (before.y - top) / height });
    }
    stage.moveBy((now.x - before.x) / width, (now.y - before.y) / height);
  };

  /** @param {PointerEvent} event */
  const end = (event) => {
    if (!points.delete(event.pointerId)) return;
    if (isDividing && event.type === "pointerup") stage.divideAt(event.clientX);
    isDividing = false;
  };

  element.addEventListener("pointerdown", begin);
  element.addEventListener("pointermove", move);
  element.addEventListener("pointerup", end);
  element.addEventListener("pointercancel", end);
};

/** @param {Stage} stage */
const listenForWheel = (stage) => {
  /** @param {WheelEvent} event */
  const turned = (event) => {
    const pixels = event.deltaY * (event.deltaMode ? LINE_PX : 1);
    const factor = Math.exp(-pixels * (event.ctrlKey ? PINCHED_WHEEL_ZOOM : WHEEL_ZOOM));
    // Nothing to zoom out of: the wheel goes on scrolling the page.
    if (stage.view.zoom === 1 && factor < 1 && !event.ctrlKey) return;
    event.preventDefault();
    const pane = paneOf(stage, event);
    const { left, top, width, height } = pane.getBoundingClientRect();
    stage.zoomBy(factor, { x: (event.clientX - left) / width, y: (event.clientY - top) / height });
  };
  stage.element.addEventListener("wheel", turned, { passive: false });
};

/** @param {Stage} stage */
export const listenForGestures = (stage) => {
  listenForPointers(stage);
  listenForWheel(stage);
};
