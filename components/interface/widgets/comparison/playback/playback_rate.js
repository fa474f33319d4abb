// The speed at which a machine can show clips frame by frame: all play at that one, rather than apart.

const LOOKED_OVER_MS = 500;
const HELD_SHARE = 0.9;
const STEP_DOWN = 0.75;
const STEP_UP = 1.05;
const LEAST = 0.2;

export class PlaybackRate {
  constructor() {
    this.share = 1;
    this.most = 1;
    /** @type {{now: number, place: number, wasApart: boolean} | null} */
    this.since = null;
    this.forget();
  }

  // Somebody asks anew: what was too fast before may be held now.
  forget() {
    this.share = 1;
    this.most = 1;
    this.begin();
  }

  // From here on it is measured anew.
  begin() {
    this.since = null;
  }

  // The share of the wanted rate to play at, told where all have got to by now and whether any two
  // show frames further apart than one.
  /** @param {number} place @param {number} rate @param {boolean} isApart @returns {number} */
  at(place, rate, isApart) {
    const now = performance.now();
    this.since ??= { now, place, wasApart: false };
    this.since.wasApart ||= isApart;
    const passedMs = now - this.since.now;
    if (passedMs < LOOKED_OVER_MS) return this.share;
    const held = (1000 * (place - this.since.place)) / passedMs / (rate * this.share);
    if (held < HELD_SHARE || this.since.wasApart) {
      this.most = this.share;
      this.share = Math.max(LEAST, this.share * Math.min(STEP_DOWN, Math.max(held, STEP_DOWN / 2)));
    } else {
      // What could not be held is not tried again.
      this.share = Math.min(1, this.most < 1 ? HELD_SHARE * this.most : 1, this.share * STEP_UP);
    }
    this.begin();
    return this.share;
  }
}
