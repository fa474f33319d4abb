// A box that takes a generation id from elsewhere; `fetched(id)` is told the run that has it.

import { post } from "../../browser/server/server.js";

export const fetchByGeneration = (box, fetched) => {
  const form = box.querySelector("form");
  const problem = form.querySelector(".problem");
  const say = (sentence) => {
    problem.hidden = !sentence;
    problem.textContent = sentence;
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    say("");
    try {
      const { id } = await post("/history/fetch", Object.fromEntries(new FormData(form)));
      form.reset();
      box.open = false;
      fetched(id);
    } catch (error) {
      say(error.message);
    }
  });
};
