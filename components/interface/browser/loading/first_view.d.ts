/** What stands in the page before gradio: what was pressed waits in it, and it says when it was seen. */
export interface FirstView extends HTMLElement {
  pressed: HTMLElement[];
  painted: Promise<unknown>;
  isAlive?: boolean;
  isComposing?: boolean;
}

/** A script of a part. */
export interface PartModule {
  mount(element: HTMLElement, facts: any): unknown;
}
