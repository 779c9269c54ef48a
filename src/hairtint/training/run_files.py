"""The files of a run folder by name; hairtint.training.train says what is in them."""

CONFIG = "config.json"
DATA = "data.json"
ORIGIN = "origin.json"
LOG = "log.csv"
LAST = "last.pt"
BEST = "best.pt"
