"""The image of a CAPTCHA: six digits, black on white, slightly distorted."""

from io import BytesIO
from random import Random

from PIL import Image, ImageDraw, ImageFont

_WIDTH, _HEIGHT = 300, 100
_MARGIN = 12
_FONT_SIZE = 64
_WHITE, _BLACK = 255, 0
# In degrees; beyond this a 1 may be read as a 7.
_TILT = 12
_STROKES, _SPECKS = 3, 120


def draw(answer: str, random: Random) -> bytes:
    """Return a PNG of 300 by 100 pixels on which a person reads the digits of `answer`.

    Two pictures of the same answer differ, unless they are of the same `random` numbers. `docs/captcha.md` says what this
    protects from, and what not.
    """
    picture = _digits(answer, random)
    _add_noise(picture, random)
    png = BytesIO()
    picture.save(png, "PNG")
    return png.getvalue()


def _digits(answer: str, random: Random) -> Image.Image:
    font = ImageFont.load_default(size=_FONT_SIZE)
    picture = Image.new("L", (_WIDTH, _HEIGHT), _WHITE)
    pitch = (_WIDTH - 2 * _MARGIN) / len(answer)
    for place, digit in enumerate(answer):
        mask = _tilted(digit, font, random)
        left = _MARGIN + pitch * (place + 0.5) - mask.width / 2 + random.uniform(-2, 2)
        top = (_HEIGHT - mask.height) / 2 + random.uniform(-12, 12)
        picture.paste(_BLACK, (round(left), round(top)), mask)
    return picture


def _tilted(digit: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, random: Random) -> Image.Image:
    """Return one digit, tilted and cropped, as a mask."""
    mask = Image.new("L", (2 * _FONT_SIZE, 2 * _FONT_SIZE))
    ImageDraw.Draw(mask).text((_FONT_SIZE, _FONT_SIZE), digit, fill=255, font=font, anchor="mm", stroke_width=1)
    rotated = mask.rotate(random.uniform(-_TILT, _TILT), resample=Image.Resampling.BICUBIC)
    return rotated.crop(rotated.getbbox())


def _add_noise(picture: Image.Image, random: Random) -> None:
    pen = ImageDraw.Draw(picture)
    for _ in range(_STROKES):
        ends = [(0, random.randrange(_HEIGHT)), (_WIDTH, random.randrange(_HEIGHT))]
        pen.line(ends, fill=_BLACK, width=1)
    for _ in range(_SPECKS):
        pen.point((random.randrange(_WIDTH), random.randrange(_HEIGHT)), fill=_BLACK)
