"""Draws the two roads of docs/how-it-works.md as roads.svg. Usage: python docs/pictures/roads.py"""

from pathlib import Path

LIVE = ("source", "network", "matte", "colour", "sink")
TRAINING = ("photos, masks", "augment", "train", "evaluate", "export")
BOX, STEP, LEFT = (132, 52), 172, 24
ROWS = {"live": (58, LIVE, "#e8f1fb"), "training": (226, TRAINING, "#fbf0e4")}
SIZE = (LEFT * 2 + STEP * (len(LIVE) - 1) + BOX[0], 304)


def box(x: int, y: int, text: str, fill: str) -> str:
    """A rounded box with its name."""
    return (
        f'<rect x="{x}" y="{y}" width="{BOX[0]}" height="{BOX[1]}" rx="8" fill="{fill}" stroke="#444"/>'
        f'<text x="{x + BOX[0] // 2}" y="{y + 31}" text-anchor="middle">{text}</text>'
    )


def arrow(points: str) -> str:
    """A line through these points with a head at its end."""
    return f'<polyline points="{points}" fill="none" stroke="#444" stroke-width="2" marker-end="url(#head)"/>'


def picture(size: tuple[int, int], parts: str) -> str:
    """The file: parts on white ground, which is readable on pages of any colour."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[0]} {size[1]}"'
        ' font-family="sans-serif" font-size="15">'
        '<defs><marker id="head" markerWidth="8" markerHeight="8" refX="2" refY="4" orient="auto">'
        '<path d="M0,0 L8,4 L0,8 z" fill="#444"/></marker></defs>'
        f'<rect width="{size[0]}" height="{size[1]}" rx="10" fill="#fff"/>{parts}</svg>\n'
    )


def road(name: str) -> str:
    """One road from left to right."""
    y, steps, fill = ROWS[name]
    parts = [f'<text x="{LEFT}" y="{y - 14}" font-weight="bold">the {name} road</text>']
    for k, step in enumerate(steps):
        x = LEFT + k * STEP
        parts.append(box(x, y, step, fill))
        if k:
            parts.append(arrow(f"{x - STEP + BOX[0]},{y + 26} {x - 16},{y + 26}"))
    return "".join(parts)


def svg() -> str:
    """The whole picture."""
    network, export = LEFT + STEP, LEFT + (len(TRAINING) - 1) * STEP
    zoo_y = 142
    middle = BOX[0] // 2
    beside, level = network + BOX[0] + 16, zoo_y + 26
    return picture(
        SIZE,
        road("live")
        + road("training")
        + box(network, zoo_y, "zoo", "#e6f5ea")
        + arrow(f"{export + middle},{ROWS['training'][0]} {export + middle},{level} {beside},{level}")
        + arrow(f"{network + middle},{zoo_y} {network + middle},{ROWS['live'][0] + BOX[1] + 14}"),
    )


if __name__ == "__main__":
    (Path(__file__).parent / "roads.svg").write_text(svg(), encoding="utf-8")
