// The comparison as a component of any Gradio app: its stage and its player, brought to life.

import { Player } from "./playback/player.js";
import { freshView, Stage } from "./stage.js";
import { linkStyles } from "../component_styles.js";

/**
 * Bring the comparison in an element to life; what is returned does so again after its HTML has changed.
 * @param {HTMLElement} element
 * @param {(name: string, data: object) => void} trigger
 * @returns {() => void}
 */
export const mount = (element, trigger) => {
  /** @type {Stage | null} */
  let stage = null;
  /** @type {Player | null} */
  let player = null;
  const renew = () => {
    player?.pause();
    stage?.leave();
    const comparison = /** @type {HTMLElement | null} */ (element.querySelector(".comparison"));
    stage = comparison?.querySelector(".stage") ? new Stage(comparison, freshView()) : null;
    player = comparison?.querySelector("video") ? new Player(comparison) : null;
  };
  const tell = () => {
    if (player) trigger(player.lock.isPlaying ? "play" : "pause", { time_s: player.lock.at, frame: player.lock.frame });
  };
  element.addEventListener("keydown", (event) => {
    if (event.target instanceof Element && event.target.matches("select, input, button")) return;
    if (!player?.pressed(event) && !stage?.pressed(event)) return;
    event.preventDefault();
    if (event.key === " ") tell();
  });
  element.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-play]")) tell();
  });
  linkStyles(["controls.css", "comparison/stage.css", "standalone.css"]);
  renew();
  return renew;
};
