"""Draw every sample of the playground again: `python assets/sources/draw.py`, about a minute.

Uses the system's Chromium, or the one `playwright install chromium` has put in place.
"""

import io
import math
import shutil
from base64 import b64encode
from importlib.util import find_spec
from pathlib import Path

import clip
import numpy
from harbour import (
    EVENING,
    FRAME_HEIGHT,
    FRAME_WIDTH,
    NIGHT,
    WATERLINE,
    Light,
    clouds,
    definitions,
    mountains,
    sky,
)
from PIL import Image, ImageOps
from playwright.sync_api import Browser, sync_playwright
from risograph import print_page
from shore import glitter, lighthouse, quay, reflection, sailing_boat, streaks
from svg import document, element, rect
from town import town

SOURCES = Path(__file__).parent
SAMPLES = SOURCES.parent / "samples"
THUMBNAILS = SOURCES.parent / "thumbnails"
PREVIEW_SIZE = (1200, 630)
PLEX = """
@font-face {{ font-family: Plex; font-weight: {weight}; src: url(data:font/woff2;base64,{data}) }}
"""
PREVIEW_TITLE = """
<div style="position:absolute;inset:0;
background:linear-gradient(100deg,#171a3dee 30%,#171a3d00 78%)">
<div style="padding:150px 0 0 84px;color:#fff;font-family:Plex,sans-serif">
<div style="width:104px;height:104px;padding:18px;border-radius:30px;background:#fff;zoom:.8">{logo}
</div>
<div style="font-size:76px;font-weight:700;letter-spacing:-.02em;margin-top:34px">Kling O1<br>
Playground</div>
<div style="font-size:31px;margin-top:22px;color:#e3e6ff">Pictures and videos with five models</div>
</div></div>
"""
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
RIGHT_SIDE = "#fox{transform:translateX(1024px) scaleX(-1)}#satchel,#strap{display:none}"


def picture(browser: Browser, svg: str, size: tuple[int, int], style: str = "") -> Image.Image:
    """Render one SVG at `size` pixels; transparent where nothing is drawn."""
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.set_content(f"<style>body{{margin:0}}svg{{display:block}}{style}</style>{svg}")
    shot = page.screenshot(omit_background=True)
    page.close()
    return Image.open(io.BytesIO(shot))


def save(image: Image.Image, name: str, grain: float = 1.4, quality: int = 88) -> None:
    """Write a JPEG with a breath of grain, which also hides the steps of the gradients."""
    chance = numpy.random.default_rng(1)
    pixels = numpy.asarray(image.convert("RGB"), dtype=numpy.float32)
    pixels = pixels + chance.normal(0, grain, pixels.shape[:2])[..., None]
    ready = Image.fromarray(numpy.clip(pixels + 0.5, 0, 255).astype(numpy.uint8))
    ready.save(SAMPLES / f"{name}.jpg", quality=quality, optimize=True, progressive=True)


def frame(body: str, light: Light, width: int = FRAME_WIDTH) -> str:
    """An SVG document of the harbour's height around `body`."""
    return document(element("defs", definitions(light)) + body, width, FRAME_HEIGHT)


def harbour(browser: Browser, light: Light, *, night: bool) -> Image.Image:
    """The place, by evening or by night."""
    ground = mountains(light, FRAME_WIDTH) + town(light, FRAME_WIDTH)
    body = (
        sky(light, night=night)
        + clouds(light, FRAME_WIDTH)
        + ground
        + lighthouse(light, night=night)
        + rect(0, WATERLINE, FRAME_WIDTH, FRAME_HEIGHT - WATERLINE, "url(#water-fill)")
        + reflection(ground + lighthouse(light, night=False))
        + streaks(light, FRAME_WIDTH)
        + glitter(light, 1180 if night else 1040)
        + sailing_boat(light, 690, 650, 0.8)
        + sailing_boat(light, 880, 690, 1.15)
        + quay(light, FRAME_WIDTH, (150,), 1.0 if night else 0.55)
    )
    return picture(browser, frame(body, light), (FRAME_WIDTH, FRAME_HEIGHT))


def characters(browser: Browser) -> None:
    """The courier from four sides; the right side is the left one mirrored, without the bag."""
    for name, source, style in (
        ("character-front", "character-front", ""),
        ("character-left", "character-side", ""),
        ("character-right", "character-side", RIGHT_SIDE),
        ("character-back", "character-back", ""),
    ):
        svg = (SOURCES / f"{source}.svg").read_text()
        save(picture(browser, svg, (1024, 1024), style), name)


