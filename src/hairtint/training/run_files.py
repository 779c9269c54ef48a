"""The files of a run folder by name; hairtint.training.train says what is in them."""

CONFIG = "config.json"
DATA = "data.json"
ORIGIN = "origin.json"
LOG = "log.csv"
LAST = "last.pt"
BEST = "best.pt"

HELD = "validation_sha256"  # in data.json: of photo and mask of what was kept for validation, by name
