"""The API as programs use it: pictures in, pictures out, by form, JSON and raw body."""

import base64
import re
import secrets
import threading
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

import hairtint
from hairtint import zoo
from hairtint.color import palette
from hairtint.photo import Photo
from hairtint.web import create_app
from hairtint.web.report_api import of_hsv


def pixels(response):
    assert response.status_code == 200, response.data[:300]
    image = Image.open(BytesIO(response.data))
    assert Image.MIME[image.format] == response.content_type
    return np.asarray(image)


def form(data, **fields):
    return {"data": {"image": (BytesIO(data), "me.jpg"), **fields}}


def text(data):
    return base64.b64encode(data).decode()


@pytest.fixture(scope="module")
def expected(jpeg):
    """What the library says about the same file: its pixels and its mask."""
    photo = Photo.open(jpeg)
    return photo.rgb, hairtint.Segmenter(threads=1).mask(photo.rgb)


def test_the_mask_is_the_librarys(client, jpeg, expected):
    mask = pixels(client.post("/api/v1/mask", **form(jpeg)))
    assert mask.shape == (256, 256)
    assert np.abs(mask / 255 - expected[1]).max() < 0.01
    assert (mask > 128).mean() > 0.02, "the portrait has hair"


def test_the_colour_is_the_librarys(client, jpeg, expected):
    response = client.post("/api/v1/recolor", **form(jpeg, color="copper", format="png"))
    dyed = hairtint.recolor(*expected, "copper")
    assert np.abs(pixels(response).astype(int) - dyed).max() <= 2, "only the mask's 8 bits make a difference"
    assert float(response.headers["Hairtint-Share"]) == pytest.approx(expected[1].mean(), abs=0.01)
    assert all(f"{stage};dur=" in response.headers["Server-Timing"] for stage in ("decode", "mask", "color", "encode"))


def test_form_json_and_data_url_give_the_same(client, jpeg):
    fields = {"color": "#2f5fc4", "strength": 0.5, "effects": ["gloss:0.4", "roots"], "format": "png"}
    answers = [
        client.post("/api/v1/recolor", **form(jpeg, **fields)),
        client.post("/api/v1/recolor", json={"image": " \t\r\n\f\v".join(text(jpeg)), **fields}),
        *(
            client.post("/api/v1/recolor", json={"image": f"data:{kind};base64,{text(jpeg)}", **fields})
            for kind in ("image/jpeg", "application/octet-stream", "")  # the content decides
        ),
    ]
    first, *others = map(pixels, answers)
    assert all((other == first).all() for other in others)


def test_the_share_is_of_what_is_kept_of_the_hair(client, portrait):
    """In every route: of all regions that of one."""
    large, small = (Image.fromarray(portrait).resize((side, side)) for side in (240, 120))
    both = Image.new("RGB", (400, 240), "grey")
    both.paste(large, (0, 0))
    both.paste(small, (270, 60))
    buffer = BytesIO()
    both.save(buffer, "PNG")
    file = buffer.getvalue()
    shares = []
    for clean in ("false", "true"):
        fields = {"largest_region": clean, "model": "swift"}
        mask = client.post("/api/v1/mask", **form(file, **fields))
        share = float(mask.headers["Hairtint-Share"])
        assert share == pytest.approx(pixels(mask).mean() / 255, abs=1e-4)
        dyed = client.post("/api/v1/recolor", **form(file, color="copper", **fields))
        assert float(dyed.headers["Hairtint-Share"]) == share
        shares.append(share)
    assert shares[1] < shares[0]


def test_files_up_to_the_limit_are_taken_in_every_way(client):
    noise = np.random.default_rng(0).integers(0, 256, (700, 800, 3), np.uint8)
    buffer = BytesIO()
    Image.fromarray(noise).save(buffer, "PNG")
    file = buffer.getvalue()
    assert 1_600_000 < len(file) < 2_000_000
    assert pixels(client.post("/api/v1/mask", **form(file))).shape == (700, 800)
    assert pixels(client.post("/predict", json={"image": text(file)})).shape == (700, 800)
    response = client.post("/api/v1/frame?output=mask", data=file, content_type="image/png")
    assert pixels(response).shape == (700, 800)


@pytest.mark.parametrize(("asked", "given"), [("png", "image/png"), ("webp", "image/webp"), (None, "image/jpeg")])
def test_the_format_is_the_one_asked_for_or_the_pictures_own(client, jpeg, asked, given):
    fields = {"format": asked} if asked else {}
    assert client.post("/api/v1/recolor", **form(jpeg, color="red", **fields)).content_type == given


def test_quality_makes_the_file_smaller(client, jpeg):
    sizes = [
        len(client.post("/api/v1/recolor", **form(jpeg, color="red", format=kind, quality=quality)).data)
        for kind in ("jpeg", "webp")
        for quality in (20, 95)
    ]
    assert sizes[0] < sizes[1] / 2
    assert sizes[2] < sizes[3] / 2


