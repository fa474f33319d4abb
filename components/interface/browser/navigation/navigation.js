// Going from one part of the page to another: a part that is not there yet finds what is left for it.

import { all } from "../drawing/elements.js";
import { currentPlace, goOn, nameOf, select } from "./address.js";
import { recall, remember } from "../server/browser_storage.js";

/** @import { Origin, Values } from "../server/wire" */
/** @typedef {{field: string, source: string, prompt?: string, origin?: Origin}} Gift */

const MOST_SHOWN = 12;

// An address of this page for somebody else: under the name that people open it by.
/** @param {string} query */
export const linkTo = (query) =>
  `${all(document, "[data-public-url]")[0]?.dataset.publicUrl ?? location.origin}/${query}`;

// What the list of runs that a form's tab shows is remembered by.
/** @param {string} form */
export const keyOfShown = (form) => `runs-${form}`;

/** @param {string} form @returns {string[]} */
export const shownRuns = (form) => recall(keyOfShown(form), []);

/** @param {string} form @param {string[]} ids */
export const keepShown = (form, ids) => remember(keyOfShown(form), ids.slice(0, MOST_SHOWN));

// To a tab as it was left, or to what `values` name in it.
/** @param {string} tab @param {Record<string, string>} [values] */
export const goTo = (tab, values) => {
  if (values || currentPlace().tab !== tab) goOn({ tab, ...(values ?? nameOf(tab)) });
  select(tab);
};

/** @param {string} name @param {unknown} [detail] */
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`playground:${name}`, { detail }));

/** @param {string} name @param {HTMLElement} element @param {(detail: any) => unknown} handle */
export const listen = (name, element, handle) => {
  /** @param {Event} event */
  const heard = (event) => {
    if (element.isConnected) handle(/** @type {CustomEvent} */ (event).detail);
    else document.removeEventListener(`playground:${name}`, heard);
  };
  document.addEventListener(`playground:${name}`, heard);
};

// A run began or ended, so that what is set aside or spent is another amount.
export const tellSpending = () => tell("spending");

/** @param {string} form @param {string} id */
export const openRun = (form, id) => {
  keepShown(form, [id, ...shownRuns(form).filter((it) => it !== id)]);
  goTo(form, { run: id });
  tell("run", { form, id });
};

// Runs side by side, in this order; one alone stands against its source.
/** @param {string[]} ids */
export const openCompare = (ids) => {
  remember("compare", ids);
  goTo("compare", { compare: ids.join(",") });
  tell("compare", { ids });
};

/** @param {string} id */
export const openShowcase = (id) => {
  goTo("showcases", { showcase: id });
  tell("showcase", { id });
};

/** @param {string} form @param {Values} values */
export const fillForm = (form, values) => {
  remember(`fill-${form}`, values);
  goTo(form);
  tell("fill", { form });
};

// Runs that were deleted, or are there again.
/** @param {string[]} ids */
export const tellDeleted = (ids) => tell("deleted", { ids });

/** @param {string[]} ids */
export const tellRestored = (ids) => tell("restored", { ids });

// What goes into a form besides what is in it: {field, source, prompt, origin}.
/** @param {string} form @param {Gift} gift */
export const give = (form, gift) => {
  remember(`gifts-${form}`, [...recall(`gifts-${form}`, []), gift]);
  goTo(form);
  tell("gift", { form });
};

/** @param {string} form @returns {Gift[]} */
export const takeGifts = (form) => {
  const gifts = recall(`gifts-${form}`, []);
  remember(`gifts-${form}`, []);
  return gifts;
};

/** @param {string} form @returns {Values | null} */
export const takeFilling = (form) => {
  const values = recall(`fill-${form}`, null);
  remember(`fill-${form}`, null);
  return values;
};
