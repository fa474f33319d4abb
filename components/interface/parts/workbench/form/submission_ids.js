// Ids for what costs: the same wish asked for again has the same id, and is made and paid for once.

import { newId } from "../../../browser/server/server.js";

/** @import { Refusal } from "../../../browser/server/server.js" */

export class SubmissionIds {
  /** @type {{ wording: string, id: string } | null} */
  asked = null;

  /**
   * `ask(id)` sends the wish. Whose answer was lost is asked for again under its id.
   * @template T
   * @param {unknown} wish
   * @param {(id: string) => Promise<T>} ask
   */
  async make(wish, ask) {
    const wording = JSON.stringify(wish);
    if (this.asked?.wording !== wording) this.asked = { wording, id: newId() };
    try {
      const answer = await ask(this.asked.id);
      this.asked = null;
      return answer;
    } catch (error) {
      // Made and deleted since, say: under that id nothing more comes.
      if (/** @type {Partial<Refusal>} */ (error).isSpent) this.asked = null;
      throw error;
    }
  }
}
