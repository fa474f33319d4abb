"""Sentences beside the fields they are about.

One component for a whole form: its sentences are moved to their fields in the browser, because a
component of its own for every field makes the page slower to appear.
"""

from collections.abc import Mapping
from typing import Any

import gradio as gr

_TEMPLATE = """
{{#each value.problems}}
<p class="problem" role="alert" id="{{../value.form}}-{{this.field}}problem"
   data-beside="{{this.beside}}">{{this.sentence}}</p>
{{/each}}
"""
_ON_LOAD = """
const place = () => {
  const form = props.value.form;
  document.querySelectorAll(`[data-placed="${form}"]`).forEach((it) => it.remove());
  for (const sentence of element.querySelectorAll('[data-beside]')) {
    const field = document.getElementById(sentence.dataset.beside);
    if (!field) continue;
    sentence.dataset.placed = form;
    (field.closest('.form') ?? field).after(sentence);
  }
  document.querySelector(`[data-placed="${form}"]`)?.scrollIntoView({block: 'nearest'});
};
watch('value', place);
"""


def build_problems(form: str) -> gr.HTML:
    """Lay out the place of the sentences that belong to the form as a whole."""
    return gr.HTML(
        value=problems_value(form, {}),
        html_template=_TEMPLATE,
        js_on_load=_ON_LOAD,
        elem_id=f"{form}-problems",
    )


def problems_value(form: str, problems: Mapping[str, str]) -> dict[str, Any]:
    """The component's value: `problems` maps a field's name ("" for the form) to its sentence."""
    return {
        "form": form,
        "problems": [
            {
                "field": f"{name}-" if name else "",
                "beside": f"{form}-{name}" if name else "",
                "sentence": sentence,
            }
            for name, sentence in problems.items()
        ],
    }
