"""The same on a Ray cluster: one of two cores on this machine."""

import importlib.util
import sys

import doers
import pytest
from doers import Copier, jobs
from needs import left_out

from hairtint import zoo
from hairtint.batch import cluster
from hairtint.batch.crew import share
from hairtint.cli import run
from hairtint.errors import WorkerError


@pytest.fixture(scope="module")
def ray():
    if importlib.util.find_spec("ray") is None:
        left_out("needs ray")
    import ray

    ray.cloudpickle.register_pickle_by_value(sys.modules[doers.__name__])
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, _node_ip_address="127.0.0.1")
    yield ray
    ray.shutdown()


def test_actors_do_the_work_and_one_that_dies_is_replaced(ray, tmp_path):
    actors = cluster.Actors(Copier)
    assert actors.size == 2
    done = {
        o.job.source.stem: o for o in share(jobs(tmp_path, "a", "never", "once", "refused"), actors, 2, resume=False)
    }
    assert sorted(p.stem for p in tmp_path.glob("*.out")) == ["a", "once"]
    assert done["a"].job == next(jobs(tmp_path, "a"))
    assert isinstance(done["never"].error, WorkerError)
    assert "is no photo" in str(done["refused"].error)


def test_more_actors_than_cores_do_all_jobs(ray, tmp_path):
    names = "abcdef"
    done = list(share(jobs(tmp_path, *names), cluster.Actors(Copier), 4, resume=False))
    assert {outcome.job.source.stem for outcome in done} == set(names)
    assert all(outcome.error is None for outcome in done)


def test_the_command(ray, tmp_path, portrait_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list").write_text(f"{portrait_path}\n")
    (tmp_path / "my.onnx").write_bytes(zoo.find("light").read())
    call = ["image", "--list", "list", "--base", str(portrait_path.parent), "-c", "copper", "--model", "my.onnx", "-q"]
    assert run([*call, "-o", "cluster/", "--engine", "ray", "-j", "3"]) == 0
    assert run([*call, "-o", "here/"]) == 0
    name = portrait_path.name
    assert (tmp_path / "cluster" / name).read_bytes() == (tmp_path / "here" / name).read_bytes()


def test_without_ray_the_extra_is_named(tmp_path, portrait_path, monkeypatch, capsys):
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *a: None if name == "ray" else real(name, *a))
    assert run(["image", str(portrait_path), "-c", "copper", "-o", str(tmp_path / "x.jpg"), "--engine", "ray"]) == 1
    assert capsys.readouterr().err == "hairtint: this needs ray: pip install 'hairtint[ray]'\n"
