// Asks the playground's own server. A refusal arrives as an error that carries its sentences.

/** @import { Problems, Uploaded } from "./wire" */

export class Refusal extends Error {
  /**
   * `isSpent` says that the id which was sent stands for something else, or for what was deleted;
   * `isUnanswered` that nothing was reached.
   * @param {Problems["problems"]} problems
   * @param {{ isSpent?: boolean, isUnanswered?: boolean }} [why]
   */
  constructor(problems, { isSpent = false, isUnanswered = false } = {}) {
    super(Object.values(problems).join(" "));
    this.problems = problems;
    this.isSpent = isSpent;
    this.isUnanswered = isUnanswered;
  }
}

const UNANSWERED = "The playground did not answer. See whether it still runs, then try again.";

const CONFLICT = 409;

/** @param {Response} response @returns {Promise<any>} */
const answered = async (response) => {
  if (!response.ok) {
    /** @type {Partial<Problems>} */
    const said = await response.json().catch(() => ({}));
    throw new Refusal(said.problems ?? { "": UNANSWERED }, { isSpent: response.status === CONFLICT });
  }
  const isJson = response.headers.get("content-type")?.includes("json");
  return isJson ? response.json() : response.text();
};

// Whoever wants to know hears whether the server answers, each time that changes.
let isThere = true;

/** @param {boolean} reached */
const tellReach = (reached) => {
  if (reached === isThere) return;
  isThere = reached;
  document.dispatchEvent(new CustomEvent("playground:reach", { detail: { reached } }));
};

/** @param {string} path @param {RequestInit} [options] @returns {Promise<any>} */
const ask = async (path, options) => {
  const response = await fetch(path, options).catch(() => null);
  tellReach(Boolean(response));
  if (!response) throw new Refusal({ "": UNANSWERED }, { isUnanswered: true });
  return answered(response);
};

/** @param {string} path @returns {Promise<any>} */
export const get = (path) => ask(path);

/** @param {string} method @param {string} path @param {unknown} [body] @returns {Promise<any>} */
export const send = (method, path, body) =>
  ask(path, {
    method,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body ?? {}),
  });

/** @param {string} path @param {unknown} [body] @returns {Promise<any>} */
export const post = (path, body) => send("POST", path, body);

// Goes out even when the page is left just then; nobody hears of the answer.
/** @param {string} path @param {unknown} body */
export const postLeaving = (path, body) =>
  fetch(path, {
    method: "POST",
    keepalive: true,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }).catch(() => null);

// Without https a page has no crypto.randomUUID.
export const newId = () =>
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (Number(digit) ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (Number(digit) / 4)))).toString(16));

/**
 * By XMLHttpRequest, since fetch does not tell how much has been sent.
 * @param {File} file
 * @param {(share: number) => unknown} progress
 * @param {AbortSignal} [signal]
 * @returns {Promise<Uploaded>}
 */
export const upload = (file, progress, signal) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/uploads?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.addEventListener("progress", (event) => progress(event.loaded / (event.total || 1)));
    request.addEventListener("error", () => reject(new Refusal({ "": `${file.name} could not be uploaded. Try it again.` })));
    request.addEventListener("load", () => {
      const said = JSON.parse(request.responseText || "{}");
      if (request.status === 200) resolve(said);
      else reject(new Refusal(said.problems ?? { "": UNANSWERED }));
    });
    const stopped = () => reject(new Refusal({ "": `${file.name} was not uploaded.` }));
    request.addEventListener("abort", stopped);
    if (signal?.aborted) return stopped();
    signal?.addEventListener("abort", () => request.abort());
    request.send(file);
  });

/** @param {string} html */
export const fragment = (html) => {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
};
