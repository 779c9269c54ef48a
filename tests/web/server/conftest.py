"""What the tests of the server share: the application, a client, and pictures as files."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from hairtint.web import create_app


@pytest.fixture(scope="session")
def app():
    """The application as it ships, but without a rate limit and with small limits of size."""
    return create_app(rate=0, workers=2, max_bytes=2_000_000, max_pixels=2_000_000)


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture(scope="session")
def jpeg(portrait):
    """The portrait at 256x256 as a JPEG file."""
    buffer = BytesIO()
    Image.fromarray(portrait).resize((256, 256)).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


@pytest.fixture(scope="session")
def saved(portrait):
    """A function that saves a small portrait in a format, with Pillow's options, and returns the file's bytes."""

    def save(file_format, mode="RGB", size=(64, 64), **options):
        buffer = BytesIO()
        image = Image.fromarray(portrait).resize(size)
        if mode == "I;16":
            image = Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)
        image = image if image.mode == mode else image.convert(mode)
        image.save(buffer, file_format, **options)
        return buffer.getvalue()

    return save
