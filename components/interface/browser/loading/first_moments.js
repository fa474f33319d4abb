// Stands in the page itself and runs before the modules have come. Which fields were touched is noted, and
// what was pressed waits in `pressed` until it can act. A part that has its script is none of its business.
{
  const view = /** @type {import("./first_view").FirstView} */ (document.getElementById("first-view"));
  /** @type {HTMLElement[]} */
  const pressed = (view.pressed = []);
  const MOST_WAIT_MS = 1000;
  // The first keys after the paint have the browser to themselves; scripts that load hold them up.
  const FIRST_KEYS_MS = 40;
  // What stands here is shown before anything else begins; in a page nobody looks at, nothing is painted.
  view.painted = new Promise((done) => {
    const seen = new PerformanceObserver((list) => {
      if (list.getEntriesByName("first-contentful-paint").length) setTimeout(done, FIRST_KEYS_MS);
    });
    seen.observe({ type: "paint", buffered: true });
    setTimeout(done, document.hidden ? 0 : MOST_WAIT_MS);
  });
  const SPENDS = "[type=submit], [data-example]";
  const asked = new URLSearchParams(location.search).get("__theme");
  const isDark = asked ? asked === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.body.classList.toggle("dark", isDark);

  // What costs is carried out once, however often it was pressed.
  /** @param {HTMLElement | null | undefined} button */
  const wait = (button) => {
    if (!button || (button.matches(SPENDS) && pressed.some((it) => it.matches(SPENDS)))) return;
    pressed.push(button);
    if (button.matches(SPENDS)) button.setAttribute("aria-busy", "true");
  };

  /** @param {string} name @param {(event: any) => void} handle */
  const before = (name, handle) =>
    view.addEventListener(name, (event) => {
      if (!view.isAlive) handle(event);
    }, true);

  /** @param {{target: Element}} event */
  const touched = ({ target }) => target.closest("[data-field]")?.setAttribute("data-touched", "");
  before("input", touched);
  before("change", touched);
  before("submit", (event) => event.preventDefault());
  before("click", (event) => {
    const button = event.target.closest("button:not([role=tab])");
    if (!button) return;
    event.preventDefault();
    wait(button);
  });
  before("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    const { target } = event;
    const sends = event.ctrlKey || event.metaKey;
    if (!sends && (target.tagName !== "INPUT" || target.type === "submit")) return;
    event.preventDefault();
    if (sends) wait(target.form?.querySelector("[type=submit]"));
    else if (target.matches("[data-link]")) wait(target.parentElement.querySelector("button"));
  });
  before("dragover", (event) => event.preventDefault());
  before("drop", (event) => {
    event.preventDefault();
    const drop = event.target.closest(".element, [data-field]")?.querySelector(":scope > .drop") ?? view.querySelector(".drop");
    const input = drop?.querySelector("[type=file]");
    if (input && event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });

  // Another tab comes with gradio: until then its place is empty.
  const panel = /** @type {HTMLElement} */ (view.querySelector(".tabitem"));
  const coming = /** @type {HTMLElement} */ (view.querySelector(".coming"));
  view.addEventListener("click", ({ target }) => {
    const tab = /** @type {Element} */ (target).closest("[role=tab]");
    if (!tab) return;
    view.dataset.chosen = "";
    for (const it of view.querySelectorAll("[role=tab]")) it.setAttribute("aria-selected", String(it === tab));
    panel.hidden = tab.getAttribute("aria-controls") !== panel.id;
    coming.hidden = !panel.hidden;
  });
}
