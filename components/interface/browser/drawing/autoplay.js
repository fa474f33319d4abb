// Clips that play by themselves: only while they are seen, and never for whoever wants no motion.

const ENOUGH_SEEN = 0.25;

export const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// Paused by somebody, not by us: it stays so.
const stopped = new WeakSet();
const ours = new WeakSet();

const seen = (entries) => {
  for (const { target: video, isIntersecting } of entries) {
    if (isIntersecting && !isStill() && !stopped.has(video)) {
      video.play().catch(() => {});
    } else if (!isIntersecting && !video.paused) {
      ours.add(video);
      video.pause();
    }
  }
};

const watching = new IntersectionObserver(seen, { threshold: [0, ENOUGH_SEEN] });

const watch = (video) => {
  video.addEventListener("pause", () => {
    if (!ours.delete(video)) stopped.add(video);
  });
  video.addEventListener("play", () => stopped.delete(video));
  watching.observe(video);
};

const clipsIn = (node) =>
  node.matches?.("video[data-autoplay]") ? [node] : [...(node.querySelectorAll?.("video[data-autoplay]") ?? [])];

// Every such clip that is in the element or comes into it.
export const playWhenSeen = (element) => {
  clipsIn(element).forEach(watch);
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) clipsIn(node).forEach(watch);
  }).observe(element, { childList: true, subtree: true });
};
