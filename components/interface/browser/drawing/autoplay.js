// Clips that play by themselves: only while they are seen, and never for whoever wants no motion.

import { all } from "./elements.js";

const ENOUGH_SEEN = 0.25;

export const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// Paused by somebody, not by us: it stays so.
const stopped = new WeakSet();
const ours = new WeakSet();

/** @param {IntersectionObserverEntry[]} entries */
const seen = (entries) => {
  for (const { target, isIntersecting } of entries) {
    const video = /** @type {HTMLVideoElement} */ (target);
    if (isIntersecting && !isStill() && !stopped.has(video)) {
      video.play().catch(() => {});
    } else if (!isIntersecting && !video.paused) {
      ours.add(video);
      video.pause();
    }
  }
};

const watching = new IntersectionObserver(seen, { threshold: [0, ENOUGH_SEEN] });

/** @param {HTMLVideoElement} video */
const watch = (video) => {
  video.addEventListener("pause", () => {
    if (!ours.delete(video)) stopped.add(video);
  });
  video.addEventListener("play", () => stopped.delete(video));
  watching.observe(video);
};

/** @param {Node} node @returns {HTMLVideoElement[]} */
const clipsIn = (node) => {
  if (!(node instanceof Element)) return [];
  return node instanceof HTMLVideoElement && node.matches("[data-autoplay]") ? [node] : all(node, "video[data-autoplay]", HTMLVideoElement);
};

// Every such clip that is in the element or comes into it.
/** @param {HTMLElement} element */
export const playWhenSeen = (element) => {
  clipsIn(element).forEach(watch);
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) clipsIn(node).forEach(watch);
  }).observe(element, { childList: true, subtree: true });
};
