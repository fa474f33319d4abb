// A model's tab: its form and its feed, brought together.

import { currentPlace, register, rename } from "../../browser/navigation/address.js";
import { one } from "../../browser/drawing/elements.js";
import { keepClear } from "./form/action_bar.js";
import { Feed } from "../feed/feed.js";
import { Form } from "./form/form.js";
import { listen, takeFilling, takeGifts } from "../../browser/navigation/navigation.js";

/** @param {HTMLElement} element @param {{ form: string }} facts */
export const mount = (element, { form: name }) => {
  const feed = new Feed(one(element, ".feed"), name);
  const form = new Form(one(element, "form", HTMLFormElement), (card) => {
    // The run that was linked is no longer what is looked at.
    if (currentPlace().run) rename({ tab: name });
    feed.show(card);
  });
  feed.form = form;
  keepClear(form.element);
  const fill = () => {
    const values = takeFilling(name);
    if (values) form.fill(values);
  };
  const receive = () => takeGifts(name).forEach((gift) => form.receive(gift));
  listen("run", element, (said) => said.form === name && feed.open(said.id));
  listen("deleted", element, ({ ids }) => feed.cover(ids, true));
  listen("restored", element, ({ ids }) => feed.cover(ids, false));
  listen("fill", element, (said) => said.form === name && fill());
  listen("gift", element, (said) => said.form === name && receive());
  fill();
  receive();
  const { run } = register(name, {
    name: () => ({}),
    show: (values) => values.run && feed.open(values.run),
    title: (values) => values.run && feed.titleOf(values.run),
  });
  if (run) feed.open(run);
};