def test_metadata_goes_unless_it_is_asked_for(client, saved):
    exif = Image.Exif()
    exif[271] = "Camera of somebody"
    iptc = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0\0\0\0\x0c" + b"\x1c\x02\x78\0\x07a child"
    file = saved("JPEG", exif=exif, comment=b"at home", extra=b"\xff\xed\0" + bytes([len(iptc) + 2]) + iptc)
    plain = client.post("/api/v1/recolor", **form(file, color="red"))
    kept = client.post("/api/v1/recolor", **form(file, color="red", metadata="true"))
    assert b"somebody" not in plain.data
    assert b"at home" not in plain.data
    assert b"a child" not in plain.data
    assert b"somebody" in kept.data
    assert b"a child" in kept.data


def test_a_kept_picture_takes_further_colours_without_being_sent(client, jpeg):
    first = client.post("/api/v1/recolor", **form(jpeg, color="red", keep="true", format="png"))
    photo = first.headers["Hairtint-Photo"]
    again = client.post("/api/v1/recolor", json={"photo": photo, "color": "red", "format": "png"})
    assert (pixels(first) == pixels(again)).all()
    assert "mask" not in again.headers["Server-Timing"], "the mask was known"
    other = client.post("/api/v1/recolor", json={"photo": photo, "color": "blue", "format": "png"})
    assert (pixels(other) != pixels(first)).any()
    assert client.post("/api/v1/mask", json={"photo": photo}).status_code == 200


def test_an_unknown_picture_is_not_found(client):
    response = client.post("/api/v1/recolor", json={"photo": secrets.token_urlsafe(24), "color": "red"})
    assert response.status_code == 404
    assert "send the image" in response.json["detail"]


def test_a_network_by_name(client, jpeg):
    light, swift = (pixels(client.post("/api/v1/mask", **form(jpeg, model=name))) for name in ("light", "swift"))
    assert (light != swift).any()


def test_strength_0_gives_the_picture_back(client, jpeg, expected):
    same = client.post("/api/v1/recolor", **form(jpeg, color="red", strength="0", format="png"))
    assert (pixels(same) == expected[0]).all()


@pytest.mark.parametrize("kind", ["picture", "mask"])
def test_a_frame_alone_and_in_a_session(client, jpeg, kind):
    query = {"color": "violet", "output": kind}
    session = secrets.token_urlsafe(16)
    shapes = {
        pixels(client.post("/api/v1/frame", query_string=q, data=jpeg, content_type="image/jpeg")).shape
        for q in (query, {**query, "session": session}, {**query, "session": session})
    }
    assert shapes == {(256, 256, 3)} if kind == "picture" else {(256, 256)}


def test_all_videos_share_one_network(app):
    sessions = app.extensions["hairtint"].sessions
    one, other = (sessions.get(secrets.token_urlsafe(16)).tinter.segmenter for _ in range(2))
    assert one.memory is not other.memory
    assert one.still is other.still


def test_the_newest_frame_wins(app, jpeg):
    """While a frame is worked on, the second waits; the third takes its place, and the second is told so."""
    name = secrets.token_urlsafe(16)
    session = app.extensions["hairtint"].sessions.get(name)
    statuses = {}

    def send(which):
        query = {"color": "red", "session": name}
        answer = app.test_client().post("/api/v1/frame", query_string=query, data=jpeg, content_type="image/jpeg")
        statuses[which] = answer.status_code

    def waiting(count):
        with session.turns:
            assert session.turns.wait_for(lambda: session.newest == count, 20)

    threads = [threading.Thread(target=send, args=(which,)) for which in ("second", "third")]
    with session.turn() as wanted:
        assert wanted
        for count, thread in enumerate(threads, start=2):
            thread.start()
            waiting(count)
        threads[0].join(20)
        assert statuses == {"second": 204}
    threads[1].join(20)
    assert statuses == {"second": 204, "third": 200}


def test_the_listings(client):
    assert [dye["name"] for dye in client.get("/api/v1/colors").json] == [dye.name for dye in palette()]
    assert [model["name"] for model in client.get("/api/v1/models").json] == hairtint.models()
    assert "ombre:COLOR:START:SOFTNESS" in [effect["usage"] for effect in client.get("/api/v1/effects").json]
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json == {"status": "ready"}


def test_the_reports_two_addresses(client, jpeg, expected):
    mask = client.post("/predict", json={"image": text(jpeg)})
    assert mask.content_type == "image/png"
    assert np.abs(pixels(mask) / 255 - expected[1]).max() < 0.01
    by_hsv = client.post("/change_color", json={"image": text(jpeg), "color": [18, 76, 71]})
    by_hex = client.post("/change_color", json={"image": text(jpeg), "color": of_hsv([18, 76, 71]).hex})
    assert by_hsv.content_type == "image/png"
    assert (pixels(by_hsv) == pixels(by_hex)).all()
    named = client.post("/change_color", json={"image": text(jpeg), "color": "copper", "method": "hsv"})
    assert np.abs(pixels(named).astype(int) - hairtint.recolor(*expected, "copper", method="hsv")).max() <= 2


