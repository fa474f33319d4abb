// What was typed and not sent: it is there after a reload, under the id that it would be sent with.

import { newId } from "../../../../browser/server/server.js";

/** @import { PlaceBody } from "../../../../browser/server/wire" */
/** @typedef {{id: string, text: string, place: PlaceBody | null}} Draft */

/** @returns {Draft} */
const fresh = () => ({ id: newId(), text: "", place: null });

/** @param {string} name @returns {Draft} */
export const draftOf = (name) => {
  try {
    return JSON.parse(sessionStorage.getItem(name) ?? "null") ?? fresh();
  } catch {
    return fresh();
  }
};

/** @param {string} name @param {Draft} draft */
export const keepDraft = (name, draft) => {
  try {
    if (draft.text || draft.place) sessionStorage.setItem(name, JSON.stringify(draft));
    else sessionStorage.removeItem(name);
  } catch {
    // Storage may be switched off: the page works on without.
  }
};

/** @param {string} name @returns {Draft} */
export const dropDraft = (name) => {
  const draft = fresh();
  keepDraft(name, draft);
  return draft;
};
