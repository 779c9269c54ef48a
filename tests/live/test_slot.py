"""The slot between two threads."""

import threading

from live.streams import soon

from hairtint.live.slot import Slot


def test_the_newest_wins_and_is_taken_once():
    slot = Slot()
    for item in (1, 2, 3):
        slot.put(item)
    assert slot.take() == 3
    assert slot.take(0) is None
    assert slot.dropped == 2


def test_whoever_waits_is_woken():
    slot, got = Slot(), []

    def wait():
        got.append(slot.take(30))
        got.append(slot.take(30))

    waiting = threading.Thread(target=wait)
    waiting.start()
    slot.put("item")
    soon(lambda: got == ["item"])
    slot.close()
    waiting.join(30)
    assert got == ["item", None]
    assert slot.take() is None, "closed and empty: no more waiting"


def test_what_was_put_before_the_close_is_still_there():
    slot = Slot()
    slot.put("last")
    slot.close()
    assert slot.take() == "last"
    assert slot.take() is None
