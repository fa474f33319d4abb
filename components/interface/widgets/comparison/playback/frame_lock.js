// Clips that play as one: whoever is ahead waits for the slowest, so that all show the same frame.

import { PlaybackRate } from "./playback_rate.js";

const FRAMES_PER_S = 24;
const READY_WAIT_MS = 3000;
// Further apart they are brought together by a jump.
const FAR_S = 1;
// Nothing is done about less: clocks are read a little apart from each other.
const NEAR_FRAMES = 0.2;
// Of a clip's speed, for each second that it is ahead.
const PULL_PER_S = 25;
// As slow as browsers play: what has to be slower stands.
const LEAST_RATE = 0.07;
const STALLED_MS = 150;
// What a screen is behind the clock of a clip, beside the frame that it shows.
const SCREEN_S = 0.02;

/** @param {number} value @param {number} least @param {number} most */
const within = (value, least, most) => Math.min(most, Math.max(least, value));

/** @param {HTMLVideoElement} video */
const frameOf = (video) => 1 / (Number(video.dataset.fps) || FRAMES_PER_S);

// In the middle of the last frame: at its very end some browsers show nothing.
/** @param {HTMLVideoElement} video */
const lastOf = (video) => video.duration - frameOf(video) / 2;

/** @param {HTMLVideoElement} video @param {string} name */
const happens = (video, name) =>
  new Promise((resolve) => {
    for (const it of [name, "error"]) video.addEventListener(it, resolve, { once: true });
    setTimeout(resolve, READY_WAIT_MS);
  });

/** @param {HTMLVideoElement} video */
const known = (video) =>
  video.readyState < HTMLMediaElement.HAVE_METADATA && !video.error ? happens(video, "loadedmetadata") : null;

/** @param {HTMLVideoElement} video @param {number} at */
const stand = async (video, at) => {
  const to = Math.min(at, lastOf(video));
  if (Math.abs(video.currentTime - to) > 1e-4) {
    video.currentTime = to;
    await happens(video, "seeked");
  }
  const isShort = video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA && to < lastOf(video);
  if (isShort) await happens(video, "canplay");
};

export class FrameLock {
  // `changed` is called whenever the time, or whether it plays, is another.
  /** @param {HTMLVideoElement[]} videos @param {() => void} changed */
  constructor(videos, changed) {
    this.videos = videos;
    this.changed = changed;
    this.at = 0;
    this.rate = 1;
    this.loops = true;
    this.isPlaying = false;
    /** @type {WeakMap<HTMLVideoElement, number>} */
    this.shown = new WeakMap();
    /** @type {Promise<void> | null} */
    this.moving = null;
    /** @type {number | null} */
    this.wanted = null;
    /** @type {number | null} */
    this.slowest = null;
    this.movedMs = 0;
    this.pace = new PlaybackRate();
    this.ready = Promise.all(videos.map(known)).then(() => this.begin());
  }

  begin() {
    this.videos = this.videos.filter((it) => it.duration > 0 && !it.error);
    for (const video of this.videos) this.watch(video);
    // Until a clip was sought, some browsers show nothing of it.
    if (this.videos.length && !this.at) this.align(this.frameS / 2);
    this.changed();
  }

  // Which frame is on the screen: a clock runs on while a slow machine leaves frames out.
  /** @param {HTMLVideoElement} video */
  watch(video) {
    /** @param {number} _ @param {VideoFrameCallbackMetadata} frame */
    const saw = (_, { mediaTime }) => {
      this.shown.set(video, mediaTime);
      video.requestVideoFrameCallback(saw);
    };
    video.requestVideoFrameCallback?.(saw);
  }

  get leader() {
    return this.videos.reduce((first, other) => (other.duration > first.duration ? other : first));
  }

  get frameS() {
    return frameOf(this.leader);
  }

  get frame() {
    return Math.floor(this.at / this.frameS + 0.01);
  }

  get end() {
    return this.videos.length ? lastOf(this.leader) : 0;
  }

  async play() {
    await this.ready;
    if (!this.videos.length) return;
    this.isPlaying = true;
    this.pace.forget();
    await this.align(this.at < this.end ? this.at : 0);
  }

  async pause() {
    this.isPlaying = false;
    await this.seek(this.moving ? this.at : this.videos.length && this.leader.currentTime);
  }

