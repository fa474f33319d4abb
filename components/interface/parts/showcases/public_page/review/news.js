// What others say comes without a reload: the server is asked again and again for what is new.

/** @import { ReviewNews } from "../../../../browser/server/wire" */

const AGAIN_MS = 2000;
const HIDDEN_MS = 6000;
const FAILED_MS = 5000;
const OFTEN_FAILED = 3;
const CHANGED = "The maker changed this page.";
const OVER = "This link has ended. Ask who sent it for another one.";
const OFFLINE = "There is no connection. What others say comes when it is back.";

export class News {
  /**
   * `hear` is told what changed; `place` says what is worth knowing of the page itself.
   * @param {string} path @param {number} contentVersion @param {HTMLElement} place
   * @param {(news: ReviewNews) => void} hear
   */
  constructor(path, contentVersion, place, hear) {
    this.path = path;
    this.contentVersion = contentVersion;
    this.place = place;
    this.hear = hear;
    this.version = -1;
    this.failures = 0;
    this.said = "";
    this.asked = Promise.resolve();
    document.addEventListener("visibilitychange", () => document.hidden || this.now());
  }

  /** Ask at once, as after something was sent. @returns {Promise<void>} */
  now() {
    clearTimeout(this.later);
    this.asked = this.asked.then(() => this.ask());
    return this.asked;
  }

  async ask() {
    clearTimeout(this.later);
    const response = await fetch(`${this.path}/reviews?since=${this.version}`).catch(() => null);
    if (response?.status === 404) return this.say(OVER);
    if (response?.ok) this.failures = 0;
    else this.failures += 1;
    if (response?.status === 200) this.take(await response.json());
    if (this.failures === OFTEN_FAILED) this.say(OFFLINE);
    else if (!this.failures && this.said === OFFLINE) this.say("");
    const often = document.hidden ? HIDDEN_MS : AGAIN_MS;
    this.later = setTimeout(() => this.now(), this.failures ? FAILED_MS : often);
  }

  /** @param {ReviewNews} news */
  take(news) {
    this.version = news.version;
    this.hear(news);
    if (news.content_version !== this.contentVersion) this.say(CHANGED, true);
  }

  /** @param {string} sentence @param {boolean} [isReloaded] */
  say(sentence, isReloaded = false) {
    if (this.said === sentence) return;
    this.said = sentence;
    this.place.replaceChildren(Object.assign(document.createElement("span"), { textContent: sentence }));
    if (isReloaded) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Reload" });
      button.addEventListener("click", () => location.reload());
      this.place.append(button);
    }
    this.place.hidden = !sentence;
  }
}
