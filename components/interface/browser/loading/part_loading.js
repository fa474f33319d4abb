// The script of a part that is opened for the first time: when the server does not answer just then, the
// part says so in its place and comes as soon as it does.

/** @import { PartModule } from "./first_view" */

const AGAIN_MS = 2000;
const NOT_FOUND = 404;
const AWAY = "The playground does not answer. This part comes as soon as it does.";
const OTHER_VERSION = "The playground was brought up to date meanwhile. Reload the page to go on.";

/** @param {number} ms */
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @param {string} address */
const isOtherVersion = (address) => fetch(address).then((it) => it.status === NOT_FOUND, () => false);

/** @param {HTMLElement} part @param {string} sentence */
const sayAt = (part, sentence) => {
  const said = document.createElement("p");
  said.className = "unreached";
  said.setAttribute("role", "alert");
  part.before(said);
  // Nothing in it works yet.
  part.inert = true;
  said.textContent = sentence;
  return said;
};

/** @param {HTMLElement} part @returns {Promise<PartModule>} */
export const moduleOf = async (part) => {
  const address = new URL(`../../${part.dataset.script}.js`, import.meta.url).href;
  let said = null;
  for (let times = 0; ; times += 1) {
    try {
      // A browser may remember under its address that a script failed.
      const module = await import(times ? `${address}?again=${times}` : address);
      said?.remove();
      part.inert = false;
      return module;
    } catch (error) {
      said ??= sayAt(part, AWAY);
      if (await isOtherVersion(address)) said.textContent = OTHER_VERSION;
      else if (error instanceof SyntaxError) throw error;
      await wait(AGAIN_MS);
    }
  }
};
