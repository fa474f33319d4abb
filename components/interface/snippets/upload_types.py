"""What a file that is sent may be, by its ending; a program looks it up as we do."""

from components.media.images import DEFAULT_LIMITS as PICTURES
from components.media.store import media_type
from components.media.videos import DEFAULT_LIMITS as CLIPS

_ENDINGS = (".jpg", *(f".{name.lower()}" for name in (*PICTURES.formats, *CLIPS.containers)))
UPLOAD_TYPES = {ending: media_type(f"file{ending}") for ending in _ENDINGS}
