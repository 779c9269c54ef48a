"""How good a mask is. Pure numpy, so that training, evaluation and the tests share one definition.

Definitions, with TP, FP, FN, TN the counts of pixels of one photo (or of many, pooled):

- accuracy: (TP + TN) / (TP + FP + FN + TN), the report's equation 1.
- BCE: -(y log s(p) + (1 - y) log(1 - s(p))), the mean over pixels, the report's equation 2.
- Dice: 2 TP / (2 TP + FP + FN). The report's equation 3 is printed without the factor 2; as printed it cannot
  exceed 0.5, and the 95 % that the report states are only possible with it.
- IoU: TP / (TP + FP + FN).
- boundary F: the F-score of outlines that lie within 0.75 % of the diagonal of each other; D. Martin et al., PAMI 2004.
  Where hair runs out of the picture, the frame counts as its outline, which flatters all alike (0.005 to 0.016).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
EMPTY_LIMIT = 0.005  # a photo without hair is right where fewer pixels than this are called hair


@dataclass(frozen=True)
class Counts:
    """Pixels by truth and prediction; counts of several photos add up."""

    tp: int = 0
    fp: int = 0
    fn: int = 0
    tn: int = 0

    @classmethod
    def of(cls, predicted: Mask, true: Mask) -> Counts:
        """Counts of two boolean masks of one shape; ValueError where the shapes differ."""
        if predicted.shape != true.shape:
            raise ValueError(f"masks of different shapes: {predicted.shape} and {true.shape}")
        tp = int(np.count_nonzero(predicted & true))
        fp = int(np.count_nonzero(predicted)) - tp
        fn = int(np.count_nonzero(true)) - tp
        return cls(tp, fp, fn, true.size - tp - fp - fn)

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn, self.tn + other.tn)

    @property
    def accuracy(self) -> float:
        """Share of pixels that are right."""
        return (self.tp + self.tn) / max(1, self.tp + self.fp + self.fn + self.tn)

    @property
    def dice(self) -> float:
        """Dice coefficient; 1 where there is nothing to find and nothing was found."""
        found = 2 * self.tp + self.fp + self.fn
        return 2 * self.tp / found if found else 1.0

    @property
    def iou(self) -> float:
        """Intersection over union; 1 where there is nothing to find and nothing was found."""
        union = self.tp + self.fp + self.fn
        return self.tp / union if union else 1.0


def image_iou(counts: Counts) -> float:
    """IoU of one photo; a photo without hair scores 1 below EMPTY_LIMIT of false hair, else 0."""
    if counts.tp + counts.fn:
        return counts.iou
    return float(counts.fp < EMPTY_LIMIT * (counts.fp + counts.tn))


def bce(probability: NDArray[np.float32], true: Mask) -> float:
    """Mean binary cross-entropy of probabilities in [0, 1], clipped to [1e-6, 1 - 1e-6] as 8-bit masks hold 0 and 1."""
    p = np.clip(probability, 1e-6, 1 - 1e-6)
    return float(-np.log(np.where(true, p, 1 - p)).mean())


def boundary_f(predicted: Mask, true: Mask) -> float:
    """F-score of the two outlines at a tolerance of 0.75 % of the diagonal; 1 where neither has one."""
    a, b = _outline(predicted), _outline(true)
    if not a.any() or not b.any():
        return float(a.any() == b.any())
    radius = max(1, round(0.0075 * float(np.hypot(*true.shape))))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    precision = np.count_nonzero(a & _near(b, kernel)) / np.count_nonzero(a)
    recall = np.count_nonzero(b & _near(a, kernel)) / np.count_nonzero(b)
    return float(2 * precision * recall / max(precision + recall, 1e-9))


def _outline(mask: Mask) -> Mask:
    m = mask.astype(np.uint8)
    return (m - cv2.erode(m, np.ones((3, 3), np.uint8), borderValue=0)).astype(bool)


def _near(outline: Mask, kernel: NDArray[Any]) -> Mask:
    return cv2.dilate(outline.astype(np.uint8), kernel).astype(bool)
