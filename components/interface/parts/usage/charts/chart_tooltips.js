// A chart's figures, told beside its marks: under the pointer, by touch, and by arrow keys.

const GAP_PX = 10;
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity };

// Without this script the browser shows titles by itself; with it there would be two.
const takeTitle = (mark) => {
  const title = mark.querySelector("title");
  mark.setAttribute("aria-label", title.textContent.split("\n").join("; "));
  title.remove();
  return title.textContent.split("\n");
};

const line = (text, look) => {
  const element = document.createElement("span");
  element.textContent = text;
  if (look) element.className = look;
  return element;
};

const put = (tip, mark, chart) => {
  const [box, frame] = [mark.getBoundingClientRect(), chart.getBoundingClientRect()];
  const room = frame.width - tip.offsetWidth;
  const isRow = box.width > frame.width / 2;
  const after = box.right - frame.left + GAP_PX;
  const left = isRow ? room / 2 : after <= room ? after : box.left - frame.left - GAP_PX - tip.offsetWidth;
  tip.style.left = `${Math.max(0, Math.min(room, left))}px`;
  tip.style.top = `${(isRow ? box.bottom : box.top) - frame.top}px`;
};

export const tipsFor = (chart) => {
  const marks = [...chart.querySelectorAll(".mark")];
  const lines = new Map(marks.map((mark) => [mark, takeTitle(mark)]));
  const tip = document.createElement("div");
  tip.className = "chart-tip";
  tip.setAttribute("aria-hidden", "true");
  tip.hidden = true;
  chart.append(tip);

  const hide = () => {
    tip.hidden = true;
  };

  const show = (mark) => {
    const [heading, ...rest] = lines.get(mark);
    // A column has a bar for each line; a row has one colour, and lines about it.
    const looks = mark.closest(".column-plot") ? [...mark.querySelectorAll(".bar")].map((bar) => bar.classList[1]) : [];
    tip.replaceChildren(line(heading, "heading"), ...rest.map((text, at) => line(text, looks[at])));
    tip.hidden = false;
    put(tip, mark, chart);
  };

  for (const mark of marks) {
    mark.addEventListener("pointerenter", () => show(mark));
    mark.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && hide());
    mark.addEventListener("focus", () => show(mark));
    mark.addEventListener("blur", hide);
  }

  chart.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return hide();
    const at = marks.indexOf(event.target);
    if (at < 0 || !(event.key in STEPS)) return;
    event.preventDefault();
    const next = marks[Math.max(0, Math.min(marks.length - 1, at + STEPS[event.key]))];
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
};
