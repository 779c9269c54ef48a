"""Which photos there are, and where their results go."""

import itertools
import tracemalloc
from pathlib import Path

import pytest

from hairtint import batch
from hairtint.batch import jobs
from hairtint.color import Color
from hairtint.errors import OutputError, PictureError


def found(*names):
    return [(Path(name), Path(Path(name).name)) for name in names]


def plan(names, *arguments, **options):
    return list(batch.plan(found(*names), *arguments, **options))


def paths(pairs):
    return [str(path) for path, _ in pairs]


def test_results_lie_beside_their_photos_or_in_a_folder():
    alone = plan(["a/x.jpg"], None, "copper", mask=True, sheet=True)[0]
    assert [str(p) for p in alone.outputs] == ["a/x-copper.jpg", "a/x-copper-mask.png", "a/x-copper-side-by-side.jpg"]
    assert plan(["a/x.jpg"], "y.png", "copper")[0].result == Path("y.png")
    many = plan(["a/x.jpg", "a/y.png"], "out", "copper")
    assert [job.result for job in many] == [Path("out/x.jpg"), Path("out/y.png")]


def test_photos_of_kinds_that_are_only_read_get_another_suffix():
    kinds = {"x.HEIC": "jpg", "x.HIF": "jpg", "x.jfif": "jpg", "x.JPE": "jpg", "x.mpo": "jpg"}
    kinds |= {"x.jp2": "png", "x.ppm": "png", "x.webp": "webp"}
    for name, kind in kinds.items():
        assert plan([name], None, "copper")[0].result == Path(f"x-copper.{kind}")
        assert plan([name], "out/", "copper")[0].result == Path(f"out/x.{kind}")
    odd = {"x": "x-copper.png", "x.cr2": "x.cr2-copper.png", "1.5": "1.5-copper.png"}
    for name, result in odd.items():
        assert plan([name], None, "copper")[0].result == Path(result)


def test_results_of_an_earlier_call_are_no_photos(tmp_path):
    for name in ("a.jpg", "b.jfif", "c-copper.jpg"):
        (tmp_path / name).write_text("")
    for job in plan(sorted(map(str, tmp_path.glob("*"))), None, "copper", mask=True, sheet=True):
        for path in job.outputs:
            path.write_text("")
    again = plan(sorted(map(str, tmp_path.glob("*"))), None, "copper", mask=True, sheet=True)
    assert [job.source.name for job in again] == ["a.jpg", "b.jfif", "c-copper.jpg"]
    told = []
    plan([str(tmp_path / "a-copper.jpg")], None, "copper", passed=lambda *pair: told.append([p.name for p in pair]))
    assert told == [["a-copper.jpg", "a.jpg"]]


def test_results_in_another_colour_are_no_photos_either(tmp_path):
    def beside(suffix):
        return plan(sorted(map(str, tmp_path.iterdir())), None, suffix, mask=True, sheet=True)

    photos = ["IMG_1.HEIC", "a-blonde-blue.jpg", "me-240115.jpg", "me-light.png", "me.jpg", "x-12345.jpg"]
    for name in photos:
        (tmp_path / name).write_text("")
    for color in ("copper", "light blonde", "blonde", "#39ff14"):
        planned = beside(batch.slug(Color.parse(color)))
        assert sorted(job.source.name for job in planned) == sorted(photos)
        for path in (path for job in planned for path in job.outputs):
            path.write_text("")
    told = {}
    named = [str(tmp_path / name) for name in ("me-light-blonde.jpg", "IMG_1-39ff14-mask.png")]
    assert not plan(named, None, "blue", passed=lambda path, photo: told.update({path.name: photo.name}))
    assert told == {"me-light-blonde.jpg": "me.jpg", "IMG_1-39ff14-mask.png": "IMG_1.HEIC"}


