import msgspec
import pytest

from ml.errors import RecipeInvalid
from ml.training.recipes import RECIPES, Recipe, recipe


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_a_recipe_survives_being_written_down(name):
    written = msgspec.json.encode(RECIPES[name])

    assert msgspec.json.decode(written, type=Recipe) == RECIPES[name]


def test_settings_are_changed_by_their_path():
    changed = recipe("quick", {"training.steps": 7, "graph": {"width": 32}})

    assert (changed.training.steps, changed.graph.width) == (7, 32)
    assert changed.training.learning_rate == RECIPES["quick"].training.learning_rate
    assert RECIPES["quick"].training.steps != 7


def test_a_task_is_switched_off_by_its_weight():
    assert recipe("quick", {"tasks.similarity.weight": 0}).tasks["similarity"].weight == 0


@pytest.mark.parametrize(
    ("overrides", "setting", "reason"),
    [
        ({"training.steps": 0}, "training.steps", ">= 1"),
        ({"training.stepz": 5}, "training", "stepz"),
        ({"text_share": 1.5}, "text_share", "<= 1.0"),
        ({"training.steps": "many"}, "training.steps", "int"),
        ({"tasks.similarity.weight": -1}, "tasks", ">= 0"),
        ({"tasks.guessing.weight": 1}, "tasks", "guessing"),
        ({"masked_language.hidden": 2}, "masked_language", "between 0 and 1"),
        ({"graph.widht": 64}, "graph.widht", "width, layers, dropout, inputs"),
        ({"masked_parameter.fan_outs": {"hop": 2}}, "fan_outs.hop", "hops, neighbours"),
        ({"graph.width": 0}, "graph.width", ">= 1"),
        ({"graph.width": 5_000}, "graph.width", "<= 2048"),
        ({"graph.dropout": 1.5}, "graph.dropout", "<= 1.0"),
        ({"graph.inputs.gram_dropout": 1}, "graph.inputs.gram_dropout", "< 1.0"),
        ({"text.width": -1}, "text.width", ">= 1"),
        ({"text.states": 7}, "recipe", "no multiple of text.heads"),
        ({"text.heads": 0}, "text.heads", ">= 1"),
        ({"features.grams.buckets": 1}, "features.grams.buckets", ">= 2"),
        ({"tokenizer.longest": 10**9}, "tokenizer", "1..4096"),
        ({"masked_parameter.batch_items": 0}, "masked_parameter.batch_items", ">= 1"),
        ({"contrastive.temperature": 0}, "contrastive.temperature", "> 0"),
        ({"link_prediction.negatives": -1}, "link_prediction.negatives", ">= 1"),
        ({"reconstruction.sketch": 0}, "reconstruction.sketch", ">= 1"),
        ({"training.steps": 10**12}, "training.steps", "<= 2147483647"),
        ({"training.learning_rate": 1e30}, "training.learning_rate", "<= 10"),
        ({"training.seed": 2**64}, "training.seed", "<= 9223372036854775807"),
        ({"training." * 3_000 + "steps": 1}, "training", "unknown field"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(overrides, setting, reason):
    with pytest.raises(RecipeInvalid) as raised:
        recipe("quick", overrides)

    assert setting in raised.value.setting
    assert reason in raised.value.reason


@pytest.mark.parametrize(
    ("overrides", "known"),
    [
        ({"facts": "sure"}, "accepted, all, stated"),
        ({"training.stepz": 5}, "steps, "),
        ({"tasks.contrastive.wight": 1}, "weight, begins, ends"),
        ({"graph.widht": 1}, "width, "),
        ({"trainign.steps": 5}, "training, "),
    ],
)
def test_a_wrong_setting_or_choice_is_told_those_there_are(overrides, known):
    with pytest.raises(RecipeInvalid, match=known):
        recipe("quick", overrides)


def test_an_unknown_recipe_names_those_there_are():
    with pytest.raises(RecipeInvalid, match="no recipe 'fast', but quick, standard"):
        recipe("fast")
