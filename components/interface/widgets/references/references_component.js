// References as a component of any Gradio app: files are uploaded by Gradio, examined by the component's own
// function, and moved or taken out here.

import { linkStyles } from "../component_styles.js";
import { all, within } from "../../browser/drawing/elements.js";

/**
 * @typedef {{html: string, sources: string[], paths: string[]}} Value
 * @typedef {object} Gradio
 * @property {{value: Value | null}} props
 * @property {(name: string, data?: object) => void} trigger
 * @property {{examine: (sources: string[]) => Promise<Value>}} server
 * @property {(file: File) => Promise<{path: string}>} upload
 */

/** @param {string[]} sources @param {number} from @param {number} to */
const moved = (sources, from, to) => {
  if (to < 0 || to >= sources.length) return sources;
  const rest = sources.filter((_, at) => at !== from);
  return [...rest.slice(0, to), sources[from], ...rest.slice(to)];
};

/** @param {HTMLElement} element @param {Gradio} gradio */
export const mount = (element, { props, trigger, server, upload }) => {
  const sources = () => props.value?.sources ?? [];
  /** @param {string[]} wanted */
  const show = async (wanted) => {
    element.setAttribute("aria-busy", "true");
    props.value = await server.examine(wanted);
    element.removeAttribute("aria-busy");
    trigger("change");
  };
  /** @param {Iterable<File>} files */
  const add = async (files) => {
    element.setAttribute("aria-busy", "true");
    const added = [];
    for (const file of files) added.push(upload(file).then((it) => it.path));
    await show([...sources(), ...(await Promise.all(added))]);
  };
  element.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLInputElement && target.files?.length) add(target.files);
  });
  element.addEventListener("dragover", (event) => event.preventDefault());
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer?.files.length) add(event.dataTransfer.files);
  });
  element.addEventListener("click", (event) => {
    const token = within(event, "[data-insert]");
    if (token) trigger("select", { token: token.dataset.insert });
    const at = Number(within(event, "[data-index]")?.dataset.index);
    const action = within(event, "[data-action]")?.dataset.action;
    if (action === "back") show(moved(sources(), at, at - 1));
    if (action === "on") show(moved(sources(), at, at + 1));
    if (action === "remove") show(sources().filter((_, place) => place !== at));
  });
  // Chosen before this script came.
  const [input] = all(element, "[type=file]", HTMLInputElement);
  if (input?.files?.length) add(input.files);
  linkStyles(["controls.css", "references/references.css", "standalone.css"]);
};
