// Ctrl+Enter generates; the elapsed time goes on between two looks; the prompt counts its letters.
(() => {
  const clock = (seconds) => {
    const whole = Math.max(0, Math.round(seconds));
    return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  };

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const buttons = [...document.querySelectorAll("button[id$='-generate']")];
    const button = buttons.find((it) => it.offsetParent !== null && !it.disabled);
    if (!button) return;
    event.preventDefault();
    // The text box hands its text over when it changes; let that happen first.
    document.activeElement?.dispatchEvent(new Event("input", { bubbles: true }));
    setTimeout(() => button.click(), 60);
  }, true);

  setInterval(() => {
    for (const node of document.querySelectorAll("[data-elapsed-s]")) {
      node.sinceMs ??= performance.now() - 1000 * Number(node.dataset.elapsedS);
      node.textContent = clock((performance.now() - node.sinceMs) / 1000);
    }
  }, 500);

  const count = (area) => {
    const info = area.closest(".prompt").querySelector(".info-text");
    if (!info) return;
    info.dataset.most ??= info.textContent.replace(/[^\d]/g, "");
    const most = Number(info.dataset.most);
    const text = `${area.value.length.toLocaleString("en")} of ${most.toLocaleString("en")} characters`;
    if (info.textContent !== text) info.textContent = text;
    info.classList.toggle("over", area.value.length > most);
  };
  // Looked at by the clock, since an example or a restored draft fills the box without a key stroke.
  setInterval(() => document.querySelectorAll(".prompt textarea").forEach(count), 400);

  // On a phone the result is far below the button; bring it into view when a run begins.
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[id$='-generate']");
    if (!button || window.innerWidth > 760) return;
    const card = document.getElementById(button.id.replace("-generate", "-card"));
    setTimeout(() => card?.scrollIntoView({ behavior: "smooth", block: "start" }), 700);
  });
})();
