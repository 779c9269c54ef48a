"""A config that is not right is refused in one clear line."""

import pytest

from hairtint.errors import TrainingError
from hairtint.training.config import Config


def test_every_config_of_the_repository_is_right(request):
    files = sorted((request.config.rootpath / "configs").glob("*.toml"))
    assert files
    for path in files:
        Config.load(path)


def test_defaults_are_the_reports():
    plan = Config(network="light")
    assert (plan.size, plan.epochs, plan.batch, plan.lr) == (256, 50, 16, 1e-4)
    assert (plan.optimizer, plan.schedule, plan.loss, plan.recipe) == ("adam", "constant", {"bce": 1.0}, "report")


def test_a_whole_number_is_a_number(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text('network = "light"\nlr = 1\n[loss]\ndice = 2\n')
    plan = Config.load(path)
    assert plan.lr == 1.0
    assert Config.from_dict(plan.as_dict(), "again") == plan


def test_a_config_may_come_from_an_editor_that_marks_utf_8(tmp_path):
    path = tmp_path / "a.toml"
    path.write_bytes(b'\xef\xbb\xbfnetwork = "light"\r\n')
    assert Config.load(path) == Config(network="light")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "network is missing"),
        ('network = "light"\nepoch = 3', "unknown key epoch; known: network"),
        ('network = "light"\nepochs = "3"', "epochs = '3' must be int"),
        ('network = "light"\nepochs = true', "epochs = True must be int"),
        ('network = "light"\nlr = "fast"', "lr = 'fast' must be float"),
        ('network = "light"\nloss = 3', "loss = 3 must be a table of numbers"),
        ('network = "light"\n[loss]\nbce = "much"', "must be a table of numbers"),
        ('network = "light"\n[loss]\nfocal = 1.0', "unknown loss focal"),
        ('network = "light"\n[loss]\nedge = 1.0', "the loss is empty"),
        ('network = "light"\n[loss]\nbce = -1.0', "loss.bce = -1.0"),
        ('network = "light"\n[repeat]\nlfw = -1.0', "repeat.lfw = -1.0"),
        ('network = "light"\n[repeat]\nlfw = 1e5', "repeat.lfw = 100000 must be at most 10000"),
        ('network = "light"\nbatch = 0', "batch = 0 must be above 0"),
        ('network = "light"\nlr = nan', "lr = nan"),
        ('network = "light"\nlr = inf', "lr = inf"),
        ('network = "light"\nseed = -1', "seed = -1"),
        ('network = "light"\nworkers = -1', "workers = -1"),
        ('network = "light"\nvalidation = 1.0', "validation = 1.0 must lie between"),
        ('network = "light"\nema = 1.0', "ema = 1.0 must be"),
        ('network = "light"\nteacher = 2', "teacher = 2.0 is a share"),
        ('network = "light"\ncovered = 1.1', "covered = 1.1 is a share"),
        ('network = "light"\ndyed = 1.1', "dyed = 1.1 is a share"),
        ('network = "light"\nrecipe = "wild"', "choose one of report, strong, mild"),
        ('network = "light"\noptimizer = "sgd"', "choose one of adam"),
        ('network = "light"\nprecision = "8"', "choose one of 32-true"),
        ("network = light", "not valid TOML"),
        ('network = "light"\nlr = ' + "9" * 400, "lr = 999"),
        ('network = "light"\nseed = ' + "9" * 400, "seed = 999"),
        ('network = "light"\nlr = ' + "[" * 5000 + "]" * 5000, "not valid TOML"),
        ('network = "light"\nlr = ' + "9" * 5000, "not valid TOML"),
        ('network = "light"\n"two\\nlines" = 1', "unknown key two lines"),
        ('network = "light"\n"\\u001b[31m" = 1', "unknown key ?[31m"),
        ("\xff", "not valid TOML"),
    ],
)
def test_what_is_wrong_is_named_with_its_file(tmp_path, text, words):
    path = tmp_path / "bad.toml"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(TrainingError) as refusal:
        Config.load(path)
    message = str(refusal.value)
    assert words in message
    assert "bad.toml" in message
    assert "\n" not in message


def test_files_that_cannot_be_read(tmp_path):
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(TrainingError, match="cannot read"):
            Config.load(path)
