// Written by `python -m hairtint.web.constants` from the Python modules: change the values there.

export const MATTE = {
  "GUIDE": 256,
  "REACH": 1.6,
  "SHARE": 0.0125,
  "PHOTO_REACH": 4.0,
  "FAINT": 0.05,
  "DOUBT": 0.1,
  "LARGER": 1.5,
  "EPSILON": 0.0004,
};

export const MEMORY = {
  "SIDE": 160,
  "KEEP": 0.96,
  "CUT": 0.33,
  "TRUST": 0.3,
  "LEAST_CONTRAST": 4.0,
  "SURPRISE": 0.8,
};

export const GLANCES = {
  "MARGIN": 0.5,
  "LEAST": 112,
  "NEAR": 0.6,
  "NEAR_COARSE": 0.25,
  "MOST": 4.0,
  "FADE": 0.1,
  "SPECK": 0.01,
  "COOL": 0.01,
  "DYED": 0.5,
  "KNOWN": 0.03,
};

export const SEGMENTER = {
  "OFTEN": 15,
};

export const VIVID = {
  "NATURAL": 8,
  "VIVID": 24,
  "BROWN": [1.12, 1.0, 0.82],
};

export const PARTS = {
  "LONG": 2.4,
  "LEAST": 262144,
  "TRACE": 0.05,
  "CELLS": 256,
  "SPECK": 0.05,
  "APART": 0.5,
  "BESIDE": 0.3333333333333333,
  "SMALL": 0.04,
  "FEW": 6,
  "MANY": 12,
  "STEEP": 2.5,
};

export const HEADS = {
  "APART": 25.0,
  "LEAST": 0.05,
  "MOST": 32,
  "CORE": 0.1,
  "SHADE_RATE": 0.1,
  "SHARED": 0.2,
  "STAYS": 10.0,
  "SAMPLES": 96,
  "NEAR": 5,
};

export const SOFTNESS = {
  "SHARPER": 0.5,
  "MOST": 7.0,
  "REACH": 0.026,
  "POINTS": 256,
  "LEAST": 60,
  "CLEAR": 60.0,
  "TAIL": 0.02,
  "GRAIN": 0.4,
  "FLAT": 0.01,
};

export const SHADE = {
  "SAMPLES": 128,
  "LIGHT_PACE": 5.0,
};

export const CANVAS = {
  "MARGIN": 8,
  "SMALL": 128,
  "OWN": 0.25,
  "FAINT": 0.02,
  "SOLID": 0.95,
  "PACES": [1, 2, 3, 4, 6],
  "SHORT": 2,
  "AGREE": [0.55, 0.8],
};

export const RECOLOR = {
  "VISIBLE": 0.001953125,
  "PACE": 16,
};

export const NATURAL = {
  "STEP": 0.03125,
  "LOWEST": -64.0,
  "ENTRIES": 7680,
  "SHINE": 94.0,
  "CRUSHED": [4.0, 10.0],
  "LOCKS": 8.0,
  "LIGHT": [45.0, 65.0],
  "DRAWN": [15.0, 28.0],
  "GAPS": [2.0, 10.0],
  "DARK": [15.0, 50.0],
  "COVERING": [1.1, 1.5],
  "COVERED": 16.0,
  "PALE": [65.0, 80.0],
  "UNLIKE": [10.0, 30.0],
  "SHADOW": [0.1, 0.5],
  "EUMELANIN": [0.419, 0.697, 1.37],
  "LIT": 0.3404717546844889,
  "LEAST_LIT": 0.0009765625,
  "EXPOSURES": 16,
};

export const PERCEPTUAL = {
  "LUMINANCE": [0.2126, 0.7152, 0.0722],
  "XYZ": [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]],
  "WHITE": [0.95047, 1.0, 1.08883],
  "EPSILON": 0.008856451679035631,
  "KAPPA": 903.2962962962963,
};

export const FAMILIES = [
  "neutral",
  "warm",
  "ash",
  "classic",
  "grey",
  "fashion",
];

