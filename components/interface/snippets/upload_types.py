"""What a file that is sent may be, by its ending; a program looks it up as we do."""

from components.media.clips.limits import DEFAULT_LIMITS as CLIPS
from components.media.images.limits import DEFAULT_LIMITS as PICTURES
from components.media.store.media_store import media_type

_ENDINGS = (".jpg", *(f".{name.lower()}" for name in (*PICTURES.formats, *CLIPS.containers)))
UPLOAD_TYPES = {ending: media_type(f"file{ending}") for ending in _ENDINGS}
