// Going from one part of the page to another: a part that is not there yet finds what is left for it.

import { currentPlace, goOn, nameOf, select } from "./address.js";
import { recall, remember } from "../server/browser_storage.js";

const MOST_SHOWN = 12;

// An address of this page for somebody else: under the name that people open it by.
export const linkTo = (query) =>
  `${document.querySelector("[data-public-url]")?.dataset.publicUrl ?? location.origin}/${query}`;

// What the list of runs that a form's tab shows is remembered by.
export const keyOfShown = (form) => `runs-${form}`;

export const shownRuns = (form) => recall(keyOfShown(form), []);

export const keepShown = (form, ids) => remember(keyOfShown(form), ids.slice(0, MOST_SHOWN));

// To a tab as it was left, or to what `values` name in it.
export const goTo = (tab, values) => {
  if (values || currentPlace().tab !== tab) goOn({ tab, ...(values ?? nameOf(tab)) });
  select(tab);
};

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`playground:${name}`, { detail }));

export const listen = (name, element, handle) => {
  const heard = (event) => {
    if (element.isConnected) handle(event.detail);
    else document.removeEventListener(`playground:${name}`, heard);
  };
  document.addEventListener(`playground:${name}`, heard);
};

// A run began or ended, so that what is set aside or spent is another amount.
export const tellSpending = () => tell("spending");

export const openRun = (form, id) => {
  keepShown(form, [id, ...shownRuns(form).filter((it) => it !== id)]);
  goTo(form, { run: id });
  tell("run", { form, id });
};

// Runs side by side, in this order; one alone stands against its source.
export const openCompare = (ids) => {
  remember("compare", ids);
  goTo("compare", { compare: ids.join(",") });
  tell("compare", { ids });
};

export const fillForm = (form, values) => {
  remember(`fill-${form}`, values);
  goTo(form);
  tell("fill", { form });
};

// Runs that were deleted, or are there again.
export const tellDeleted = (ids) => tell("deleted", { ids });

export const tellRestored = (ids) => tell("restored", { ids });

// What goes into a form besides what is in it: {field, source, prompt, origin}.
export const give = (form, gift) => {
  remember(`gifts-${form}`, [...recall(`gifts-${form}`, []), gift]);
  goTo(form);
  tell("gift", { form });
};

export const takeGifts = (form) => {
  const gifts = recall(`gifts-${form}`, []);
  remember(`gifts-${form}`, []);
  return gifts;
};

export const takeFilling = (form) => {
  const values = recall(`fill-${form}`, null);
  remember(`fill-${form}`, null);
  return values;
};
