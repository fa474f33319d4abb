// For who looks elsewhere or listens: the title of the browser's tab, a notification if one wants it,
// and a word for screen readers when a run begins and when it ends.

import { all, one } from "./elements.js";
import { titleOfPlace } from "../navigation/address.js";

let ended = "";

export const canNotify = () => "Notification" in window && Notification.permission === "granted";

export const showInTitle = () => {
  const cards = all(document, ".run-card[data-active]");
  const active = new Set(cards.map((it) => it.dataset.run)).size;
  const word = ended || (active ? `(${active}) Generating` : "");
  const own = document.querySelector("#header h1")?.textContent;
  // As the browser keeps it, or the two would differ for ever.
  const title = [word, titleOfPlace(), own].filter(Boolean).join(" · ").replace(/\s+/g, " ").trim();
  if (document.title !== title) document.title = title;
};

document.addEventListener("playground:place", showInTitle);
// Gradio sets a title of its own once everything is drawn.
new MutationObserver(showInTitle).observe(document.head, { childList: true, subtree: true });
showInTitle();

document.addEventListener("visibilitychange", () => {
  ended = "";
  showInTitle();
});

const spoken = Object.assign(document.createElement("p"), { className: "spoken" });
spoken.setAttribute("role", "status");
one(document, ".gradio-container").append(spoken);

/** @param {Element} card */
export const speakOf = (card) => {
  const parts = [".pill", ".asked", ".message"].map((it) => card.querySelector(it)?.textContent);
  spoken.textContent = parts.filter(Boolean).join(": ");
};

// A run came to its end; whoever sees the page needs no word.
/** @param {HTMLElement} card */
export const tellEnd = (card) => {
  speakOf(card);
  if (document.hidden) {
    const label = one(card, ".pill").textContent ?? "";
    ended = `${card.dataset.status === "done" ? "✓" : "!"} ${label}`;
    if (canNotify()) {
      const told = new Notification(label, { body: one(card, ".asked").textContent ?? "" });
      told.addEventListener("click", () => window.focus());
    }
  }
  showInTitle();
};

export const askToNotify = async () => {
  if (!("Notification" in window)) return "This browser has no notifications.";
  const answer = await Notification.requestPermission();
  document.body.classList.toggle("notifies", answer === "granted");
  return answer === "granted"
    ? "You are told when a run ends while you look elsewhere."
    : "The browser does not allow notifications from this page.";
};

document.body.classList.toggle("notifies", canNotify());
