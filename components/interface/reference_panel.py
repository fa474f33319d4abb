"""The references panel: its place on the page, and how it looks in the browser."""

from dataclasses import dataclass

import gradio as gr
from gradio.components import Component

from components.catalog.request import ModelRequest

_TEMPLATE = """
{{#if value.cards}}
<div class="refs-top"><span>References: click a name, or type @ in the prompt</span>
  <span class="meter {{#if value.over}}over{{/if}}">{{value.meter}}</span></div>
{{/if}}
<ul class="refs">
{{#each value.cards}}
<li class="ref ref-{{this.state}}" data-identity="{{this.identity}}">
  <button type="button" class="ref-token" data-insert="{{this.token}}"
          aria-label="Put {{this.token}} into the prompt">
    {{#if this.thumb}}<img src="{{this.thumb}}" alt="">{{/if}}<b>{{this.token}}</b></button>
  <div class="ref-text"><span class="ref-facts">{{this.facts}}</span>
  {{#if this.sentence}}<span class="ref-sentence">{{this.sentence}}</span>{{/if}}
  {{#each this.changes}}<span class="ref-change">{{this}}</span>{{/each}}</div>
  <div class="ref-tools">
    {{#if this.can_move_back}}<button type="button" data-action="move" data-by="-1"
      data-field="{{this.field}}" data-index="{{this.index}}"
      aria-label="Move {{this.token}} forward">◀</button>{{/if}}
    {{#if this.can_move_on}}<button type="button" data-action="move" data-by="1"
      data-field="{{this.field}}" data-index="{{this.index}}"
      aria-label="Move {{this.token}} back">▶</button>{{/if}}
    {{#if this.is_element}}<button type="button" data-action="keep" data-index="{{this.index}}"
      data-field="{{this.field}}">Keep in kit</button>{{/if}}
  </div>
  <div class="ref-progress"><progress max="100" value="{{this.percent}}"
      aria-label="Preparing {{this.token}}"></progress>
    <button type="button" data-action="stop" data-token="{{this.token}}">Stop</button></div>
  {{#if this.checks}}
  <details><summary>{{#if this.before}}Before and after{{else}}Checked{{/if}}</summary>
    {{#if this.before}}<div class="ref-pair">
      <figure><img src="{{this.before}}" alt="before"><figcaption>before</figcaption></figure>
      <figure><img src="{{this.thumb}}" alt="after"><figcaption>after</figcaption></figure>
    </div>{{/if}}
    {{#if this.offers_ratio}}<label>Too wide or tall:
      <select data-choose="beyond_ratio"><option value="pad">add borders</option>
      <option value="crop" {{#if this.crops}}selected{{/if}}>cut off</option>
      </select></label>{{/if}}
    {{#if this.offers_colour}}<label>Background:
      <input type="color" data-choose="background" value="{{this.background}}"></label>{{/if}}
    {{#if this.offers_start}}<label>Start at second:
      <input type="number" data-choose="start_s" min="0" max="{{this.last_start_s}}" step="0.5"
             value="{{this.start_s}}"></label>{{/if}}
    <table><tbody>{{#each this.checks}}<tr class="{{#if this.holds}}holds{{else}}broken{{/if}}">
      <td>{{this.label}}</td><td>{{this.value}}</td><td>{{this.limit}}</td>
      <td>{{#if this.holds}}fits{{else}}was changed{{/if}}</td></tr>{{/each}}</tbody></table>
  </details>{{/if}}
</li>
{{/each}}
</ul>
{{#each value.notes}}<p class="ref-note">{{this}}</p>{{/each}}
{{#if value.kit}}
<div class="kit"><span>{{value.kit_label}}</span>
{{#each value.kit}}<span class="kit-entry">
  <button type="button" class="kit-use" data-action="use" data-id="{{this.id}}">
    {{#if this.thumb}}<img src="{{this.thumb}}" alt="">{{/if}}{{this.name}}</button>
  <button type="button" data-action="rename" data-id="{{this.id}}" data-name="{{this.name}}"
          aria-label="Rename {{this.name}}">✎</button>
  <button type="button" data-action="forget" data-id="{{this.id}}" data-name="{{this.name}}"
          aria-label="Delete {{this.name}} from the kit">✕</button>
</span>{{/each}}</div>
{{/if}}
"""
_ON_LOAD = """
element.addEventListener('click', (event) => {
  const insert = event.target.closest('[data-insert]');
  if (insert) window.playground?.insertToken(props.value.form, insert.dataset.insert);
  const button = event.target.closest('[data-action]');
  if (!button) return;
  const said = {...button.dataset};
  if (said.action === 'keep') said.name = prompt('A name for this element');
  if (said.action === 'rename') said.name = prompt('Its new name', said.name);
  if (said.action === 'forget' && !confirm(`Delete ${said.name} from the kit?`)) return;
  if (['keep', 'rename'].includes(said.action) && !said.name) return;
  trigger('select', said);
});
element.addEventListener('change', (event) => {
  const input = event.target.closest('[data-choose]');
  if (!input) return;
  const identity = input.closest('[data-identity]').dataset.identity;
  trigger('select', {action: 'choose', identity, name: input.dataset.choose, value: input.value});
});
let again, quiet;
const noted = (event) => {
  const part = event.target.closest?.('[id^="FORM-"]');
  if (!part || part === element || element.contains(event.target)) return;
  const leaves = event.type === 'focusout';
  if (event.type === 'input' && !part.matches('.prompt')) return;
  if (leaves && !part.matches('.links')) return;
  clearTimeout(quiet);
  quiet = setTimeout(() => trigger('input'), event.type === 'input' ? 400 : 50);
};
['input', 'change', 'focusout'].forEach((name) => document.addEventListener(name, noted));
watch('value', () => {
  clearTimeout(again);
  if (props.value.working) again = setTimeout(() => trigger('input'), 700);
});
if (localStorage.getItem('draft-FORM')) trigger('submit');
"""


@dataclass(frozen=True)
class ReferencePanel:
    """`draft` keeps what was typed, added and chosen; `numbered` what the tokens stood for."""

    html: gr.HTML
    draft: gr.BrowserState
    numbered: gr.State

    def parts(self) -> list[Component]:
        """The components that a look at the form may update."""
        return [self.html, self.numbered, self.draft]


def remember_draft(model: type[ModelRequest]) -> gr.BrowserState:
    """A tab's draft, kept in the browser; made outside the tab for the same reason as its run."""
    return gr.BrowserState(
        None,
        storage_key=f"draft-{model.api_name}",
        secret="playground",  # noqa: S106
    )


def build_panel(model: type[ModelRequest], draft: gr.BrowserState) -> ReferencePanel:
    """Lay out the panel.

    Its clicks arrive as `select` with an `action`; `input` asks for another look, when typing
    pauses and while something is being prepared; `submit` asks for a kept draft.
    """
    html = gr.HTML(
        value={"form": model.api_name, "cards": [], "notes": [], "kit": []},
        html_template=_TEMPLATE,
        js_on_load=_ON_LOAD.replace("FORM", model.api_name),
        elem_id=f"{model.api_name}-references",
        elem_classes="references",
    )
    return ReferencePanel(html, draft, gr.State([]))
