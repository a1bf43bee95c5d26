"""Both serialisations of the config, and what is refused."""

import pytest

from engine.errors import ModelFolderError
from engine.model import ModelConfig
from tests.tiny import config_json


def test_older_and_newer_serialisation_mean_the_same() -> None:
    older = config_json()
    newer = config_json()
    text = newer["text_config"]
    del text["global_head_dim"], text["num_global_key_value_heads"]
    text["per_layer_config"] = {"1": {"head_dim": 16, "num_key_value_heads": 1}}
    assert ModelConfig.from_json(older) == ModelConfig.from_json(newer)


def test_the_default_pattern_is_five_sliding_layers_to_one_full() -> None:
    text = config_json(num_hidden_layers=12, layer_types=None)
    sliding = [layer.is_sliding for layer in ModelConfig.from_json(text).layers]
    assert sliding == ([True] * 5 + [False]) * 2


def test_the_last_layer_is_full_whatever_the_file_says() -> None:
    config = config_json(layer_types=["sliding_attention"] * 2)
    assert not ModelConfig.from_json(config).layers[-1].is_sliding


def test_a_quarter_of_the_pairs_of_a_full_layer_rotates() -> None:
    sliding, full = ModelConfig.from_json(config_json()).layers
    assert (sliding.rope_pairs, full.rope_pairs) == (4, 2)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"model_type": "llama"}, "llama"),
        ({"top_k_experts": 9}, "top_k_experts is 9"),
        ({"attention_bias": True}, "attention_bias"),
        ({"use_bidirectional_attention": "all"}, "causal"),
        ({"hidden_activation": "silu"}, "silu"),
        ({"num_key_value_heads": 3}, "3 key-value heads"),
        ({"layer_types": ["full_attention"]}, "layer_types"),
        ({"num_experts": None}, "num_experts"),
    ],
)
def test_what_cannot_run_is_refused_by_name(change: dict, named: str) -> None:
    config = config_json()
    target = config if "model_type" in change else config["text_config"]
    target.update(change)
    if change == {"num_experts": None}:
        del target["num_experts"]
    with pytest.raises(ModelFolderError, match=named):
        ModelConfig.from_json(config)