def objects(browser: Browser) -> None:
    """The camera from three sides."""
    for name in ("object-front", "object-side", "object-top"):
        save(picture(browser, (SOURCES / f"{name}.svg").read_text(), (1024, 1024)), name)


def crewed_boat(browser: Browser, *, blinking: bool) -> Image.Image:
    """The boat with the courier standing in it."""
    look = RIGHT_SIDE + "#backdrop{display:none}"
    if blinking:
        look += "#eye{visibility:hidden}#blink{visibility:visible}"
    fox = picture(browser, (SOURCES / "character-side.svg").read_text(), (1024, 1024), look)
    boat = (SOURCES / "boat.svg").read_text()
    rig = picture(browser, boat, (760, 640), "#body{display:none}")
    fox = fox.resize((440, 440), Image.Resampling.LANCZOS)
    rig.alpha_composite(fox, (228, 176))
    rig.alpha_composite(picture(browser, boat, (760, 640), "#rig{display:none}"))
    return rig.resize((600, 505), Image.Resampling.LANCZOS)


def film(browser: Browser) -> None:
    """The clip, with the layers of the harbour moving past each other."""

    def render(body: str, width: int) -> Image.Image:
        svg = frame(body, EVENING, width)
        pixels = (math.ceil(width * clip.SCALE), clip.HEIGHT)
        return picture(browser, svg, pixels, f"svg{{width:auto;height:{clip.HEIGHT}px}}")

    boats = (crewed_boat(browser, blinking=False), crewed_boat(browser, blinking=True))
    clip.write(SAMPLES / "clip.mp4", clip.frames(render, boats))


def favicon(browser: Browser) -> None:
    """The logo as a picture of 64 pixels, for browsers that do not show SVG icons."""
    svg = (SOURCES.parent / "logo.svg").read_text()
    icon = picture(browser, svg, (256, 256), "svg{width:256px;height:256px}")
    small = icon.resize((64, 64), Image.Resampling.LANCZOS)
    small.save(SOURCES.parent / "favicon.png", optimize=True)
    icon.save(SOURCES.parent / "favicon.ico", sizes=[(16, 16), (32, 32), (64, 64)])


def thumbnails() -> None:
    """The pictures as the card of an example shows them, at twice its 150 by 76 pixels."""
    THUMBNAILS.mkdir(exist_ok=True)
    for source in sorted(SAMPLES.glob("*.jpg")):
        with Image.open(source) as sample:
            small = ImageOps.fit(sample, (300, 152), Image.Resampling.LANCZOS)
        small.save(THUMBNAILS / f"{source.stem}.webp", quality=76, method=6)


def page_font() -> str:
    """The font of the page, which comes with gradio."""
    folder = Path(str(find_spec("gradio").origin)).parent / "templates/frontend/static/fonts"
    files = {400: "IBMPlexSans-Regular", 700: "IBMPlexSans-Bold"}
    return "".join(
        PLEX.format(weight=weight, data=b64encode(path.read_bytes()).decode())
        for weight, path in ((it, folder / f"IBMPlexSans/{files[it]}.woff2") for it in files)
    )


def preview(browser: Browser) -> None:
    """What stands beside a link to the playground: the harbour and the name, 1200 by 630 pixels."""
    scene = harbour(browser, EVENING, night=False).convert("RGB")
    scene = ImageOps.fit(scene, PREVIEW_SIZE, Image.Resampling.LANCZOS, centering=(0.9, 0.6))
    logo = (SOURCES.parent / "logo.svg").read_text()
    title = picture(browser, PREVIEW_TITLE.format(logo=logo), PREVIEW_SIZE, page_font())
    scene.paste(title, mask=title.getchannel("A"))
    path = SOURCES.parent / "preview.jpg"
    scene.save(path, quality=78, optimize=True, progressive=True)


def main() -> None:
    """Draw everything."""
    SAMPLES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        characters(browser)
        objects(browser)
        save(print_page(lambda svg: picture(browser, svg, (1024, 1024))), "style", 0, 76)
        save(harbour(browser, EVENING, night=False), "place")
        save(harbour(browser, NIGHT, night=True), "place-night")
        thumbnails()
        preview(browser)
        favicon(browser)
        film(browser)
        browser.close()


if __name__ == "__main__":
    main()
