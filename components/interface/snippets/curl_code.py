"""The request as a bash script that needs nothing but curl."""

import shlex

from components.interface.snippets.literals import HERE_DOCUMENT, written
from components.interface.snippets.material import Material
from components.interface.snippets.template import ProgramTemplate
from components.interface.snippets.upload_types import UPLOAD_TYPES

_PROGRAM = ProgramTemplate(r"""#!/usr/bin/env bash
# §title with §model: send the request, wait, save what comes back.
#
#   export AIML_API_KEY=your-key
#   bash request.sh
set -euf -o pipefail

API=§api
: "${AIML_API_KEY:?Set AIML_API_KEY to your key first}"
§files
payload() {
  cat <<JSON
§payload
JSON
}

# curl with the key; what the provider says about a refused request is shown.
call() {
  curl --silent --show-error --fail-with-body --header "Authorization: Bearer $AIML_API_KEY" "$@"
}

# values_of url: each text that is called "url" in the JSON on standard input.
values_of() {
  tr -d '\n' | grep -o "\"$1\" *: *\"[^\"]*\"" | cut -d '"' -f 4 | sed 's|\\/|/|g; s|\\u0026|\&|g'
}

answer=$(payload |
  call "$API§endpoint" --header "Content-Type: application/json" --data-binary @-) ||
  { echo "Not accepted: $answer" >&2; exit 1; }
§wait
number=1
for url in $(values_of url <<<"$answer"); do
  name=${url%%\?*}
  name=${name##*/}
  file=result-$number.${name##*.}
  curl --silent --show-error --fail --location --output "$file" "$url"
  printf '%s\nsaved as %s\n' "$url" "$file"
  number=$((number + 1))
done
""")
_VIDEO = ProgramTemplate("""\
id=$(values_of id <<<"$answer" | sed -n 1p)
echo "Accepted as $id"

status=queued
while [ "$status" != completed ]; do
  sleep §poll_s
  answer=$(call --retry 8 --get "$API§endpoint" --data-urlencode "generation_id=$id") ||
    { echo "No answer about $id: $answer" >&2; exit 1; }
  status=$(values_of status <<<"$answer" | sed -n 1p)
  echo "$status"
  [ "$status" != error ] || { echo "It failed: $answer" >&2; exit 1; }
done
""")
_FILES = ProgramTemplate(r"""
# Files that were added in the playground: save them under these names, or write your own paths.
§constants

for file in §all_files; do
  [ -r "$file" ] || { echo "There is no file $file here." >&2; exit 1; }
done

# The whole file as text, as it stands in a request.
data_uri() {
  case "$1" in
§cases
    *) type=application/octet-stream ;;
  esac
  printf 'data:%s;base64,' "$type"
  base64 <"$1" | tr -d '\n'
}
""")


def curl_code(material: Material) -> str:
    """Write the script."""
    model = material.model
    endpoint = model.endpoint()
    is_video = model.output == "video"
    return _PROGRAM.substitute(
        title=model.title,
        model=model.model_id,
        api=shlex.quote(material.addresses.provider),
        files=_files(material),
        payload=written(
            material.payload, HERE_DOCUMENT, lambda file: f'"$(data_uri "${material.files[file]}")"'
        ),
        endpoint=endpoint,
        wait=_VIDEO.substitute(endpoint=endpoint, poll_s=material.poll_s) if is_video else "",
    )


def _files(material: Material) -> str:
    if not material.files:
        return ""
    return _FILES.substitute(
        constants=material.declared(lambda it, name, url: f'{it}="{name}"  # {url}'),
        all_files=" ".join(f'"${name}"' for name in material.files.values()),
        cases="\n".join(f"    *{end}) type={kind} ;;" for end, kind in UPLOAD_TYPES.items()),
    )