def test_six_digits_are_rather_a_date_than_another_colour(tmp_path):
    for name in ("me.jpg", "me-240115.jpg"):
        (tmp_path / name).write_text("")
    given = sorted(map(str, tmp_path.iterdir()))
    assert len(plan(given, None, "copper")) == 2
    assert len(plan(given, None, "240115")) == 1


def test_a_folder_is_told_by_its_slash_and_many_photos_need_one():
    assert plan(["x.jpg"], "my.folder/", "copper")[0].result == Path("my.folder/x.jpg")
    with pytest.raises(OutputError, match="name a folder"):
        plan(["x.jpg", "y.jpg"], "single.jpg", "copper")


def test_two_photos_never_share_a_result_nor_a_mask():
    with pytest.raises(OutputError, match=r"both become out/x\.jpg: give them in two calls, each with a folder"):
        plan(["a/x.jpg", "b/x.jpg"], "out", "copper")


@pytest.mark.parametrize("out", ["out", None])
def test_photos_that_differ_in_their_suffix_only_are_told_apart(tmp_path, monkeypatch, out):
    """In whatever order they are given, all at once or one by one, and also where results are there already."""
    monkeypatch.chdir(tmp_path)
    photos = ["IMG_2.HEIC", "IMG_2.jpg", "me.jfif", "x.jpg", "x.png"]
    for name in photos:
        Path(name).write_text("")
    planned = plan(photos, out, "copper", mask=True, sheet=True)
    names = {job.source.name: [path.name.replace("-copper", "") for path in job.outputs] for job in planned}
    assert names == {
        "IMG_2.HEIC": ["IMG_2.HEIC.jpg", "IMG_2.HEIC-mask.png", "IMG_2.HEIC-side-by-side.jpg"],
        "IMG_2.jpg": ["IMG_2.jpg", "IMG_2.jpg-mask.png", "IMG_2-side-by-side.jpg"],
        "me.jfif": ["me.jpg", "me-mask.png", "me-side-by-side.jpg"],
        "x.jpg": ["x.jpg", "x.jpg-mask.png", "x-side-by-side.jpg"],
        "x.png": ["x.png", "x.png-mask.png", "x-side-by-side.png"],
    }
    for path in (path for job in planned for path in job.outputs):
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    again = [job for name in reversed(photos) for job in plan([name], out, "copper", mask=True, sheet=True)]
    assert again == planned[::-1]
    assert plan(sorted(map(str, Path().glob("*.*"))), out, "copper", mask=True, sheet=True) == planned


def test_among_the_photos_a_result_of_another_kind_never_passes_for_a_photo(tmp_path):
    photo = tmp_path / "x.heic"
    photo.write_text("")
    for _ in range(2):
        [job] = plan([str(photo)], str(tmp_path), "copper")
        assert job.result.name == "x.heic.jpg"
        job.result.write_text("")


def test_a_photo_is_never_its_own_result(tmp_path):
    (tmp_path / "photos").mkdir()
    photo = tmp_path / "photos" / "a.jpg"
    photo.write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "photos")
    for out in ("photos", "link", "photos/a.jpg"):
        with pytest.raises(OutputError, match=r"a\.jpg would be overwritten by its own result: name another place"):
            plan([str(photo)], str(tmp_path / out), "copper")
    assert plan([str(tmp_path / "none.jpg")], str(tmp_path / "photos"), "copper")


