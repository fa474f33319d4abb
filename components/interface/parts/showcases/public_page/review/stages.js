// Comparisons become stages with a slider and clips in step, each when it is nearly seen.

import { all, one } from "../../../../browser/drawing/elements.js";
import { Player } from "../../../../widgets/comparison/playback/player.js";
import { freshView, Stage } from "../../../../widgets/comparison/stage.js";

const AHEAD = "600px 0px";
const LEAST_SHARE = "0.78";

/** @type {WeakMap<Element, Player>} */
const players = new WeakMap();

/** The player of an item that has a stage with clips. @param {Element} item */
export const playerOf = (item) => players.get(item);

/** @param {KeyboardEvent} event @param {Stage} stage @param {Player | undefined} player */
const pressed = (event, stage, player) => {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || !(target instanceof Element)) return;
  if (target.matches("select, .pin") || (key.startsWith("Arrow") && target.matches("[type=radio]"))) return;
  if (key === " " && target.matches("button, [type=checkbox]")) return;
  if (player?.pressed(event) || stage.pressed(event)) event.preventDefault();
};

/** @param {HTMLElement} item @param {HTMLTemplateElement} template */
const stand = (item, template) => {
  const comparison = Object.assign(document.createElement("div"), { className: "comparison" });
  comparison.dataset.leastShare = LEAST_SHARE;
  comparison.append(template.content.cloneNode(true));
  const sides = one(item, "[data-sides]");
  for (const video of all(sides, "video", HTMLVideoElement)) video.pause();
  sides.replaceWith(comparison);
  const stage = new Stage(comparison, freshView());
  const player = comparison.querySelector("video") ? new Player(comparison) : undefined;
  if (player) players.set(item, player);
  comparison.addEventListener("keydown", (event) => pressed(event, stage, player));
};

/** `stood` hears which item has its stage now. @param {HTMLElement} root @param {(item: HTMLElement) => void} stood */
export const mountStages = (root, stood) => {
  const near = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting || !(target instanceof HTMLElement)) continue;
        near.unobserve(target);
        stand(target, one(target, "[data-stage]", HTMLTemplateElement));
        stood(target);
      }
    },
    { rootMargin: AHEAD },
  );
  for (const item of all(root, ".item.comparison")) if (item.querySelector("[data-stage]")) near.observe(item);
};
