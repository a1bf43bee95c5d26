"""What vLLM 0.33 takes in a completion for a diffusion model, from its documented fields.

vLLM needs a card, so it cannot be run where tests run. Written down here, in words of our own, is
what its request model, its sampling parameters and its example of structured diffusion say; the
stand-in refuses whatever breaks it, with vLLM's words where we read them.
"""

from typing import Any

FIELDS = frozenset(
    {
        "model", "prompt", "echo", "logprobs", "max_tokens", "n", "seed", "stop", "stream",
        "stream_options", "suffix", "temperature", "top_p", "top_k", "min_p", "min_tokens",
        "logit_bias", "bad_words", "allowed_token_ids", "presence_penalty", "frequency_penalty",
        "repetition_penalty", "ignore_eos", "skip_special_tokens", "return_token_ids",
        "return_tokens_as_token_ids", "response_format", "structured_outputs", "vllm_xargs",
    }
)  # fmt: skip
XARGS = frozenset(
    {
        "diffusion_seed_canvas", "diffusion_pinned", "diffusion_max_steps", "diffusion_read_only",
        "diffusion_canvas_length", "diffusion_constrained", "diffusion_samples",
    }
)  # fmt: skip
MAX_LOGPROBS = 20  # unless it is started with another


def refusal(body: dict[str, Any], canvas_length: int, vocab_size: int) -> str:
    """Return what such a server says against a request; nothing if it takes it."""
    plain = {"temperature": 1.0, "min_p": 0.0, "seed": None, "min_tokens": 0, "logit_bias": None}
    lists = {"bad_words": [], "allowed_token_ids": None}
    if any(body.get(name, value) != value for name, value in {**plain, **lists}.items()):
        return (
            "The temperature, min_p, seed, min_tokens, logit_bias, bad_words, and "
            "allowed_token_ids sampling parameters are not yet supported with diffusion models."
        )
    if body.get("suffix") is not None:
        return "suffix is not currently supported"
    if (body.get("logprobs") or 0) > MAX_LOGPROBS:
        return f"Requested sample logprobs of {body['logprobs']}, greater than {MAX_LOGPROBS}"
    if "response_format" in body or "structured_outputs" in body:
        return "Structured outputs are not yet supported for diffusion language models."
    return _refused_xargs(body.get("vllm_xargs") or {}, canvas_length, vocab_size)


def _refused_xargs(xargs: dict[str, Any], canvas_length: int, vocab_size: int) -> str:
    width = xargs.get("diffusion_canvas_length", canvas_length)
    if type(width) is not int or width < 1:
        return "diffusion_canvas_length must be a positive integer."
    if width > canvas_length:
        return f"diffusion_canvas_length must be no larger than {canvas_length}."
    seed = xargs.get("diffusion_seed_canvas")
    if seed is not None and not all(type(token) is int for token in seed):
        return "diffusion_seed_canvas must be a list of token ids."
    if seed is not None and not all(0 <= token < vocab_size for token in seed):
        return f"diffusion_seed_canvas ids must be in [0, {vocab_size})."
    if seed is not None and len(seed) != width:
        return f"diffusion_seed_canvas must hold exactly {width} ids, got {len(seed)}."
    pinned = xargs.get("diffusion_pinned")
    if pinned and seed is None:
        return "diffusion_pinned needs a diffusion_seed_canvas."
    if pinned and not all(0 <= place < width for place in pinned):
        return "diffusion_pinned positions must lie inside the canvas."
    if xargs.get("diffusion_max_steps", 1) < 1:
        return "diffusion_max_steps must be a positive integer."
    return ""
