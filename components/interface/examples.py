"""Examples that run in one click: a strip of pictures above the form."""

from pathlib import Path
from typing import Any

import gradio as gr

from components.catalog.fields import MediaKind
from components.catalog.request import Example, ModelRequest

_TEMPLATE = """
<p class="purpose">{{value.purpose}}</p>
<div class="examples" role="group" aria-label="Examples">
  <span class="examples-title">Examples, one click each</span>
  {{#each value.examples}}
  <button type="button" class="example" data-example="{{this.index}}">
    <img src="{{this.picture}}" alt="" loading="lazy"><span>{{this.title}}</span>
  </button>
  {{/each}}
</div>
"""
_ON_LOAD = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-example]');
  if (button) trigger('select', {example: button.dataset.example});
});
"""


def build_examples(model: type[ModelRequest]) -> gr.HTML:
    """Lay out what the model is for and the strip; a click triggers `select` with an index."""
    cards = [
        {
            "index": index,
            "title": example.title,
            "picture": f"/playground/samples/{example.picture}",
        }
        for index, example in enumerate(model.examples)
    ]
    return gr.HTML(
        value={"purpose": model.purpose, "examples": cards},
        html_template=_TEMPLATE,
        js_on_load=_ON_LOAD,
        elem_id=f"{model.api_name}-examples",
    )


def example_values(model: type[ModelRequest], example: Example, samples: Path) -> dict[str, Any]:
    """An example's values, its sample names turned into paths."""

    def locate(name: str, kind: MediaKind) -> str:
        del kind
        return str(samples / name)

    return {
        name: model.parameters()[name].map_media(value, locate)
        for name, value in example.values.items()
    }
