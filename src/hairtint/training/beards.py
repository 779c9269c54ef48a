"""Beards in masks that call them hair, as those of LFW do: the other sets do not, and nobody asks for a dyed beard."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hairtint.training.pairs import Array

LEAST = 0.05  # of the mouth under what is called hair: long hair hardly ever falls there
_MOUTH = (0.59, 0.768, 0.064)  # from, to and half the width, as shares of the photo's side
_FROM = 0.552  # the tip of the nose
_FACE = ((_FROM, 0.6, 0.76, 1), (0.08, 0.168, 0.184, 0.184))  # how far down, and half the width of the face there


def under(mask: Array) -> NDArray[np.bool_] | None:
    """Where the beard lies, bool (H, W), in a mask, uint8 (H, W), that calls it hair; None where there is none.

    The photo is aligned as those of LFW are ("funneled"; G. Huang et al., ICCV 2007): one face, always at the same
    place and of the same size. Long hair beside the face is not touched.
    """
    height, width = mask.shape
    down = (np.arange(height)[:, None] + 0.5) / height
    aside = np.abs((np.arange(width)[None] + 0.5) / width - 0.5)
    top, bottom, half = _MOUTH
    mouth = (down > top) & (down < bottom) & (aside < half)
    if not mouth.any() or (mask[mouth] > 127).mean() < LEAST:
        return None
    return np.asarray((down > _FROM) & (aside < np.interp(down, *_FACE)))