export const DYES = [
  {"name": "black", "hex": "#181615", "family": "neutral"},
  {"name": "darkest brown", "hex": "#221c1a", "family": "neutral"},
  {"name": "dark brown", "hex": "#32271f", "family": "neutral"},
  {"name": "brown", "hex": "#453427", "family": "neutral"},
  {"name": "light brown", "hex": "#5c4533", "family": "neutral"},
  {"name": "dark blonde", "hex": "#785c43", "family": "neutral"},
  {"name": "blonde", "hex": "#967653", "family": "neutral"},
  {"name": "light blonde", "hex": "#b49468", "family": "neutral"},
  {"name": "very light blonde", "hex": "#cdb184", "family": "neutral"},
  {"name": "lightest blonde", "hex": "#e0caa0", "family": "neutral"},
  {"name": "warm black", "hex": "#1c1614", "family": "warm"},
  {"name": "warm darkest brown", "hex": "#2a1d17", "family": "warm"},
  {"name": "warm dark brown", "hex": "#3c281c", "family": "warm"},
  {"name": "warm brown", "hex": "#533522", "family": "warm"},
  {"name": "warm light brown", "hex": "#6d4529", "family": "warm"},
  {"name": "warm dark blonde", "hex": "#8a5b35", "family": "warm"},
  {"name": "warm blonde", "hex": "#aa7642", "family": "warm"},
  {"name": "warm light blonde", "hex": "#c79452", "family": "warm"},
  {"name": "warm very light blonde", "hex": "#dcb06a", "family": "warm"},
  {"name": "warm lightest blonde", "hex": "#ecca88", "family": "warm"},
  {"name": "ash black", "hex": "#15171a", "family": "ash"},
  {"name": "ash darkest brown", "hex": "#1f1e1f", "family": "ash"},
  {"name": "ash dark brown", "hex": "#2d2926", "family": "ash"},
  {"name": "ash brown", "hex": "#3f3731", "family": "ash"},
  {"name": "ash light brown", "hex": "#54493f", "family": "ash"},
  {"name": "ash dark blonde", "hex": "#6d5f51", "family": "ash"},
  {"name": "ash blonde", "hex": "#897862", "family": "ash"},
  {"name": "ash light blonde", "hex": "#a49479", "family": "ash"},
  {"name": "ash very light blonde", "hex": "#bfb094", "family": "ash"},
  {"name": "ash lightest blonde", "hex": "#d5c8ac", "family": "ash"},
  {"name": "jet black", "hex": "#111111", "family": "classic"},
  {"name": "espresso", "hex": "#2b1d17", "family": "classic"},
  {"name": "chocolate", "hex": "#43291c", "family": "classic"},
  {"name": "chestnut", "hex": "#5a3825", "family": "classic"},
  {"name": "mahogany", "hex": "#5b2420", "family": "classic"},
  {"name": "burgundy", "hex": "#6b1f33", "family": "classic"},
  {"name": "auburn", "hex": "#8e3b2f", "family": "classic"},
  {"name": "cinnamon", "hex": "#94502f", "family": "classic"},
  {"name": "copper", "hex": "#b5562b", "family": "classic"},
  {"name": "ginger", "hex": "#c8703a", "family": "classic"},
  {"name": "strawberry blonde", "hex": "#d69a6b", "family": "classic"},
  {"name": "caramel", "hex": "#a5733f", "family": "classic"},
  {"name": "honey", "hex": "#c9964f", "family": "classic"},
  {"name": "golden blonde", "hex": "#d9b36b", "family": "classic"},
  {"name": "sandy blonde", "hex": "#c4a57a", "family": "classic"},
  {"name": "champagne", "hex": "#e2cba4", "family": "classic"},
  {"name": "platinum", "hex": "#e6d4bb", "family": "grey"},
  {"name": "pearl", "hex": "#dcd6d0", "family": "grey"},
  {"name": "silver", "hex": "#b9bcc2", "family": "grey"},
  {"name": "ash grey", "hex": "#8f9196", "family": "grey"},
  {"name": "steel", "hex": "#6d737c", "family": "grey"},
  {"name": "graphite", "hex": "#44474d", "family": "grey"},
  {"name": "white", "hex": "#eeeae4", "family": "grey"},
  {"name": "red", "hex": "#b3202a", "family": "fashion"},
  {"name": "cherry", "hex": "#8c1530", "family": "fashion"},
  {"name": "orange", "hex": "#e0722a", "family": "fashion"},
  {"name": "peach", "hex": "#f0a582", "family": "fashion"},
  {"name": "yellow", "hex": "#e6c63c", "family": "fashion"},
  {"name": "lime", "hex": "#9ec73f", "family": "fashion"},
  {"name": "green", "hex": "#2f8a52", "family": "fashion"},
  {"name": "emerald", "hex": "#13695a", "family": "fashion"},
  {"name": "mint", "hex": "#9ad6bd", "family": "fashion"},
  {"name": "turquoise", "hex": "#2ca6ab", "family": "fashion"},
  {"name": "sky blue", "hex": "#74b3e0", "family": "fashion"},
  {"name": "blue", "hex": "#2f5fc4", "family": "fashion"},
  {"name": "navy", "hex": "#1f2f5c", "family": "fashion"},
  {"name": "violet", "hex": "#6a3fb0", "family": "fashion"},
  {"name": "purple", "hex": "#5b2470", "family": "fashion"},
  {"name": "lavender", "hex": "#b7a1d8", "family": "fashion"},
  {"name": "magenta", "hex": "#b8257f", "family": "fashion"},
  {"name": "pink", "hex": "#e06a9f", "family": "fashion"},
  {"name": "pastel pink", "hex": "#f0b3c6", "family": "fashion"},
  {"name": "rose gold", "hex": "#d8a091", "family": "fashion"},
];

export const EFFECTS = {
  "ombre": [{"name": "color"}, {"name": "start", "default": 0.5}, {"name": "softness", "default": 0.4}],
  "roots": [{"name": "color", "default": null}, {"name": "depth", "default": 0.4}, {"name": "amount", "default": 0.8}],
  "highlights": [{"name": "color", "default": null}, {"name": "amount", "default": 0.7}, {"name": "share", "default": 0.5}],
  "lowlights": [{"name": "color", "default": null}, {"name": "amount", "default": 0.7}, {"name": "share", "default": 0.5}],
  "two-tone": [{"name": "color"}, {"name": "softness", "default": 0.1}],
  "gloss": [{"name": "amount", "default": 0.5}],
};
