"""Pictures that tests draw."""

from PIL import Image, ImageDraw


def drawn(colour="red", shape="disc", size=(80, 80), mode="RGB", ground="white"):
    """A shape of one colour on a ground, in the middle half of the picture."""
    picture = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(picture)
    box = [size[0] // 4, size[1] // 4, 3 * size[0] // 4, 3 * size[1] // 4]
    {"disc": draw.ellipse, "square": draw.rectangle}[shape](box, fill=colour)
    return picture.convert(mode)


def halves(left="black", right="white", size=(80, 40)):
    picture = Image.new("RGB", size, right)
    picture.paste(left, (0, 0, size[0] // 2, size[1]))
    return picture
