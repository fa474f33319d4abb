// The prompt: its counter, and the names of references, put in at the cursor and offered after an @.

import { one } from "../../browser/drawing/elements.js";

/** @param {HTMLTextAreaElement} area */
export const count = (area) => {
  const counter = one(/** @type {HTMLElement} */ (area.closest("[data-field]")), ".counter");
  const most = Number(counter.dataset.most);
  const written = [...area.value].length;
  counter.textContent = `${written.toLocaleString("en")} of ${most.toLocaleString("en")} characters`;
  counter.classList.toggle("over", written > most);
};

/** @param {HTMLTextAreaElement} area @param {string} text @param {number} from @param {number} to */
const put = (area, text, from, to) => {
  area.setRangeText(text, from, to, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
};

/** @param {HTMLTextAreaElement} area @param {string} token */
export const insertToken = (area, token) => {
  const before = area.value.slice(0, area.selectionStart);
  const gap = before && !/\s$/.test(before) ? " " : "";
  put(area, `${gap}${token} `, area.selectionStart, area.selectionEnd);
};

/** @param {HTMLTextAreaElement} area */
const buildMenu = (area) => {
  const menu = document.createElement("ul");
  menu.className = "token-menu";
  menu.id = `${area.id}-tokens`;
  menu.setAttribute("role", "listbox");
  menu.setAttribute("aria-label", "References");
  menu.hidden = true;
  area.after(menu);
  area.setAttribute("aria-controls", menu.id);
  area.setAttribute("aria-autocomplete", "list");
  return menu;
};

/**
 * `tokens()` gives the names there are now.
 * @param {HTMLTextAreaElement} area
 * @param {() => string[]} tokens
 */
export const offerTokens = (area, tokens) => {
  const menu = buildMenu(area);
  let from = 0;
  const options = () => [...menu.children];
  const close = () => {
    menu.hidden = true;
    area.removeAttribute("aria-activedescendant");
  };
  const chosen = () => options().findIndex((it) => it.ariaSelected === "true");
  /** @param {number} place */
  const mark = (place) => {
    options().forEach((it, at) => { it.ariaSelected = String(at === place); });
    area.setAttribute("aria-activedescendant", options()[place].id);
  };
  /** @param {Element} option */
  const choose = (option) => {
    close();
    put(area, `${option.textContent} `, from, area.selectionStart);
  };
  /** @param {string} token */
  const optionOf = (token) => {
    const option = Object.assign(document.createElement("li"), { id: `${menu.id}-${token.slice(1)}` });
    option.textContent = token;
    option.setAttribute("role", "option");
    option.addEventListener("mousedown", (event) => { event.preventDefault(); choose(option); });
    return option;
  };
  const offer = () => {
    const typed = /@(\w*)$/.exec(area.value.slice(0, area.selectionStart));
    const matching = typed
      ? tokens().filter((it) => it.slice(1).toLowerCase().startsWith(typed[1].toLowerCase()))
      : [];
    if (!typed || !matching.length || matching.includes(`@${typed[1]}`)) return close();
    from = typed.index;
    menu.replaceChildren(...matching.map(optionOf));
    mark(0);
    menu.style.top = `${area.offsetTop + area.offsetHeight + 4}px`;
    menu.hidden = false;
  };
  /** @type {Record<string, () => void>} */
  const keys = {
    ArrowDown: () => mark((chosen() + 1) % options().length),
    ArrowUp: () => mark((chosen() - 1 + options().length) % options().length),
    Enter: () => choose(options()[chosen()]),
    Tab: () => choose(options()[chosen()]),
    Escape: close,
  };
  area.addEventListener("input", offer);
  area.addEventListener("focusout", close);
  area.addEventListener("keydown", (event) => {
    if (menu.hidden || !keys[event.key] || event.ctrlKey || event.metaKey) return;
    keys[event.key]();
    event.preventDefault();
    event.stopPropagation();
  });
};
