from pathlib import Path

import pytest

from hairtint import batch
from hairtint.errors import OutputError


def test_results_lie_beside_their_photos_or_in_a_folder():
    alone = batch.plan([Path("a/x.jpg")], None, "copper", mask=True, sheet=True)[0]
    assert [str(p) for p in alone.outputs] == ["a/x-copper.jpg", "a/x-copper-mask.png", "a/x-copper-side-by-side.jpg"]
    assert batch.plan([Path("a/x.jpg")], "y.png", "copper")[0].result == Path("y.png")
    many = batch.plan([Path("a/x.jpg"), Path("a/y.png")], "out", "copper")
    assert [job.result for job in many] == [Path("out/x.jpg"), Path("out/y.png")]


def test_a_folder_is_told_by_its_slash_and_many_photos_need_one(tmp_path):
    assert batch.plan([Path("x.jpg")], "my.folder/", "copper")[0].result == Path("my.folder/x.jpg")
    with pytest.raises(OutputError, match="name a folder"):
        batch.plan([Path("x.jpg"), Path("y.jpg")], "single.jpg", "copper")


def test_two_photos_never_share_a_result():
    with pytest.raises(OutputError, match="both become"):
        batch.plan([Path("a/x.jpg"), Path("b/x.jpg")], "out", "copper")


def test_names_patterns_and_folders_are_found_once(tmp_path):
    for name in ("b.jpg", "a.png", "notes.txt"):
        (tmp_path / name).write_text("")
    found = batch.find([str(tmp_path), str(tmp_path / "*.jpg"), str(tmp_path / "a.png")])
    assert [p.name for p in found] == ["a.png", "b.jpg"]


def test_a_file_with_brackets_in_its_name_is_no_pattern(tmp_path):
    (tmp_path / "me[1].jpg").write_text("")
    assert batch.find([str(tmp_path / "me[1].jpg")]) == [tmp_path / "me[1].jpg"]
