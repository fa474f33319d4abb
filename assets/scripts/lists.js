// Lists that the server draws: only what changed is replaced, so that nothing one uses jumps away.

const drawn = new WeakMap();

const sameButton = (button) => {
  const { action, insert, choose } = button.dataset;
  if (action) return `[data-action="${action}"]`;
  if (insert) return "[data-insert]";
  return choose ? `[data-choose="${choose}"]` : null;
};

const swap = (old, fresh) => {
  const focused = old.contains(document.activeElement) ? sameButton(document.activeElement) : null;
  const wasOpen = old.dataset.source === fresh.dataset.source && old.querySelector(":scope > details[open]");
  old.replaceWith(fresh);
  if (wasOpen) fresh.querySelector(":scope > details")?.setAttribute("open", "");
  if (focused) fresh.querySelector(focused)?.focus();
};

export const redraw = (list, htmls) => {
  htmls.forEach((html, place) => {
    const old = list.children[place];
    if (old && drawn.get(old) === html) return;
    const template = document.createElement("template");
    template.innerHTML = html.trim();
    const fresh = template.content.firstElementChild;
    if (old) swap(old, fresh);
    else list.append(fresh);
    drawn.set(fresh, html);
  });
  while (list.children.length > htmls.length) list.lastElementChild.remove();
};
