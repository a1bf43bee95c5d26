"""Whatever the slots become, nothing outside the region changes: ten thousand cases."""

import random

from engine.infill import Profile, TextCodec, TextSide, draft_of, make_plan
from engine.region.region import Region
from tests.requests import generate
from tests.tiny import INLAY, VOCAB_SIZE, byte_tokenizer

CODEC = TextCodec(byte_tokenizer(), VOCAB_SIZE)
PROFILE = Profile.from_json(INLAY)
TEXT = TextSide(codec=CODEC, profile=PROFILE, canvas_length=24)
CASES = 10_000
PIECES = [
    *"aeinot \n\t.,(\"'",
    *(
        "the",
        " th",
        "ing",
        "\r\n",
        "    ",
        "👩‍👩‍👧",
        "e\u0301",
        "שלום",
        '"""',
        "naïve",
        "\u200b",
        "\0",
    ),
    *("\ud83d", "日本", "<|eos|>"),
]


def text_of(rng: random.Random) -> str:
    """Return a short text of awkward pieces."""
    return "".join(rng.choices(PIECES, k=rng.randint(0, 8)))


def test_no_character_outside_the_region_changes() -> None:
    """The document with a draft in it begins and ends as it did, soft edges aside."""
    rng = random.Random(4)
    for _ in range(CASES):
        check(text_of(rng), text_of(rng), text_of(rng), rng.choice((0, 0, 1, 2)), rng)


def check(before: str, region: str, after: str, soft_edge: int, rng: random.Random) -> None:
    """Fill one region with any tokens the masks allow."""
    request = generate(before=before, region=region, after=after, soft_edge=soft_edge)
    plan = make_plan(TEXT, Region.of(request))
    ids = [rng.randrange(VOCAB_SIZE) for _ in range(plan.num_slots)]
    healed = b"" if plan.keeps_healed else plan.healed
    if healed:  # the mask lets only such tokens stand in the first slot
        ids[0] = next(i for i in range(4, VOCAB_SIZE) if CODEC.token_bytes(i).startswith(healed))
    draft = draft_of(CODEC, ids, [0.0] * len(ids), [True] * len(ids), healed)
    text = draft.within(plan.lead, plan.trail).text
    assert before.endswith(plan.soft_before)
    assert after.startswith(plan.soft_after)
    if not soft_edge:
        assert (plan.soft_before, plan.soft_after) == ("", "")
        assert region.startswith(plan.lead)
        assert region.endswith(plan.trail)
    kept = before[: len(before) - len(plan.soft_before)], after[len(plan.soft_after) :]
    document = kept[0] + text + kept[1]
    assert document.startswith(kept[0] + plan.lead)
    assert document.endswith(plan.trail + kept[1])
    # What the canvas knows of the text around is what stands there.
    known = b"".join(map(CODEC.token_bytes, plan.prefix[plan.opening :]))
    if not soft_edge:
        assert known + plan.healed == (before + plan.lead).encode(errors="replace")
        clamped = b"".join(map(CODEC.token_bytes, plan.suffix))
        assert (plan.trail + after).encode(errors="replace").startswith(clamped)
