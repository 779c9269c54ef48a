"""What is said of the speed: the frames that were dyed, and those that came before the network was ready."""

import re

from hairtint.live.stats import Stats


def stats(dyed, undyed):
    made = Stats()
    made.undyed = undyed
    for k in range(dyed):
        made.shown(captured=k / 10 - 0.04, stages={"mask": 0.02}, now=k / 10)
    return made


def test_frames_and_their_speed():
    assert stats(5, 0).summary() == "5 frames, 10.0 fps, latency 40 ms (95 %: 40 ms), mask 20 ms"


def test_one_frame_has_no_speed_yet():
    assert stats(1, 2).summary() == "1 of 3 frames dyed"
    assert stats(1, 2).figures() is None


def test_frames_that_were_not_dyed_are_told_of():
    assert stats(5, 3).summary().startswith("5 of 8 frames dyed, 10.0 fps, ")
    assert re.match("37 frames, none dyed: the network was not ready", stats(0, 37).summary())
    assert re.match("0 frames, none dyed: none came", stats(0, 0).summary())


def test_a_slow_source_has_a_speed_too():
    made = Stats()
    for k in range(3):
        made.shown(captured=4 * k, stages={}, now=4 * k)
    assert made.figures().fps == 0.25


def test_the_speed_is_that_of_the_last_seconds_with_frames():
    """A pause of a minute is no standstill, and what was before it does not count."""
    made = stats(50, 0)
    for k in range(10):
        made.shown(captured=60 + k / 20 - 0.01, stages={"mask": 0.005}, now=60 + k / 20)
    assert made.summary() == "60 frames, 20.0 fps, latency 10 ms (95 %: 10 ms), mask 5 ms"


def test_the_worst_latency_is_exceeded_by_one_frame_in_twenty():
    made = Stats()
    for k in range(40):
        made.shown(captured=-k, stages={}, now=0)
    assert (made.figures().latency, made.figures().worst) == (19.5, 38)
