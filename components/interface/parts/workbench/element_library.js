// The kit of elements, kept to be used again: what its buttons ask and do.

import { post, send } from "../../browser/server/server.js";
import { ask, askFor } from "../../browser/dialogs/questions.js";

/** @import { Values } from "../../browser/server/wire" */

/** @typedef {{ id: string, name: string }} Kept */

const MOST_CHARS = 60;

/** @param {Values} element */
export const keepInKit = async (element) => {
  const hint = "It can then be used on every tab, in one click.";
  const name = await askFor("Keep this element", { label: "Name", hint, yes: "Keep", maxLength: MOST_CHARS });
  if (name) await post("/kit", { name, element });
};

/** @param {Kept} kept */
export const renameInKit = async ({ id, name }) => {
  const other = await askFor(`Rename ${name}`, { label: "New name", yes: "Rename", maxLength: MOST_CHARS, value: name });
  if (other) await send("PATCH", `/kit/${id}`, { name: other });
};

/** @param {Kept} kept */
export const forgetInKit = async ({ id, name }) => {
  const isSure = await ask(`Delete ${name} from the kit? Runs and forms that use it keep its pictures.`, "Delete");
  if (isSure) await send("DELETE", `/kit/${id}`);
};
