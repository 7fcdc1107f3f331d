"""The image of a CAPTCHA: six digits, black on white, slightly distorted."""

from io import BytesIO
from random import Random
from secrets import SystemRandom

from PIL import Image, ImageDraw, ImageFont

_WIDTH, _HEIGHT = 300, 100
_MARGIN = 12
_FONT_SIZE = 64
_WHITE, _BLACK = 255, 0
# In degrees; beyond this a 1 may be read as a 7.
_TILT = 12
_STROKES, _SPECKS = 3, 120


def draw(answer: str) -> bytes:
    """Return a PNG of 300 by 100 pixels on which a person reads the digits of `answer`.

    Two pictures of the same answer differ. `docs/captcha.md` says what this protects from, and what not.
    """
    chance = SystemRandom()
    picture = _digits(answer, chance)
    _scratch(picture, chance)
    png = BytesIO()
    picture.save(png, "PNG")
    return png.getvalue()


def _digits(answer: str, chance: Random) -> Image.Image:
    font = ImageFont.load_default(size=_FONT_SIZE)
    picture = Image.new("L", (_WIDTH, _HEIGHT), _WHITE)
    pitch = (_WIDTH - 2 * _MARGIN) / len(answer)
    for place, digit in enumerate(answer):
        ink = _tilted(digit, font, chance)
        left = _MARGIN + pitch * (place + 0.5) - ink.width / 2 + chance.uniform(-2, 2)
        top = (_HEIGHT - ink.height) / 2 + chance.uniform(-12, 12)
        picture.paste(_BLACK, (round(left), round(top)), ink)
    return picture


def _tilted(digit: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, chance: Random) -> Image.Image:
    """Return one digit, tilted and cropped, as a mask."""
    ink = Image.new("L", (2 * _FONT_SIZE, 2 * _FONT_SIZE))
    ImageDraw.Draw(ink).text((_FONT_SIZE, _FONT_SIZE), digit, fill=255, font=font, anchor="mm", stroke_width=1)
    turned = ink.rotate(chance.uniform(-_TILT, _TILT), resample=Image.Resampling.BICUBIC)
    return turned.crop(turned.getbbox())


def _scratch(picture: Image.Image, chance: Random) -> None:
    pen = ImageDraw.Draw(picture)
    for _ in range(_STROKES):
        ends = [(0, chance.randrange(_HEIGHT)), (_WIDTH, chance.randrange(_HEIGHT))]
        pen.line(ends, fill=_BLACK, width=1)
    for _ in range(_SPECKS):
        pen.point((chance.randrange(_WIDTH), chance.randrange(_HEIGHT)), fill=_BLACK)
