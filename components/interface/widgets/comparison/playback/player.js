// The controls under the stage: one scrubber for all clips, and one of them to be heard.

import { all, one, within } from "../../../browser/drawing/elements.js";
import { FrameLock } from "./frame_lock.js";

const MANY_FRAMES = 10;
const NEARLY_ALL = 0.9;

/** @param {number} seconds */
const timeText = (seconds) => `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(2).padStart(5, "0")}`;

/** @param {Element} video @returns {HTMLElement | null} */
const paneOf = (video) => video.closest(".pane");

export class Player {
  // `element` is the comparison.
  /** @param {HTMLElement} element */
  constructor(element) {
    this.controls = one(element, ".player");
    this.videos = [...element.querySelectorAll("video")];
    this.scrubber = one(this.controls, "[data-scrub]", HTMLInputElement);
    this.lock = new FrameLock(this.videos, () => this.show());
    this.lock.loops = one(this.controls, "[data-loop]", HTMLInputElement).checked;
    this.controls.addEventListener("input", (event) => this.changed(event.target));
    this.controls.addEventListener("click", (event) => {
      const step = within(event, "[data-step]");
      if (step) this.lock.step(Number(step.dataset.step));
      if (within(event, "[data-play]")) this.toggle();
    });
    this.hear();
  }

  /** @param {EventTarget | null} control */
  changed(control) {
    if (control === this.scrubber) this.lock.seek(Number(this.scrubber.value));
    else if (control instanceof HTMLSelectElement) this.lock.setRate(Number(control.value));
    else if (control instanceof HTMLInputElement && control.matches("[data-loop]")) this.lock.loops = control.checked;
    else this.hear();
  }

  get sounds() {
    return all(this.controls, ".sound [type=radio]", HTMLInputElement);
  }

  hear() {
    const letter = this.sounds.find((it) => it.checked)?.value;
    for (const video of this.videos) video.muted = paneOf(video)?.dataset.letter !== letter;
  }

  // The next one that has sound is heard instead.
  switchSound() {
    const sounding = this.sounds.filter((it) => it.value);
    if (!sounding.length) return;
    sounding[(sounding.findIndex((it) => it.checked) + 1) % sounding.length].checked = true;
    this.hear();
  }

  toggle() {
    return this.lock.isPlaying ? this.lock.pause() : this.lock.play();
  }

  pause() {
    if (this.lock.isPlaying) this.lock.pause();
  }

  show() {
    const { lock } = this;
    const play = one(this.controls, "[data-play]");
    play.setAttribute("aria-label", lock.isPlaying ? "Pause" : "Play");
    play.classList.toggle("is-playing", lock.isPlaying);
    if (!lock.videos.length) return;
    this.scrubber.max = String(lock.end);
    this.scrubber.value = String(lock.at);
    this.scrubber.setAttribute("aria-valuetext", `${lock.at.toFixed(2)} seconds`);
    const times = `${timeText(lock.at)} / ${timeText(lock.leader.duration)}`;
    one(this.controls, "[data-clock]").textContent = `${times} · frame ${lock.frame + 1}`;
    one(this.controls, "[data-slowed]").hidden = !lock.isPlaying || lock.pace.share > NEARLY_ALL;
    for (const video of lock.videos) {
      paneOf(video)?.classList.toggle("is-waiting", lock.isWaiting(video));
    }
  }

  // Whether the key was meant for the player.
  /** @param {KeyboardEvent} event */
  pressed({ key, shiftKey }) {
    /** @type {Record<string, () => unknown>} */
    const keys = {
      " ": () => this.toggle(),
      ArrowLeft: () => this.lock.step(shiftKey ? -MANY_FRAMES : -1),
      ArrowRight: () => this.lock.step(shiftKey ? MANY_FRAMES : 1),
      Home: () => this.lock.seek(0),
      End: () => this.lock.seek(this.lock.end),
      s: () => this.switchSound(),
    };
    const meant = keys[key.length > 1 ? key : key.toLowerCase()];
    meant?.();
    return Boolean(meant);
  }
}
