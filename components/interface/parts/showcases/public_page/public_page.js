// The public page, brought to life: stages for what is compared, and the review by whoever has the link.

import { all, one } from "../../../browser/drawing/elements.js";
import { Guest } from "./review/guest.js";
import { ItemReview } from "./review/item_review.js";
import { News } from "./review/news.js";
import { mountStages } from "./review/stages.js";

/** @import { ReviewNews } from "../../../browser/server/wire" */

const main = one(document, "main");
const { path = "", contentVersion, guest: name = "" } = main.dataset;
/** @type {Map<string, ItemReview>} */
const reviews = new Map();

/** @param {ReviewNews} news */
const hear = ({ comments, verdicts }) => {
  const changed = new Set([...comments, ...verdicts].map((it) => it.item_id));
  for (const id of changed) {
    const isOf = (/** @type {{item_id: string}} */ it) => it.item_id === id;
    reviews.get(id)?.hear(comments.filter(isOf), verdicts.filter(isOf));
  }
};

const news = new News(path, Number(contentVersion), one(document, "[data-news]"), hear);
if (document.querySelector("[data-naming]")) {
  const guest = new Guest(path, name);
  for (const item of all(main, "[data-item]")) {
    if (item.querySelector("[data-review]")) reviews.set(item.dataset.item ?? "", new ItemReview(item, path, guest, news));
  }
}
mountStages(main, (item) => reviews.get(item.dataset.item ?? "")?.stood());
news.now();
