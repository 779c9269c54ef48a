"""The API under /api/v1: mask, recolor, frame, and what there is to choose from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from typing import Any

import numpy as np
from flask import Response, jsonify
from numpy.typing import NDArray

from hairtint import zoo
from hairtint.color import Color, palette
from hairtint.effects import EFFECTS
from hairtint.errors import InputError
from hairtint.look import Look
from hairtint.matte import largest_region
from hairtint.photo import Photo
from hairtint.photo_mask import to_grey
from hairtint.tinter import Tinted
from hairtint.web import fields, operations
from hairtint.web.fields import Field
from hairtint.web.operations import FORM, JSON, PICTURES, Operation, Services
from hairtint.web.problems import Problem
from hairtint.web.store import Kept
from hairtint.web.studio import FORMATS

U8 = NDArray[np.uint8]

FRAME_COST = 1 / 20  # of a photo, for the rate limit: live video sends many small pictures
FRAME_PIXELS, FRAME_BYTES = 2_100_000, 4_000_000  # 1920 x 1080 at most

_KEPT = {"Hairtint-Photo": "The id of the kept picture, where keep was set and there was room."}
_SHARE = {"Hairtint-Share": "How much of the picture is hair, from 0 to 1; with largest_region that of its region."}
_NOTES = {"Hairtint-Notes": "What you should know about how the picture was read."}
_TIMES = {"Server-Timing": "What each stage took, in milliseconds."}
WORK = (400, 413, 415, 422, 429, 503)


def described(services: Services) -> list[Operation]:
    """The operations."""
    return [_mask(services), _recolor(services), _frame(services), *_listings()]


def _source() -> tuple[Field, ...]:
    photo = fields.word("photo", "Instead of an image: the id of a kept picture.", "[A-Za-z0-9_-]", 16, 64)
    model = fields.choice("model", "The network; without it the finest way for photos.", zoo.models())
    keep = fields.flag("keep", "Keep the picture in memory for a few minutes, for further colours without sending it.")
    clean = fields.flag("largest_region", "Keep only the largest region of the mask.")
    return replace(operations.image(), required=False), photo, model, keep, clean


def _look() -> tuple[Field, ...]:
    return fields.strength(), fields.method(), fields.effects()


def _delivery() -> tuple[Field, ...]:
    return (
        fields.choice("format", "Of the result; without it the picture's own, or PNG.", list(FORMATS)),
        fields.whole("quality", "Of a JPEG or WebP; without it a JPEG's own, or 95, and 92 of WebP.", 1, 100),
        fields.flag("metadata", "Leave EXIF, XMP, IPTC and texts in the result; they may say where a photo was taken."),
    )


def _mask(services: Services) -> Operation:
    return Operation(
        method="POST", path="/api/v1/mask", name="mask", summary="Where the hair is", work=partial(masked, services),
        about="A grey PNG of the picture's size in which hair is white.",
        fields=_source(), takes=(FORM, JSON), gives={"image/png": None}, one_of=("image", "photo"),
        headers={**_SHARE, **_KEPT, **_NOTES, **_TIMES}, statuses=(*WORK, 404), cost=1.0,
        examples=("curl -F image=@me.jpg {url}/api/v1/mask -o mask.png",),
    )  # fmt: skip


def _recolor(services: Services) -> Operation:
    saturation = fields.share("saturation", "With hsv: add this to the saturation of all hair alike.", 0.0)
    return Operation(
        method="POST", path="/api/v1/recolor", name="recolor", summary="The picture with its hair dyed",
        work=partial(recoloured, services),
        fields=(*_source(), fields.color(), *_look(), saturation, *_delivery()),
        takes=(FORM, JSON), gives=dict.fromkeys(FORMATS.values()), one_of=("image", "photo"),
        headers={**_SHARE, **_KEPT, **_NOTES, **_TIMES}, statuses=(*WORK, 404), cost=1.0,
        examples=(
            "curl -F image=@me.jpg -F color=copper {url}/api/v1/recolor -o me-copper.jpg",
            "curl -F image=@me.jpg -F color=#2f5fc4 -F strength=0.8 -F effects=gloss:0.4 -F format=webp "
            "{url}/api/v1/recolor -o me-blue.webp",
        ),
    )  # fmt: skip


def _frame(services: Services) -> Operation:
    def work(values: dict[str, Any]) -> Response:
        if values["color"] is None and values["output"] == "picture":
            raise Problem(422, "color is missing; it is left out only with output=mask", field="color")
        if len(values["image"]) > FRAME_BYTES:
            raise Problem(413, f"a frame has at most {FRAME_BYTES / 1e6:g} MB; send smaller ones", field="image")
        if values["session"] is None:
            return services.work(lambda: _framed(services, values, services.studio.tinter()))
        session = services.sessions.get(values["session"])
        with session.turn() as wanted:
            if not wanted:
                return Response(status=204)
            return services.work(lambda: _framed(services, values, session.tinter))

    session = fields.word("session", "Made up by you, long and random: frames of one video.", "[A-Za-z0-9_-]", 16, 64)
    output = fields.choice("output", "What comes back.", ["picture", "mask"], "picture")
    quality = replace(fields.whole("quality", "Of the JPEG that comes back.", 1, 100), default=80)
    clean = fields.flag("largest_region", "Keep only the largest region of the mask.")
    return Operation(
        method="POST", path="/api/v1/frame", name="frame", summary="The next frame of a live video, dyed", work=work,
        about="The body is the frame. With a session the mask is steady from frame to frame, and the newest frame wins:"
        " one that still waits when the next arrives is answered with 204 and no content.",
        fields=(operations.image(), fields.color(required=False), *_look(), clean, session, output, quality),
        takes=PICTURES, gives={"image/jpeg": None, "image/png": None},
        headers={**_SHARE, **_TIMES}, statuses=(204, *WORK), cost=FRAME_COST,
        examples=(
            "curl --data-binary @frame.jpg -H 'Content-Type: image/jpeg' "
            "'{url}/api/v1/frame?color=copper' -o frame-copper.jpg",
        ),
    )  # fmt: skip


def _framed(services: Services, values: dict[str, Any], tint: Callable[[U8, Look], Tinted]) -> Response:
    studio = services.studio
    photo = studio.open(values["image"], FRAME_PIXELS)
    only_mask = values["output"] == "mask"
    look = Look(Color(0, 0, 0), 0.0, largest_region=values["largest_region"]) if only_mask else _chosen(values)
    tinted = tint(photo.rgb, look)
    for stage, seconds in tinted.seconds.items():
        studio.stages.note(stage, seconds)
    headers = _shared(tinted.mask.mean())
    if only_mask:
        body, media_type = studio.encode_mask(to_grey(tinted.mask)), "image/png"
    else:
        body, media_type = studio.encode(Photo(tinted.rgb), "jpeg", values["quality"], metadata=False)
    return Response(body, content_type=media_type, headers=headers)


def masked(services: Services, values: dict[str, Any]) -> Response:
    """The mask of the picture that a request means."""

    def job() -> Response:
        kept, headers = _found(services, values)
        mask = largest_region(kept.mask) if values["largest_region"] else kept.mask
        headers |= _shared(mask.mean() / 255)
        return Response(services.studio.encode_mask(mask), content_type="image/png", headers=headers)

    return services.work(job)


def recoloured(services: Services, values: dict[str, Any]) -> Response:
    """The picture that a request means, in the look that it describes."""
    look = _chosen(values)

    def job() -> Response:
        kept, headers = _found(services, values)
        mask = look.hair(kept.mask)
        headers |= _shared(mask.mean() / 255)
        dyed = services.studio.dye(kept.photo, mask, look)
        body, media_type = services.studio.encode(dyed, values["format"], values["quality"], values["metadata"])
        return Response(body, content_type=media_type, headers=headers)

    return services.work(job)


def _chosen(values: dict[str, Any]) -> Look:
    """The look that the values of a request describe."""
    clean, saturation = values["largest_region"], values.get("saturation", 0.0)
    if saturation and values["method"] != "hsv":
        raise Problem(422, "saturation goes with method hsv; leave it out, or change the method", field="saturation")
    try:
        return Look(values["color"], values["strength"], values["method"], values["effects"], clean, saturation)
    except InputError as error:  # the values are right, each by itself
        raise Problem(422, str(error), field="effects") from error


def _found(services: Services, values: dict[str, Any]) -> tuple[Kept, dict[str, str]]:
    """The picture that a request means and its mask, looked for only where it is not known; and headers about it."""
    model = values["model"]
    headers: dict[str, str] = {}
    if values["photo"] is not None:
        kept = services.photos.get(values["photo"])
        headers["Hairtint-Photo"] = values["photo"]
        if kept.model != model:
            kept = Kept(kept.photo, services.studio.mask(kept.photo, model), model)
    else:
        photo = services.studio.open(values["image"])
        kept = Kept(photo, services.studio.mask(photo, model), model)
        name = services.photos.put(kept) if values["keep"] else None
        headers |= {"Hairtint-Photo": name} if name else {}
    if notes := "; ".join(kept.photo.notes):
        headers["Hairtint-Notes"] = notes.encode("ascii", "replace").decode()
    return kept, headers


def _shared(hair: float) -> dict[str, str]:
    return {"Hairtint-Share": f"{hair:.4f}"}


def _listings() -> list[Operation]:
    def models(_: dict[str, Any]) -> Response:
        return jsonify([
            {
                "name": e.name, "parameters": e.parameters, "input": e.size, "shapes": e.shapes, "sha256": e.sha256,
                "metrics": e.metrics,
            }
            for e in zoo.entries().values()
        ])  # fmt: skip

    def colors(_: dict[str, Any]) -> Response:
        return jsonify([asdict(dye) for dye in palette()])

    def effects(_: dict[str, Any]) -> Response:
        return jsonify([{"name": name, "usage": effect.usage()} for name, effect in EFFECTS.items()])

    text: dict[str, Any] = {"type": "string"}
    count = {"type": ["integer", "null"]}
    model = {"name": text, "parameters": count, "input": {"type": "integer"}, "metrics": {"type": "object"}}
    model["shapes"] = {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}
    model["sha256"] = {"type": ["string", "null"]}
    return [
        _listing("models", "The networks", models, model),
        _listing("colors", "The named dyes", colors, {"name": text, "hex": text, "family": text}),
        _listing("effects", "The effects", effects, {"name": text, "usage": text}),
    ]


def _listing(name: str, summary: str, work: operations.Work, properties: dict[str, Any]) -> Operation:
    item = {"type": "object", "properties": properties, "required": list(properties)}
    return Operation(
        method="GET", path=f"/api/v1/{name}", name=name, summary=summary, work=work,
        gives={JSON: {"type": "array", "items": item}}, examples=(f"curl {{url}}/api/v1/{name}",),
        statuses=(422,),
    )  # fmt: skip
