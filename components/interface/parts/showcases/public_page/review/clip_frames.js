// At which frame the clips of an item stand, and how they get to another.

import { playerOf } from "./stages.js";

const NEAR_S = 0.12;

/** @param {number} seconds */
export const timeText = (seconds) => `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(2).padStart(5, "0")}`;

/** @param {HTMLVideoElement} video */
const rateOf = (video) => Number(video.dataset.fps) || 25;

/** The clip of a side; its box is a frame or a pane. @param {Element | undefined} box */
export const clipIn = (box) => box?.querySelector("video") ?? null;

/** @param {Element} item @param {HTMLVideoElement} video @returns {{frame: number, time_s: number}} */
export const standing = (item, video) => {
  const player = playerOf(item);
  if (player) {
    player.pause();
    return { frame: player.lock.frame, time_s: player.lock.at };
  }
  video.pause();
  return { frame: Math.floor(video.currentTime * rateOf(video) + 0.01), time_s: video.currentTime };
};

/**
 * To the middle of a frame, where no rounding shows its neighbour.
 * @param {Element} item @param {HTMLVideoElement} video @param {number} frame
 */
export const goTo = (item, video, frame) => {
  const player = playerOf(item);
  if (player) {
    player.pause();
    return player.lock.seek(frame * player.lock.frameS);
  }
  video.pause();
  const seek = () => (video.currentTime = (frame + 0.5) / rateOf(video));
  if (video.readyState) seek();
  else {
    video.addEventListener("loadedmetadata", seek, { once: true });
    video.load();
  }
};

/** Whether a clip shows a moment, nearly. @param {HTMLVideoElement} video @param {number} time_s */
export const isAt = (video, time_s) => Math.abs(video.currentTime - time_s) < NEAR_S;
