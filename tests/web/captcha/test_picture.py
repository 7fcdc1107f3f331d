from io import BytesIO
from random import Random, SystemRandom

from PIL import Image

from web.captcha import picture


def _seeded(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - the same pictures on every run


def _ink(paper: Image.Image) -> Image.Image:
    return paper.point(lambda shade: 255 - shade)


def _groups(columns: list[int]) -> int:
    """Return the number of separate runs of columns with ink."""
    return sum(1 for before, here in zip([0, *columns], columns, strict=False) if here and not before)


def test_the_picture_is_a_large_png() -> None:
    """A browser gets a PNG of 300 by 100 pixels, large enough to be read without a magnifier."""
    with Image.open(BytesIO(picture.draw("402915", SystemRandom()))) as image:
        assert (image.format, image.size) == ("PNG", (300, 100))


def test_the_picture_is_black_on_white() -> None:
    """Full black on full white, and most of it white: the highest contrast."""
    with Image.open(BytesIO(picture.draw("402915", SystemRandom()))) as image:
        shades = image.convert("L").histogram()
    assert shades[255] > 3 * sum(shades[:255])
    assert shades[0] > 2_000


def test_the_answer_is_not_written_in_the_file() -> None:
    """Neither the file's bytes nor its text chunks carry the answer."""
    png = picture.draw("402915", SystemRandom())
    with Image.open(BytesIO(png)) as image:
        assert image.info == {}
    assert b"402915" not in png


def test_two_pictures_of_one_answer_differ() -> None:
    """The answer of one picture cannot be recognised in the next one by its bytes."""
    assert picture.draw("402915", SystemRandom()) != picture.draw("402915", SystemRandom())


def test_every_digit_is_whole_and_separate() -> None:
    """With any random numbers, no digit is cut by an edge or touches its neighbour."""
    for seed in range(200):
        columns, rows = _ink(picture._digits(str(seed % 10) * 6, _seeded(seed))).getprojection()
        assert _groups(columns) == 6, seed
        assert [columns[0], columns[-1], rows[0], rows[-1]] == [0, 0, 0, 0], seed


def test_the_scratches_hide_little() -> None:
    """The lines and specks cover a small part of the picture: a person still reads the digits."""
    paper = Image.new("L", (300, 100), 255)
    picture._add_noise(paper, _seeded(1))
    assert 0 < paper.histogram()[0] < 0.05 * 300 * 100
