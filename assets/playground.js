// Ctrl+Enter generates, the elapsed time goes on between two looks, the prompt counts its letters,
// and the names of references are put into it.
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

  // Names of references: put in at the cursor, offered when an @ is typed.
  const promptOf = (form) => document.querySelector(`#${form}-prompt textarea`);
  const put = (area, text, from, to) => {
    area.setRangeText(text, from, to, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  };
  const insertToken = (form, token) => {
    const area = promptOf(form);
    const before = area.value.slice(0, area.selectionStart);
    const gap = before && !/\s$/.test(before) ? " " : "";
    put(area, `${gap}${token} `, area.selectionStart, area.selectionEnd);
  };
  window.playground = { insertToken };

  const menu = document.createElement("ul");
  menu.className = "token-menu";
  menu.setAttribute("role", "listbox");
  menu.setAttribute("aria-label", "References");
  menu.hidden = true;
  let typing = null;
  const close = () => { menu.hidden = true; typing = null; };
  const choose = (option) => {
    const { area, from } = typing;
    close();
    put(area, `${option.dataset.token} `, from, area.selectionStart);
  };
  const mark = (step) => {
    const options = [...menu.children];
    const at = options.findIndex((it) => it.ariaSelected === "true");
    options.forEach((it) => { it.ariaSelected = "false"; });
    options[(at + step + options.length) % options.length].ariaSelected = "true";
  };
  const offer = (area) => {
    const typed = /@(\w*)$/.exec(area.value.slice(0, area.selectionStart));
    const form = area.closest(".prompt").id.replace(/-prompt$/, "");
    const tokens = [...document.querySelectorAll(`#${form}-references [data-insert]`)]
      .map((it) => it.dataset.insert)
      .filter((it) => typed && it.slice(1).toLowerCase().startsWith(typed[1].toLowerCase()));
    if (!tokens.length || tokens.includes(`@${typed[1]}`)) return close();
    typing = { area, from: typed.index };
    menu.replaceChildren(...tokens.map((token) => {
      const option = document.createElement("li");
      option.dataset.token = token;
      option.textContent = token;
      option.setAttribute("role", "option");
      option.ariaSelected = "false";
      option.addEventListener("mousedown", (event) => { event.preventDefault(); choose(option); });
      return option;
    }));
    menu.firstChild.ariaSelected = "true";
    area.closest(".prompt").after(menu);
    menu.hidden = false;
  };
  document.addEventListener("input", (event) => {
    if (event.target.matches?.(".prompt textarea")) offer(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (menu.hidden) return;
    if (event.key === "ArrowDown") mark(1);
    else if (event.key === "ArrowUp") mark(-1);
    else if (event.key === "Enter" || event.key === "Tab") choose(menu.querySelector("[aria-selected=true]"));
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  document.addEventListener("focusout", (event) => {
    if (event.target.matches?.(".prompt textarea")) close();
  });
})();
