"""Whatever is wrong with a request, the answer is a problem with the right status that says what to do."""

import base64
import struct
import warnings
import zlib
from io import BytesIO

import pytest
from PIL import Image


def problem(response, status):
    """The detail of a problem; the answer must be one."""
    assert response.status_code == status, response.data[:300]
    assert response.content_type == "application/problem+json"
    assert response.json["status"] == status
    assert response.json["type"] == "about:blank"
    assert response.headers["Cache-Control"] == "no-store"
    assert "Traceback" not in response.text
    return response.json["detail"]


def sent(client, data, **fields):
    return client.post("/api/v1/mask", data={"image": (BytesIO(data), "x.jpg"), **fields})


def png(width, height, data=b""):
    """A PNG that declares a size, whatever its pixels."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", b"<?xml version='1.0'?><svg/>", b"%PDF-1.7\n",
        b"<html><script>alert(1)</script></html>", b"MZ\x90\x00", b"#!/bin/sh\n", b"\x00" * 100, b"P6 64 64 255 ",
        b"\x00\x00\x00\x18ftypisom" + b"\x00" * 64, b"8BPS\x00\x01", b"%!PS-Adobe", b"GIF", b"hello",
    ],
)  # fmt: skip
def test_what_is_no_picture_is_not_taken_whatever_its_name(client, data):
    assert "JPEG" in problem(sent(client, data), 415)


def test_damaged_pictures(client, saved):
    whole = saved("JPEG", size=(200, 200))
    for data in (whole[: len(whole) // 2], whole[:200], saved("PNG")[:300], b"\xff\xd8\xff\xe0" + b"\x00" * 500):
        response = sent(client, data)
        assert "picture" in problem(response, 422)
        assert response.json["field"] == "image"
    assert "empty" in problem(sent(client, b""), 422)


@pytest.mark.parametrize(
    ("file_format", "mode", "options"),
    [
        ("JPEG", "CMYK", {}), ("JPEG", "L", {"progressive": True}), ("PNG", "I;16", {}), ("PNG", "P", {}),
        ("PNG", "RGBA", {}), ("PNG", "1", {}), ("WEBP", "RGB", {"lossless": True}), ("GIF", "P", {}),
        ("BMP", "RGB", {}), ("TIFF", "RGB", {}), ("TIFF", "CMYK", {}), ("AVIF", "RGB", {}),
    ],
)  # fmt: skip
def test_odd_but_honest_pictures_are_taken(client, saved, file_format, mode, options):
    response = sent(client, saved(file_format, mode, **options))
    assert response.status_code == 200, response.data
    assert Image.open(BytesIO(response.data)).size == (64, 64)


def test_of_an_animation_the_first_frame_is_used(client, portrait):
    frames = [Image.fromarray(portrait).resize((64, 64)), Image.new("RGB", (64, 64), "red")]
    for file_format in ("GIF", "WEBP", "PNG"):
        buffer = BytesIO()
        frames[0].save(buffer, file_format, save_all=True, append_images=frames[1:])
        response = sent(client, buffer.getvalue())
        assert response.status_code == 200
        assert "first" in response.headers["Hairtint-Notes"]


def test_bombs_are_refused_before_they_are_decoded(client):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "megapixels" in problem(sent(client, png(60_000, 60_000)), 422)
        assert "megapixels" in problem(sent(client, png(2_000, 1_001)), 422)
        assert "megapixels" in problem(sent(client, png(2**31 - 1, 2**31 - 1)), 422)
    text = zlib.compress(b"\x00" * 10_000_000)
    chunk = b"zTXtComment\x00\x00" + text
    bomb = png(64, 64)
    bomb = bomb[:33] + struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) + bomb[33:]
    problem(sent(client, bomb), 422)


def test_a_jpeg_of_very_many_scans_is_refused(client, saved):
    whole = saved("JPEG", progressive=True)
    scan = whole.rindex(b"\xff\xda")
    assert sent(client, whole).status_code == 200
    assert "scans" in problem(sent(client, whole[:-2] + whole[scan:-2] * 200 + whole[-2:]), 422)


def test_nothing_but_pixels_of_a_polyglot_comes_back(client, saved):
    script = b"<script>alert('gotcha')</script>"
    for data in (saved("JPEG", comment=script) + script, saved("PNG") + script, saved("GIF", "P", comment=script)):
        response = client.post("/api/v1/recolor", data={"image": (BytesIO(data), "x.html"), "color": "red"})
        assert response.status_code == 200
        assert b"gotcha" not in response.data
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_too_large(client, saved):
    assert "2 MB" in problem(sent(client, saved("JPEG") + b"\x00" * 2_000_000), 413)
    assert "2 MB" in problem(client.post("/predict", json={"image": "A" * 4_000_000}), 413)
    assert "2 MB" in problem(sent(client, b"\x00" * 4_000_000), 413)
    assert "model" in problem(sent(client, saved("JPEG"), model="x" * 600_000), 422)


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=b"])
def test_too_large_without_saying_so_before(client, kind):
    """A chunked body, as WSGI servers that do not buffer it hand it over."""
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
    body = BytesIO(b" " * 4_000_000)
    assert "2 MB" in problem(
        client.post("/api/v1/mask", input_stream=body, content_type=kind, environ_overrides=chunked), 413
    )


def test_frames_are_small(client, jpeg):
    large = png(1921, 1100)
    response = client.post("/api/v1/frame?color=red", data=large, content_type="image/png")
    assert "megapixels" in problem(response, 422)
    assert response.json["field"] == "image"
    problem(client.post("/api/v1/frame?color=red&image=x", data=jpeg, content_type="image/jpeg"), 422)
    assert "color" in problem(client.post("/api/v1/frame", data=jpeg, content_type="image/jpeg"), 422)


@pytest.mark.parametrize("path", ["/predict", "/change_color", "/api/v1/mask", "/api/v1/recolor"])
def test_bodies_that_are_not_json(client, path):
    for body in (b"", b"{", b"\xff\xfe", b"[" * 900, b'{"image": ' + b"9" * 5000 + b"}"):
        assert "JSON" in problem(client.post(path, data=body, content_type="application/json"), 400)
    for body in (b"[]", b"null", b'"x"', b"3"):
        assert "object" in problem(client.post(path, data=body, content_type="application/json"), 422)


def test_json_of_very_many_values_is_refused_before_it_is_parsed(client):
    """They take thirty times the memory of their text, and seconds in which nobody else is served."""
    for body in (b'{"image": [' + b"{}," * 2000 + b"{}]}", b"[" * 2000, b'{"0":1' + b',"0":1' * 2000 + b"}"):
        assert "too many values" in problem(client.post("/predict", data=body, content_type="application/json"), 422)


@pytest.mark.parametrize("path", ["/predict", "/change_color", "/api/v1/mask", "/api/v1/recolor"])
def test_fields_in_the_address_are_not_passed_over(client, jpeg, path):
    response = client.post(f"{path}?strength=0", json={"image": base64.b64encode(jpeg).decode(), "color": "red"})
    assert "not into the address" in problem(response, 422)
    assert response.json["field"] == "strength"


def test_other_types_of_body(client):
    assert "application/json" in problem(client.post("/predict", data="image=x"), 415)
    assert "multipart/form-data" in problem(client.post("/api/v1/mask", data=b"x", content_type="text/plain"), 415)
    assert "image/jpeg" in problem(client.post("/api/v1/frame", data=b"x", content_type="image/svg+xml"), 415)
    assert "Content-Type" in problem(client.post("/api/v1/mask"), 415)


def test_forms_that_are_not_whole(client):
    problem(client.post("/api/v1/mask", data=b"--x\r\n", content_type="multipart/form-data; boundary=x"), 400)
    problem(client.post("/api/v1/mask", data=b"x", content_type="multipart/form-data"), 400)
    problem(client.post("/api/v1/mask", data={"image": "a form of another kind"}), 415)


def test_forms_with_the_wrong_parts(client, jpeg):
    content = "multipart/form-data"
    as_text = client.post("/api/v1/mask", data={"image": base64.b64encode(jpeg).decode()}, content_type=content)
    assert "as a file" in problem(as_text, 422)
    two = client.post("/api/v1/mask", data={"image": [(BytesIO(jpeg), "a.jpg"), (BytesIO(jpeg), "b.jpg")]})
    assert "one file" in problem(two, 422)
    other = client.post("/api/v1/mask", data={"photo": (BytesIO(jpeg), "a.jpg")})
    assert "field image" in problem(other, 422)
    assert "at most 32 parts" in problem(sent(client, jpeg, **{f"field{n}": "x" for n in range(40)}), 413)


@pytest.mark.parametrize(
    ("fields", "field", "hint"),
    [
        ({}, "color", "missing"),
        ({"color": "blurple"}, "color", "did you mean"),
        ({"color": [181, 86, 43]}, "color", "name"),
        ({"color": "\ud800"}, "color", "unknown"),
        ({"colour": "red", "color": "red"}, "colour", '"color"'),
        ({"color": "red", "strength": 2}, "strength", "0 to 1"),
        ({"color": "red", "strength": "1"}, "strength", "0 to 1"),
        ({"color": "red", "strength": True}, "strength", "0 to 1"),
        ({"color": "red", "strength": float("nan")}, "strength", "0 to 1"),
        ({"color": "red", "strength": None}, "strength", "0 to 1"),
        ({"color": "red", "method": "magic"}, "method", "natural, hsv"),
        ({"color": "red", "method": ["hsv"]}, "method", "natural, hsv"),
        ({"color": "red", "effects": "gloss"}, "effects", "list"),
        ({"color": "red", "effects": ["sparkle"]}, "effects", "choose one of"),
        ({"color": "red", "effects": ["gloss"] * 9}, "effects", "at most 8"),
        ({"color": "red", "effects": ["gloss"], "method": "hsv"}, "effects", "need method"),
        ({"color": "red", "saturation": 0.5}, "saturation", "method hsv"),
        ({"color": "red", "model": "../../etc/passwd"}, "model", "swift"),
        ({"color": "red", "model": "/tmp/x.onnx"}, "model", "swift"),
        ({"color": "red", "format": "gif"}, "format", "jpeg, png, webp"),
        ({"color": "red", "quality": 0}, "quality", "1 to 100"),
        ({"color": "red", "quality": 50.5}, "quality", "whole"),
        ({"color": "red", "keep": "yes"}, "keep", "true or false"),
        ({"color": "red", "photo": "a" * 20}, "image", "one of"),
    ],
)
def test_fields_that_are_wrong(client, jpeg, fields, field, hint):
    response = client.post("/api/v1/recolor", json={"image": base64.b64encode(jpeg).decode(), **fields})
    assert hint in problem(response, 422)
    assert response.json["field"] == field


@pytest.mark.parametrize(
    ("image", "status"),
    [
        (3, 422), (None, 422), (["x"], 422), ("not base64!", 422), ("data:image/png,abc", 422), ("data:", 422),
        ("", 422),
        ("data:image/svg+xml;base64,PHN2Zz4=", 415), ("data:text/html;base64,PHN2Zz4=", 415), ("PHN2Zz4=", 415),
        ("http://127.0.0.1/x.jpg", 422), ("file:///etc/passwd", 422),
    ],
)  # fmt: skip
def test_images_that_are_none(client, image, status):
    problem(client.post("/predict", json={"image": image}), status)


@pytest.mark.parametrize(
    "color", [[1, 2], [1, 2, 3, 4], [361, 1, 1], [-1, 1, 1], ["a", 1, 1], [True, 1, 1], {}, 7, None]
)
def test_colours_of_the_report_that_are_none(client, jpeg, color):
    body = {"image": base64.b64encode(jpeg).decode(), "color": color}
    assert "hue 0 to 360" in problem(client.post("/change_color", json=body), 422)


def test_addresses_and_methods(client):
    assert "/docs" in problem(client.get("/nothing/here"), 404)
    wrong = client.get("/api/v1/recolor")
    assert "GET" in problem(wrong, 405)
    assert "POST" in wrong.headers["Allow"]
    problem(client.delete("/"), 405)
    problem(client.get("/static/../settings.py"), 404)
    assert "takes no fields" in problem(client.get("/api/v1/models?x=1"), 422)
    for address in ("/healthz?x=1", "/readyz?x=1"):  # so load balancers make sure that no cache answers
        assert client.get(address).status_code == 200


def test_a_picture_in_a_form_as_text_is_told_so_whatever_its_size(client):
    form = {"image": "A" * 1_000_000, "color": "copper"}
    answer = client.post("/api/v1/recolor", data=form, content_type="multipart/form-data")
    assert "send it as a file" in problem(answer, 422)


def test_a_mistake_of_the_server_says_nothing_about_itself(app, jpeg, monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(app.extensions["hairtint"].studio, "mask", broken)
    detail = problem(sent(app.test_client(), jpeg), 500)
    assert "secret" not in detail
    assert "RuntimeError" in caplog.text, "whoever runs the server is told"


def test_out_of_memory_is_no_mistake_of_the_client(app, jpeg, monkeypatch):
    def short(*_):
        raise MemoryError

    monkeypatch.setattr(app.extensions["hairtint"].studio, "mask", short)
    response = sent(app.test_client(), jpeg)
    problem(response, 503)
    assert int(response.headers["Retry-After"]) > 0
