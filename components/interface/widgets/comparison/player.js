// The controls under the stage: one scrubber for all clips, and one of them to be heard.

import { FrameLock } from "./frame_lock.js";

const MANY_FRAMES = 10;
const NEARLY_ALL = 0.9;

const timeText = (seconds) => `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(2).padStart(5, "0")}`;

export class Player {
  // `element` is the comparison.
  constructor(element) {
    this.controls = element.querySelector(".player");
    this.videos = [...element.querySelectorAll("video")];
    this.scrubber = this.controls.querySelector("[data-scrub]");
    this.lock = new FrameLock(this.videos, () => this.show());
    this.lock.loops = this.controls.querySelector("[data-loop]").checked;
    this.controls.addEventListener("input", (event) => this.changed(event.target));
    this.controls.addEventListener("click", (event) => {
      const step = event.target.closest("[data-step]");
      if (step) this.lock.step(Number(step.dataset.step));
      if (event.target.closest("[data-play]")) this.toggle();
    });
    this.hear();
  }

  changed(control) {
    if (control === this.scrubber) this.lock.seek(Number(control.value));
    else if (control.matches("[data-speed]")) this.lock.setRate(Number(control.value));
    else if (control.matches("[data-loop]")) this.lock.loops = control.checked;
    else this.hear();
  }

  get sounds() {
    return [...this.controls.querySelectorAll(".sound [type=radio]")];
  }

  hear() {
    const letter = this.sounds.find((it) => it.checked)?.value;
    for (const video of this.videos) video.muted = video.closest(".pane").dataset.letter !== letter;
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
    const play = this.controls.querySelector("[data-play]");
    play.setAttribute("aria-label", lock.isPlaying ? "Pause" : "Play");
    play.classList.toggle("is-playing", lock.isPlaying);
    if (!lock.videos.length) return;
    this.scrubber.max = lock.end;
    this.scrubber.value = lock.at;
    this.scrubber.setAttribute("aria-valuetext", `${lock.at.toFixed(2)} seconds`);
    const times = `${timeText(lock.at)} / ${timeText(lock.leader.duration)}`;
    this.controls.querySelector("[data-clock]").textContent = `${times} · frame ${lock.frame + 1}`;
    this.controls.querySelector("[data-slowed]").hidden = !lock.isPlaying || lock.pace.share > NEARLY_ALL;
    for (const video of lock.videos) {
      video.closest(".pane").classList.toggle("is-waiting", lock.isWaiting(video));
    }
  }

  // Whether the key was meant for the player.
  pressed({ key, shiftKey }) {
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