@pytest.mark.parametrize(
    ("hsv", "rgb"),
    [
        ([0, 100, 100], (255, 0, 0)), ([120, 100, 100], (0, 255, 0)), ([240, 1, 1], (0, 0, 255)),
        ([1 / 3, 1, 1], (0, 255, 0)), ([360, 100, 50], (128, 0, 0)), ([0, 0, 100], (255, 255, 255)),
        ([0, 0, 0], (0, 0, 0)),
    ],
)  # fmt: skip
def test_hsv_in_percent_and_in_fractions(hsv, rgb):
    assert of_hsv(hsv).rgb() == rgb


def test_metrics_begin_with_nothing():
    page = create_app(model="light").test_client().get("/metrics").text
    assert "hairtint_stage_seconds_count" not in page, "what a server does to be warm is no visitor's"


def test_metrics_count_routes_and_stages(client, jpeg):
    client.post("/api/v1/recolor", **form(jpeg, color="red"))
    client.get("/no/such/address")
    page = client.get("/metrics").text
    assert 'hairtint_requests_total{method="POST",route="/api/v1/recolor",status="200"}' in page
    assert 'hairtint_requests_total{method="GET",route="other",status="404"}' in page
    assert 'hairtint_stage_seconds_count{stage="mask"}' in page
    assert "process_resident_memory_bytes" in page


def test_the_page_says_where_things_are_and_who_may_use_them(client):
    page = client.get("/")
    assert page.status_code == 200
    assert "data-config=" in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in policy
    assert "'wasm-unsafe-eval'" in policy
    assert page.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert page.headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert "Access-Control-Allow-Origin" not in page.headers


@pytest.mark.parametrize("name", ["fine", "swift"])
def test_the_networks_are_served_for_the_browser_and_cached(client, name):
    (address,) = re.findall(rf"models/{name}\.onnx\?v=\w+", client.get("/").text)
    response = client.get(address)
    assert "max-age=31536000" in response.headers["Cache-Control"]
    assert response.data == zoo.find(name).read()
    again = client.get(address, headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/models/../manifest.json").status_code == 404
    assert client.get("/models/nothing.onnx").status_code == 404


def test_networks_that_visitors_choose_are_let_go(jpeg):
    app = create_app(model="light", rate=0)
    studio, client = app.extensions["hairtint"].studio, app.test_client()
    client.post("/api/v1/frame?output=mask", data=jpeg, content_type="image/jpeg")
    own = dict(studio.segmenters)
    assert list(own) == ["light", "swift"]
    for name in ("fine", "deep"):
        assert client.post("/api/v1/mask", **form(jpeg, model=name)).status_code == 200
        assert {**own, name: studio.segmenter(name)} == studio.segmenters


def test_a_server_of_one_network_holds_no_other(jpeg):
    app = create_app(model="light", rate=0)
    assert app.test_client().post("/api/v1/mask", data={"image": (BytesIO(jpeg), "me.jpg")}).status_code == 200
    assert list(app.extensions["hairtint"].studio.segmenters) == ["light"]


def test_other_sites_are_let_in_only_by_name(jpeg):
    client = create_app(model="light", rate=0, origins=("https://example.org",)).test_client()
    good = client.get("/api/v1/colors", headers={"Origin": "https://example.org"})
    bad = client.get("/api/v1/colors", headers={"Origin": "https://example.com"})
    assert good.headers["Access-Control-Allow-Origin"] == "https://example.org"
    assert "Access-Control-Allow-Origin" not in bad.headers
    before = client.options("/api/v1/recolor", headers={"Origin": "https://example.org"})
    assert before.status_code == 200  # or browsers send neither JSON nor pictures
    assert "POST" in before.headers["Access-Control-Allow-Methods"]


def test_other_sites_are_named_as_browsers_name_them():
    from hairtint.web.settings import Settings

    given = (
        "HTTPS://Example.org/",
        "https://example.org:443",
        "http://localhost:8000",
        "http://[::1]:80",
        "tauri://localhost",
    )
    named = ("https://example.org", "https://example.org", "http://localhost:8000", "http://[::1]", "tauri://localhost")
    assert Settings(origins=given).origins == named


@pytest.mark.parametrize(
    "site",
    ["*", "example.org", "https://example.org:99999", "https://*.example.org", "https://example.org/page", "null", ""],
)
def test_what_is_no_site_is_refused(site):
    from hairtint.errors import InputError
    from hairtint.web.settings import Settings

    with pytest.raises(InputError, match=r"https://example\.org"):
        Settings(origins=(site,))
