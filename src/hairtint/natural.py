"""The physics of `method="natural"`: one dye on one shade of hair, as small tables.

Lightness is CIELAB's. It is split, as in tone mapping (Durand and Dorsey, "Fast bilateral filtering for the display of
high-dynamic-range images", 2002), into the broad light on the hair and the strands. The broad light moves to the level
of the dye: bleach multiplies what hair reflects, so the modelling of the locks grows; dye swallows light, so it
shrinks. The strands keep their contrast in L*, which is what makes them look like the same hair.

Colour comes from the dye alone, so that lifted black carries no coloured noise. Along lightness it follows the law of
Beer and Lambert: light that meets less dye comes back paler and yellower, light that meets more comes back darker and
fuller, and a highlight, which never entered the hair, is white (Marschner et al., "Light scattering from human hair
fibers", 2003). The shadows of a dye that looks like natural hair turn into darker natural hair, by the chart of the
palette: a darkened platinum alone would be olive.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from hairtint import perceptual
from hairtint.color import Color
from hairtint.palette import DYES
from hairtint.shade import GREY_LIGHTNESS, Shade

STEP = 1 / 32  # of L*, in the tables: finer than 8 bits can show
LOWEST = -64.0  # L* of the first entry; sums of light and strands leave 0..100 before the soft limits bring them back
_ENTRIES = 7680
_GRID = np.linspace(0, 100, 201)  # L* of the tables that a tone is worked out on, once a frame
_LIT = float(perceptual.luminance(65))  # of a scene's brightest spots; nearly all photos have brighter ones
_EXPOSURES = 16  # steps for half as much light, for which tables of colours are made
_LEAST_LIT = 1 / 1024  # black pictures are not reckoned brighter than this allows
_SHINE = 94.0  # L* that the highlights of bleached hair reach: what is lighter is glare alone
_CRUSHED = (4.0, 10.0)  # median L* of hair up to which its modelling is squeezed by want of light, and from which not
_LOCKS = 8.0  # L* around the median, in which such hair has nearly all of it
_LIGHT = (45.0, 65.0)  # median L* of hair from which white dye gets lighter than other light dyes, and to the full
_DRAWN = (15.0, 28.0)  # median L* of hair up to which the photo shows no depth in its shadows, and from which it does
_GAPS = (2.0, 10.0)  # L* below the median, from which strands are its shadows, and to the full
_DARK = (15.0, 50.0)  # L* of dyed hair up to which dye covers what was lighter than the rest, and from which not
_COVERING = (1.1, 1.5)  # lift up to which a colour is dye that covers, and from which it is bleach
_COVERED = 16.0  # L* above the median that is left of such light, as of bleached tips
_PALE = (65.0, 80.0)  # L* of dyed hair up to which skin between its strands stands out, and from which not
_UNLIKE = (10.0, 30.0)  # distance in a* and b* up to which a dye looks like natural hair, and from which it does not
_SHADOW = (0.1, 0.5)  # shares of its lightness that such a dye lacks, between which its shadows turn into hair's
_CHART = np.array([Color.parse(dye.hex).rgb() for dye in DYES if dye.family == "neutral"], np.float64)
_LEVELS = perceptual.lab(_CHART)[:, 0]
_EUMELANIN = np.array([0.419, 0.697, 1.37])  # absorption of R, G, B (d'Eon et al., 2011)


@dataclass(frozen=True)
class Tone:
    """How lightness moves from a shade to a dye: `new = light(base) + strand(L) - strand(base)`.

    Attributes:
        start: the median L* of the hair.
        centre: the median L* it gets.
        high: the L* of the hair's highlights.
        exposure: how much light there is, in (0, 1]; 1 in all but dark scenes.
    """

    start: float
    centre: float
    high: float
    exposure: float = 1.0

    @classmethod
    def between(cls, shade: Shade, dye: Color) -> Tone:
        """The tone that takes hair of this shade to this dye, as near as the room for shadows and highlights allows.

        Bleach falls short on dark hair, and dark dye does not make hair black in a picture that is not black already:
        its shine lifts it. All this is reckoned in good light: in a dark scene light hair is dark as well.
        """
        exposure = min(1.0, max(float(perceptual.luminance(shade.light)) / _LIT, _LEAST_LIT))
        start = in_light(shade.lightness, 1 / exposure)
        goal = lightness_of(dye)
        reached = goal - 0.12 * max(0.0, goal - start - 20)
        white = float(np.interp(start, _LIGHT, (0, 0.6))) * max(0.0, goal - 86)  # of light hair alone: black lacks room
        ceiling, floor = max(73 + 0.12 * start, start) + white, min(11 + 0.06 * start, max(start, goal))
        return cls(shade.lightness, in_light(max(min(reached, ceiling), floor), exposure), shade.high, exposure)

    @property
    def lift(self) -> float:
        """How much more light the dyed hair reflects, on the scale of L*: above 1 bleach, below 1 dye."""
        return (self.centre + 16) / (self.start + 16)

    def light(self, base: npt.NDArray[np.floating[Any]]) -> perceptual.Array:
        """The new L* of broad light (L*, any shape)."""
        away = base - self.start
        up, down = max(82 - self.centre, 4), max(self.centre - 9, 3)
        covering = np.interp(in_light(self.centre, 1 / self.exposure), _DARK, (1, 0))
        up += float(covering * np.interp(self.lift, _COVERING, (1, 0))) * (_COVERED - up)
        risen, middle = (np.interp(level, _GRID, self._rises) for level in (base, self.start))
        rise = np.maximum(risen - middle, 0)
        gain = max(self.lift ** (0.5 + 0.5 * self._drawn), self.lift / 1.8, 0.5)
        fall = min(gain, 3.5) * np.maximum(-away, 0)  # black has little to fall
        return np.asarray(self.centre + up * -np.expm1(-rise / up) - down * -np.expm1(-fall / down))

    def strand(self, level: npt.NDArray[np.floating[Any]]) -> perceptual.Array:
        """The strands' scale: L* (any shape) such that differences on it are kept."""
        return np.asarray(np.interp(level, _GRID, self._strands))

    @cached_property
    def _strands(self) -> perceptual.Array:
        away = _GRID - self.start
        far = np.minimum(np.abs(away) / 45, 1)
        bent = 0.3 * min(abs(self.lift - 1), 1.0) * far * far * (3 - 2 * far)
        beyond = away > 0 if self.lift > 1 else away < 0
        slope = min(max(self.lift**0.25, 1.0), 1.25) * np.where(beyond, 1 - bent, 1)
        if self.lift > 1:
            if crushed := float(np.interp(self.start, _CRUSHED, (1, 0))):
                slope *= 1 + crushed * (min(self.lift**0.5, 2.0) - 1) * np.exp(-((away / _LOCKS) ** 2))
            # it also shines from far below its highlights: no room for all of that near white
            rise = float(slope[beyond & (self.high >= _GRID)].sum() * _GRID[1])
            lacking = max(0.0, 1 - max(_SHINE - self.centre, 4.0) / max(rise, 1e-6))
            slope *= 1 - min(self.lift - 1, 1.0) * lacking
            gap = np.interp(-away, _GAPS, (0, 1))
            slope *= 1 + self._drawn * (min(self.lift**0.6, 2.2) - 1) * gap * gap * (3 - 2 * gap)
        return np.asarray(np.cumsum(slope * self._dyed) * _GRID[1])

    @property
    def _drawn(self) -> float:
        """How far bleach multiplies the depth of shadows, as it does all that hair reflects: black shows but noise."""
        return float(np.interp(self.start, _DRAWN, (0, 1))) if self.lift > 1 else 0.0

    @cached_property
    def _rises(self) -> perceptual.Array:
        """The scale of broad light above the median, before it is held below white."""
        return np.asarray(np.cumsum(min(max(self.lift**0.3, 0.7), 1.4) * self._dyed) * _GRID[1])

    @cached_property
    def _dyed(self) -> perceptual.Array:
        """How far bleach acts at each L* of the grid: what is brighter than the hair's own highlights is a parting's
        skin or glare, and gets no brighter by it. In light dyes it is lost among their highlights."""
        if self.lift <= 1:
            return np.ones_like(_GRID)
        knee = max(self.high, self.start + 4)
        past = np.maximum(_GRID - knee, 0)
        bright = np.minimum(self.centre + knee - self.start + past, 100)
        kept = np.minimum((_GRID + 16) / (bright + 16), 1) ** 1.5
        return np.asarray(1 - np.minimum(past / 8, 1) * float(np.interp(self.centre, _PALE, (1, 0))) * (1 - kept))

    @property
    def rim(self) -> float:
        """L* that the outline of lifted hair keeps back: it turns away from the light and its roots grow out darker."""
        return 6.5 * max(0.0, self.lift - 1)

    def levels(self) -> npt.NDArray[np.int16]:
        """The strands' part of each 8-bit grey, int16 (256,), in steps, to be added to the `offset` of its place."""
        return np.rint(self.strand(GREY_LIGHTNESS) / STEP).astype(np.int16)

    def offset(self, base: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """What to add to `levels` where the broad light is `base` (L*, (h, w)), in steps; indices of `ramp`."""
        table = ((self.light(_GRID) - self._strands - LOWEST) / STEP).astype(np.float32)
        place = base * np.float32(1 / _GRID[1])
        return np.asarray(cv2.remap(table[None], place, np.zeros_like(place), cv2.INTER_LINEAR), np.float32)


def in_light(level: float, exposure: float) -> float:
    """The L* of what has `level` where there is `exposure` times as much light, at most 100."""
    return float(perceptual.lightness(min(1.0, exposure * float(perceptual.luminance(level)))))


@lru_cache(maxsize=64)
def lightness_of(dye: Color) -> float:
    """The CIELAB L* of a dye, in [0, 100]."""
    return float(perceptual.lab(dye.rgb())[0])


def ramp(dye: Color, exposure: float = 1.0) -> npt.NDArray[np.uint32]:
    """The colours of a dye from deepest shadow to highlight: uint32 (n,) holding R, G, B, 0 as bytes in memory.

    exposure: as in Tone; what is dark for want of light alone is no fuller in colour.
    """
    return _ramp(dye, round(-_EXPOSURES * float(np.log2(exposure))))


@lru_cache(maxsize=64)
def _ramp(dye: Color, darker: int) -> npt.NDArray[np.uint32]:
    level = soft_limits(np.linspace(LOWEST, LOWEST + STEP * (_ENTRIES - 1), _ENTRIES))
    lit = perceptual.lightness(np.minimum(1, perceptual.luminance(level) * 2 ** (darker / _EXPOSURES)))
    goal = lightness_of(dye)
    above = np.clip((lit - goal) / max(100 - goal, 1), 0, 1)
    below = np.clip((goal - lit) / max(goal, 1), 0, 1)
    depth = 1 - above**1.2 + 0.3 * below
    pigment = np.maximum(perceptual.to_linear(np.array(dye.rgb()) / 255), 0.003)
    melanin = np.exp(-_EUMELANIN * (_warmth(dye) * np.maximum(below - 0.03, 0))[:, None])
    bright = perceptual.luminance(level)
    rgb = _with_luminance(pigment ** depth[:, None] * melanin, bright)
    share = _likeness(dye) * np.interp(below, _SHADOW, (0, 1))
    some = share > 0  # of dyes unlike hair none: a new colour in each frame of a video should cost little
    hair = _with_luminance(perceptual.to_linear(_hair(lit[some]) / 255), bright[some])
    rgb[some] += share[some, None] * (hair - rgb[some])
    packed = np.zeros((_ENTRIES, 4), np.uint8)
    packed[:, :3] = np.rint(255 * perceptual.to_srgb(rgb))
    table = packed.view(np.uint32)[:, 0]
    table.flags.writeable = False
    return table


def soft_limits(level: perceptual.Array) -> perceptual.Array:
    """L* of any size bent into [0, 100] without a kink, so that no shadow and no highlight turns into a flat patch."""
    low, high = 3.0, 3.0
    raised = low * np.logaddexp(0, level / low)
    return np.clip(100 - high * np.logaddexp(0, (100 - raised) / high), 0, 100)


def at_level(dye: Color, level: float) -> Color:
    """The dye as it looks at another lightness (L*): the same hair in shadow or in light."""
    packed = ramp(dye)[round((level - LOWEST) / STEP)]
    red, green, blue = (int(v) for v in np.array([packed]).view(np.uint8)[:3])
    return Color(red, green, blue)


def _likeness(dye: Color) -> float:
    """How much a dye looks like natural hair of its lightness, 0 to 1."""
    goal = lightness_of(dye)
    own, usual = perceptual.lab(np.array([dye.rgb(), _hair(np.array([goal]))[0]]))[:, 1:]
    return float(np.interp(np.hypot(*(own - usual)), _UNLIKE, (1, 0)))


def _hair(level: perceptual.Array) -> perceptual.Array:
    """Natural hair of L* `level` (n,): colours (n, 3) in [0, 255], between the neutral levels of the chart."""
    return np.stack([np.interp(level, _LEVELS, channel) for channel in _CHART.T], axis=-1)


def _warmth(dye: Color) -> float:
    """How blond a dye is, 0 to 1.4: the shadows of blonde hair go to brown by what melanin is left, not to olive."""
    _, a, b = perceptual.lab(dye.rgb())
    chroma = float(np.hypot(a, b))
    return 1.4 * max(0.0, float(np.cos(np.arctan2(b, a) - np.deg2rad(75)))) * min(1.0, chroma / 10)


def _with_luminance(rgb: perceptual.Array, target: perceptual.Array) -> perceptual.Array:
    """Linear colours (n, 3) scaled to the luminance (n,), and paled just enough to stay in the gamut of sRGB."""
    scaled = rgb * (target / (rgb @ perceptual.LUMINANCE))[:, None]
    excess = np.maximum(scaled.max(axis=1) - target, 1e-9)
    keep = np.minimum(1, (1 - target) / excess)
    return np.asarray(np.clip(target[:, None] + keep[:, None] * (scaled - target[:, None]), 0, 1))
