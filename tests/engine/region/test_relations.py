"""Relations between regions, against every way to fill them, tried one by one."""

import itertools
import random

import pytest

from engine.api import Form, FormKind, Relation, RelationKind
from engine.errors import BadRequestError
from engine.region.relations import ContradictionError, Search, check, propagated
from tests.requests import generate

DIFFERENT, EQUAL, SUM = RelationKind.DIFFERENT, RelationKind.EQUAL, RelationKind.SUM


def keeps(texts: tuple[str, ...], relation: Relation) -> bool:
    own = [texts[place] for place in relation.regions] + list(relation.known)
    if relation.kind is DIFFERENT:
        return len(set(own)) == len(own)
    if relation.kind is EQUAL:
        return len(set(own)) == 1
    return sum(map(int, own)) == int(relation.total)


def some_relation(rng: random.Random, number: int) -> Relation:
    kind = rng.choice([DIFFERENT, EQUAL, SUM])
    regions = tuple(rng.sample(range(number), rng.randint(1, number)))
    known = tuple(rng.choice("123") for _ in range(rng.randint(0, 1)))
    return Relation(kind=kind, regions=regions, known=known, total=str(rng.randint(1, 9)))


def asked(domains, relations):
    """Return a request of regions with these lists."""
    region = "x " * len(domains)
    return generate(
        region=region,
        regions=tuple((2 * place, 2 * place + 1) for place in range(len(domains))),
        forms=tuple(Form(kind=FormKind.ONE_OF, values=texts) for texts in domains),
        relations=tuple(relations),
    )


@pytest.mark.parametrize("seed", range(300))
def test_what_is_struck_out_is_in_no_solution_and_the_search_finds_one_if_there_is(seed) -> None:
    rng = random.Random(seed)
    number = rng.randint(1, 4)
    domains = tuple(tuple(rng.sample("1234", rng.randint(1, 4))) for _ in range(number))
    relations = [some_relation(rng, number) for _ in range(rng.randint(1, 3))]
    solutions = [
        texts
        for texts in itertools.product(*domains)
        if all(keeps(texts, relation) for relation in relations)
    ]
    try:
        left = propagated(domains, relations)
    except ContradictionError:
        assert not solutions
    else:
        for texts in solutions:
            assert all(text in own for text, own in zip(texts, left, strict=True))
    request = asked(domains, relations)
    check(request)
    try:
        search = Search.of(request)
        while search.open_regions:
            place = rng.choice(search.open_regions)
            search.choose(place, rng.choice(search.domains[place]))
    except BadRequestError:
        assert not solutions
    else:
        assert tuple(texts[0] for texts in search.domains) in solutions
        decided = search.decided
        assert decided.by_rules + decided.by_model + decided.followed == number
        assert min(decided.by_rules, decided.by_model, decided.followed) >= 0


def test_a_text_that_only_one_can_have_and_all_need_is_that_one_s() -> None:
    domains = (("1", "2"), ("1", "2"), ("1", "2", "3"))
    relation = Relation(kind=DIFFERENT, regions=(0, 1, 2))
    assert propagated(domains, [relation])[2] == ("3",)


def test_a_sum_leaves_what_the_others_can_make_up_for() -> None:
    relation = Relation(kind=SUM, regions=(0, 1), known=("10",), total="13.5")
    domains = (("0.5", "2", "9"), ("1.5", "3"))
    assert propagated(domains, [relation]) == (("0.5", "2"), ("1.5", "3"))


def test_a_sum_is_kept_to_its_last_digit() -> None:
    large, small = "1" + "0" * 19, "0." + "0" * 18 + "1"
    relation = Relation(kind=SUM, regions=(0, 1), total=large + small[1:])
    assert propagated(((large,), ("0", small)), [relation]) == ((large,), (small,))


@pytest.mark.parametrize(
    ("relation", "reason"),
    [
        (Relation(kind=DIFFERENT, regions=(0, 5)), "counted from 0"),
        (Relation(kind=DIFFERENT, regions=(0, 0)), "each once"),
        (Relation(kind=EQUAL, regions=()), "each once"),
        (Relation(kind=SUM, regions=(0,), total="many"), "is no number"),
        (Relation(kind=SUM, regions=(0,), total="NaN"), "is no number"),
    ],
)
def test_relations_of_no_region_or_no_number_are_refused(relation, reason) -> None:
    with pytest.raises(BadRequestError, match=reason):
        check(asked((("1",), ("2",)), [relation]))


def test_regions_without_a_list_can_only_all_be_equal() -> None:
    both = {"region": "a b", "regions": ((0, 1), (2, 3))}
    check(generate(**both, relations=(Relation(kind=EQUAL, regions=(0, 1)),)))
    with pytest.raises(BadRequestError, match="one of a list"):
        check(generate(**both, relations=(Relation(kind=DIFFERENT, regions=(0, 1)),)))


def test_what_is_impossible_is_said_to_be_so() -> None:
    request = asked((("1",), ("1", "2"), ("2",)), [Relation(kind=DIFFERENT, regions=(0, 1, 2))])
    with pytest.raises(BadRequestError, match="No texts keep these relations"):
        Search.of(request)


def test_a_search_that_takes_back_stops_when_it_is_cancelled() -> None:
    # Five that all differ in four texts each: the first choice shows that they cannot.
    domains, looked = (tuple("1234"),) * 5, list[int]()
    request = asked(domains, [Relation(kind=DIFFERENT, regions=tuple(range(5)))])

    def is_cancelled() -> bool:
        looked.append(1)
        return True

    search = Search(request.relations, domains, is_cancelled)
    while search.open_regions and not looked:
        region = search.open_regions[0]
        search.choose(region, search.domains[region][0])
    assert looked == [1]
    assert search.open_regions
