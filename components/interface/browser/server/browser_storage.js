// What this browser remembers: drafts, and which runs a tab shows. Storage may be switched off.

/** @param {string} name @param {any} otherwise @returns {any} */
export const recall = (name, otherwise) => {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null") ?? otherwise;
  } catch {
    return otherwise;
  }
};

/** @param {string} name @param {unknown} value */
export const remember = (name, value) => {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // Full or forbidden: the page works on without.
  }
};

// Under which name a form keeps its files on the server: its draft's, unless another open tab of this
// browser lives by that; nobody can tell where the page is not served over https.
/** @param {string | undefined} known @param {() => string} newId @returns {Promise<string>} */
export const takeHolder = (known, newId) => {
  const name = known ?? newId();
  if (!navigator.locks) return Promise.resolve(newId());
  return new Promise((resolve) => {
    const forGood = new Promise(() => {});
    /** @param {Lock | null} lock */
    const take = (lock) => (resolve(lock ? name : takeHolder(newId(), newId)), lock && forGood);
    navigator.locks.request(`holder-${name}`, { ifAvailable: true }, take).catch(() => resolve(newId()));
  });
};