def test_a_photo_that_comes_again_is_no_other_photo(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = ["x.jpg", "y.jpg", "./x.jpg", f"{tmp_path}/x.jpg"]
    assert [str(job.source) for job in plan(names, "out", "copper", mask=True)] == ["x.jpg", "y.jpg"]
    assert [str(job.source) for job in plan(["x.jpg", "x.jpg"], "x.png", "copper")] == ["x.jpg"]
    Path("x.jpg").write_text("")
    assert len(plan(names, None, "copper")) == 2


def test_names_patterns_and_folders_are_found(tmp_path):
    for name in ("b.jpg", "a.png", "notes.txt", "._b.jpg", ".hairtint-1.part"):
        (tmp_path / name).write_text("")
    names = [str(tmp_path), str(tmp_path / "*.jpg"), str(tmp_path / "a.png")]
    assert [p.name for p, _ in batch.find(names)] == ["a.png", "b.jpg", "b.jpg", "a.png"]
    assert [job.source.name for job in batch.plan(batch.find(names), "out", "copper")] == ["a.png", "b.jpg"]


def test_a_file_with_brackets_in_its_name_is_no_pattern(tmp_path):
    (tmp_path / "me[1].jpg").write_text("")
    assert paths(batch.find([str(tmp_path / "me[1].jpg")])) == [str(tmp_path / "me[1].jpg")]


def test_trees_keep_their_structure_and_results_are_no_photos(tmp_path):
    for name in ("b/2.jpg", "b/c/3.png", "1.jpg", "out/1.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    tree = batch.find([str(tmp_path)], recursive=True, without=tmp_path / "out")
    jobs = batch.plan(tree, str(tmp_path / "out"), "copper")
    results = [job.result.relative_to(tmp_path).as_posix() for job in jobs]
    assert results == ["out/1.jpg", "out/b/2.jpg", "out/b/c/3.png"]
    (tmp_path / "1.jpg").unlink()
    with pytest.raises(PictureError, match="or --recursive"):
        list(batch.find([str(tmp_path)]))


def test_the_photos_of_a_list_keep_their_places_below_the_base(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = [b"a/x.jpg\r\n", b"\n", f"{tmp_path}/b/x.jpg\n".encode(), b"odd \xff.png"]
    assert [place for _, place in batch.listed(lines, Path())] == [
        Path("a/x.jpg"), Path("b/x.jpg"), Path("odd \udcff.png"),
    ]  # fmt: skip
    assert [place for _, place in batch.listed([b"a/b/x.jpg"], Path("a"))] == [Path("b/x.jpg")]
    with pytest.raises(PictureError, match=r"\.\./x\.jpg of the list does not lie in .*: name .* with --base"):
        list(batch.listed([b"../x.jpg"], Path()))
    Path("loop").symlink_to("loop")
    for name, base in ((b".", "."), (b"a/..", "."), (b"../a\0b.jpg", "."), (b"x.jpg", "loop")):
        with pytest.raises(PictureError, match="of the list does not lie in"):
            list(batch.listed([name], Path(base)))
    marked = [b"\xef\xbb\xbfa.jpg", b"\xef\xbb\xbfb.jpg"]
    assert paths(batch.listed(marked, Path())) == ["a.jpg", "\ufeffb.jpg"], "only at the beginning is it no name"


def test_base_and_photos_may_be_named_by_way_of_links(tmp_path, monkeypatch):
    (tmp_path / "real" / "in").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "real" / "out").symlink_to(tmp_path / "elsewhere")
    monkeypatch.chdir(tmp_path)
    for line, base in ((b"link/in/x.jpg", "link"), (b"real/in/x.jpg", "link"), (b"link/in/x.jpg", "real")):
        assert [place for _, place in batch.listed([line], Path(base))] == [Path("in/x.jpg")]
    assert [place for _, place in batch.listed([b"real/out/x.jpg"], Path("real"))] == [Path("out/x.jpg")]


def test_a_long_list_takes_little_memory():
    many = 4_000
    tracemalloc.start()
    try:
        lines = (b"photos/%09d.jpg\n" % k for k in range(many))
        planned = batch.plan(batch.listed(lines, Path()), "out", "copper")
        count = sum(1 for _ in itertools.islice(planned, many))
        ours = tracemalloc.Filter(True, str(Path(jobs.__file__).with_name("*")))  # not what other threads do meanwhile
        kept = sum(trace.size for trace in tracemalloc.take_snapshot().filter_traces([ours]).traces)
        assert next(planned, None) is None
    finally:
        tracemalloc.stop()
    assert count == many
    assert 8 * many < kept < 200 * many, "bytes a photo; a Path alone takes several times as much"
