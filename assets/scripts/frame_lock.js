// Clips that play as one: the longest leads, and the others are kept within a frame of it.

const FRAMES_PER_S = 24;
const NEAR_FRAMES = 0.25;
const FAR_S = 0.5;
const PULL = 8;
const MOST_PULL = 0.5;
const READY_WAIT_MS = 3000;

const within = (value, least, most) => Math.min(most, Math.max(least, value));

const frameOf = (video) => 1 / (Number(video.dataset.fps) || FRAMES_PER_S);

// In the middle of the last frame: at its very end some browsers show nothing.
const lastOf = (video) => video.duration - frameOf(video) / 2;

const happens = (video, name) =>
  new Promise((resolve) => {
    for (const it of [name, "error"]) video.addEventListener(it, resolve, { once: true });
    setTimeout(resolve, READY_WAIT_MS);
  });

const known = (video) =>
  video.readyState < HTMLMediaElement.HAVE_METADATA && !video.error ? happens(video, "loadedmetadata") : null;

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
  constructor(videos, changed) {
    this.videos = videos;
    this.changed = changed;
    this.at = 0;
    this.rate = 1;
    this.loops = true;
    this.isPlaying = false;
    this.ready = Promise.all(videos.map(known)).then(() => this.begin());
  }

  begin() {
    this.videos = this.videos.filter((it) => it.duration > 0 && !it.error);
    for (const video of this.videos) {
      video.addEventListener("waiting", () => this.isPlaying && !this.moving && this.align(this.at));
    }
    this.changed();
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
    await this.align(this.at < this.end ? this.at : 0);
  }

  async pause() {
    this.isPlaying = false;
    await this.seek(this.moving ? this.at : this.videos.length && this.leader.currentTime);
  }

  setRate(rate) {
    this.rate = rate;
    for (const video of this.videos) video.playbackRate = rate;
  }

  step(frames) {
    this.isPlaying = false;
    return this.seek((this.frame + frames) * this.frameS);
  }

  // To the middle of a frame, where no rounding makes one clip show its neighbour.
  async seek(at) {
    await this.ready;
    if (!this.videos.length) return;
    const frame = Math.floor(within(at, 0, this.end) / this.frameS + 0.01);
    await this.align((frame + 0.5) * this.frameS);
  }

  // All stand at the same time, and from there play on together.
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
    for (const video of this.videos) {
      video.playbackRate = this.rate;
      if (this.isOver(video)) continue;
      video.play().catch((error) => error.name === "NotAllowedError" && this.pause());
    }
    requestAnimationFrame(() => this.follow());
  }

  isOver(video) {
    return video.ended || this.at >= lastOf(video);
  }

  // A shorter clip waits on its last frame for the others.
  isWaiting(video) {
    return this.isOver(video) && this.end - lastOf(video) > this.frameS;
  }

  follow() {
    if (!this.isPlaying || this.moving) return;
    this.at = this.leader.currentTime;
    const isTogether = this.videos.every((video) => this.pull(video));
    if (this.leader.ended) this.finish();
    else if (isTogether) requestAnimationFrame(() => this.follow());
    else this.align(this.at);
    this.changed();
  }

  // Play a clip a little faster or slower until it is where the leader is; tells if that is enough.
  pull(video) {
    if (video === this.leader || this.isOver(video)) return true;
    const ahead = video.currentTime - this.at;
    if (video.paused || Math.abs(ahead) > FAR_S) return false;
    const isNear = Math.abs(ahead) < NEAR_FRAMES * this.frameS;
    const rate = this.rate * (isNear ? 1 : 1 - within(ahead * PULL, -MOST_PULL, MOST_PULL));
    if (video.playbackRate !== rate) video.playbackRate = rate;
    return true;
  }

  finish() {
    if (this.loops) this.align(0);
    else this.pause();
  }
}
