// For who looks elsewhere: the title of the browser's tab, and a notification if one wants it.

const OWN_TITLE = document.title;
let ended = "";

export const canNotify = () => "Notification" in window && Notification.permission === "granted";

export const showInTitle = () => {
  const cards = [...document.querySelectorAll(".run-card[data-active]")];
  const active = new Set(cards.map((it) => it.dataset.run)).size;
  const word = ended || (active ? `(${active}) Generating` : "");
  document.title = word ? `${word} · ${OWN_TITLE}` : OWN_TITLE;
};

document.addEventListener("visibilitychange", () => {
  ended = "";
  showInTitle();
});

// A run came to its end; whoever sees the page needs no word.
export const tellEnd = (card) => {
  if (document.hidden) {
    const label = card.querySelector(".pill").textContent;
    ended = `${card.dataset.status === "done" ? "✓" : "!"} ${label}`;
    if (canNotify()) {
      const told = new Notification(label, { body: card.querySelector(".asked").textContent });
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
