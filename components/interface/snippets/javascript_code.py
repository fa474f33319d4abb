"""The request as a JavaScript module for Node 18 and newer, with its own `fetch`."""

import json

from components.interface.snippets.literals import JAVASCRIPT, json_text, written
from components.interface.snippets.material import Material
from components.interface.snippets.template import ProgramTemplate
from components.interface.snippets.upload_types import UPLOAD_TYPES

_PROGRAM = ProgramTemplate("""\
// §title with §model: send the request, wait, save what comes back.
//
//   export AIML_API_KEY=your-key
//   node request.mjs        (Node 18 or newer)

import { §functions } from "node:fs/promises";
import { extname } from "node:path";

const API = §api;
const KEY = process.env.AIML_API_KEY;
if (!KEY) throw new Error("Set AIML_API_KEY to your key first.");
const HEADERS = { Authorization: `Bearer ${KEY}`, "Content-Type": "application/json" };
§files
const payload = §payload;

async function json(answer) {
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
  return answer.json();
}

const request = { method: "POST", headers: HEADERS, body: JSON.stringify(payload) };
§wait

for (const [index, url] of urls.entries()) {
  const result = await fetch(url);
  if (!result.ok) throw new Error(`${result.status}: ${url}`);
  const file = `result-${index + 1}${extname(new URL(url).pathname)}`;
  await writeFile(file, Buffer.from(await result.arrayBuffer()));
  console.log(`${url}\\nsaved as ${file}`);
}
""")
_PICTURES = ProgramTemplate("""\
const pictures = await json(await fetch(`${API}§endpoint`, request));
const urls = pictures.data.map((picture) => picture.url);""")
_VIDEO = ProgramTemplate("""\
let video = await json(await fetch(`${API}§endpoint`, request));
console.log("Accepted as", video.id);

const look = `${API}§endpoint?generation_id=${encodeURIComponent(video.id)}`;
while (!["completed", "error"].includes(video.status)) {
  await new Promise((wake) => setTimeout(wake, §poll_ms));
  const answer = await fetch(look, { headers: HEADERS });
  // Too busy to answer; the video is not touched by that.
  if (answer.status === 429 || answer.status >= 500) continue;
  video = await json(answer);
  console.log(video.status);
}

if (video.status === "error") throw new Error(`It failed: ${JSON.stringify(video.error)}`);
const urls = [video.video.url];""")
_FILES = ProgramTemplate("""
// Files that were added in the playground: save them under these names, or write your own paths.
§constants

const TYPES = §types;

/** The whole file as text, as it stands in a request. */
async function dataUri(path) {
  const type = TYPES[extname(path).toLowerCase()] ?? "application/octet-stream";
  return `data:${type};base64,${await readFile(path, "base64")}`;
}
""")


def javascript_code(material: Material) -> str:
    """Write the program."""
    model = material.model
    wait = _VIDEO if model.output == "video" else _PICTURES
    return _PROGRAM.substitute(
        title=model.title,
        model=model.model_id,
        functions="readFile, writeFile" if material.files else "writeFile",
        api=json_text(material.addresses.provider),
        files=_files(material),
        payload=written(
            material.payload, JAVASCRIPT, lambda file: f"await dataUri({material.files[file]})"
        ),
        wait=wait.substitute(endpoint=model.endpoint(), poll_ms=round(material.poll_s * 1000)),
    )


def _files(material: Material) -> str:
    if not material.files:
        return ""
    return _FILES.substitute(
        constants=material.declared(lambda it, name, url: f'const {it} = "{name}"; // {url}'),
        types=json.dumps(UPLOAD_TYPES, indent=2),
    )