  /** @param {number} rate */
  setRate(rate) {
    this.rate = rate;
    this.pace.forget();
  }

  /** @param {number} frames */
  step(frames) {
    this.isPlaying = false;
    return this.seek((this.frame + frames) * this.frameS);
  }

  // To the middle of a frame, where no rounding makes one clip show its neighbour.
  /** @param {number} at */
  async seek(at) {
    await this.ready;
    if (!this.videos.length) return;
    const frame = Math.floor(within(at, 0, this.end) / this.frameS + 0.01);
    await this.align((frame + 0.5) * this.frameS);
  }

  // All stand at the same time, and from there play on together.
  /** @param {number} at @returns {Promise<void>} */
  align(at) {
    this.at = within(at, 0, this.end);
    this.wanted = this.at;
    this.moving ??= this.move();
    return this.moving;
  }

  async move() {
    for (const video of this.videos) video.pause();
    while (this.wanted !== null) {
      const at = this.wanted;
      this.wanted = null;
      this.changed();
      await Promise.all(this.videos.map((video) => stand(video, at)));
    }
    this.moving = null;
    if (this.isPlaying) this.start();
    this.changed();
  }

  start() {
    this.pace.begin();
    this.movedMs = performance.now();
    this.slowest = null;
    for (const video of this.videos) {
      this.shown.delete(video);
      if (!this.isOver(video)) this.run(video);
    }
    requestAnimationFrame(() => this.follow());
  }

  /** @param {HTMLVideoElement} video */
  run(video) {
    video.playbackRate = this.rate * this.pace.share;
    video.play().catch((error) => {
      if (error.name === "NotAllowedError") this.pause();
    });
  }

  /** @param {HTMLVideoElement} video */
  isOver(video) {
    return video.ended || this.at >= lastOf(video);
  }

  // A shorter clip waits on its last frame for the others.
  /** @param {HTMLVideoElement} video */
  isWaiting(video) {
    return this.isOver(video) && this.end - lastOf(video) > this.frameS;
  }

  follow() {
    if (!this.isPlaying || this.moving) return;
    this.at = this.leader.currentTime;
    const playing = this.videos.filter((it) => !this.isOver(it));
    const isTogether = playing.length < 2 || this.hold(playing);
    if (this.leader.ended) this.finish();
    else if (isTogether) requestAnimationFrame(() => this.follow());
    else this.align(this.at);
    this.changed();
  }

  // No further than its clock, and than what it was seen to show.
  /** @param {HTMLVideoElement} video */
  placeOf(video) {
    const shown = video.offsetParent ? this.shown.get(video) : undefined;
    const seen = shown === undefined ? Infinity : shown + frameOf(video) + SCREEN_S;
    return Math.min(video.currentTime, seen);
  }

  // Slow those down that are ahead of the slowest; tells if that is enough.
  /** @param {HTMLVideoElement[]} playing */
  hold(playing) {
    const slowest = Math.min(...playing.map((it) => this.placeOf(it)));
    if (slowest !== this.slowest) this.movedMs = performance.now();
    this.slowest = slowest;
    const isStalled = performance.now() - this.movedMs > STALLED_MS;
    if (playing.some((it) => it.currentTime - slowest > FAR_S)) return false;
    const common = this.rate * this.pace.at(slowest, this.rate, this.isApart(playing));
    for (const video of playing) this.pull(video, video.currentTime - slowest, common, isStalled);
    return true;
  }

  /** @param {HTMLVideoElement[]} playing */
  isApart(playing) {
    const shown = playing.filter((it) => it.offsetParent && this.shown.has(it)).map((it) => this.shown.get(it) ?? 0);
    return Math.max(...shown) - Math.min(...shown) > 1.5 * this.frameS;
  }

  /** @param {HTMLVideoElement} video @param {number} aheadS @param {number} common @param {boolean} isStalled */
  pull(video, aheadS, common, isStalled) {
    const near = NEAR_FRAMES * this.frameS;
    const rate = Math.max(LEAST_RATE, common * within(1 - (aheadS - near) * PULL_PER_S, 0, 1));
    if (isStalled && aheadS > this.frameS) video.pause();
    else if (video.paused && (!isStalled || aheadS <= near)) this.run(video);
    if (Math.abs(video.playbackRate - rate) > 0.01) video.playbackRate = rate;
  }

  finish() {
    if (this.loops) this.align(0);
    else this.pause();
  }
}
