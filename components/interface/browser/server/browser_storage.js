// What this browser remembers: drafts, and which runs a tab shows. Storage may be switched off.

export const recall = (name, otherwise) => {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? otherwise;
  } catch {
    return otherwise;
  }
};

export const remember = (name, value) => {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // Full or forbidden: the page works on without.
  }
};

// Under which name a form keeps its files on the server: its draft's, unless another open tab of this
// browser lives by that; nobody can tell where the page is not served over https.
export const takeHolder = (known, newId) => {
  const name = known ?? newId();
  if (!navigator.locks) return Promise.resolve(newId());
  return new Promise((resolve) => {
    const forGood = new Promise(() => {});
    const take = (lock) => (resolve(lock ? name : takeHolder(newId(), newId)), lock && forGood);
    navigator.locks.request(`holder-${name}`, { ifAvailable: true }, take).catch(() => resolve(newId()));
  });
};
