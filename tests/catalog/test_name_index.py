"""Words like a spoken one, and the names that hold them, are found with bounded work."""

from itertools import product

from skill.catalog.name_index import ENOUGH_LIKE, MOST_LIKE_WORDS, NameIndex, Vocabulary


def like(vocabulary: Vocabulary, word: str) -> list[str]:
    return [vocabulary.words[number] for number, _ in vocabulary.like(word)]


def test_a_known_word_is_most_like_itself() -> None:
    vocabulary = Vocabulary()
    for word in ("red", "read", "reed"):
        vocabulary.add(word)
    assert vocabulary.like("read")[0] == (1, 1.0)
    assert like(vocabulary, "read")[0] == "read"


def test_a_misspelled_number_word_finds_the_number() -> None:
    vocabulary = Vocabulary()
    for word in ("60", "16", "six"):
        vocabulary.add(word)
    assert like(vocabulary, "sitxy")[0] == "60"


def test_among_many_words_that_sound_alike_the_nearest_spelling_is_kept() -> None:
    vocabulary = Vocabulary()
    for vowels in product("aeiou", repeat=4):
        vocabulary.add("b{}t{}l{}n{}".format(*vowels))
    found = vocabulary.like("batelona")
    assert len(found) == MOST_LIKE_WORDS
    assert all(alike >= ENOUGH_LIKE for _, alike in found)
    assert like(vocabulary, "batelinna")[0] == "batelina"


def test_among_many_words_of_the_same_letters_a_misspelled_one_is_found() -> None:
    vocabulary = Vocabulary()
    for letters in product("bdgklmnprst", "aeiou", "bdgklmnprst", "aeiou"):
        vocabulary.add("can{}{}{}{}ter".format(*letters))
    assert like(vocabulary, "candelotr")[0] == "candeloter"


def test_no_word_is_like_one_without_shared_letters() -> None:
    vocabulary = Vocabulary()
    vocabulary.add("milk")
    assert vocabulary.like("x") == ()
    assert vocabulary.like("zzzz") == ()


def test_rows_with_more_of_the_words_come_first_and_shorter_names_before_longer() -> None:
    index = NameIndex([("long", "red cup with a lid"), ("short", "red cup"), ("other", "blue plate")])
    number = index.vocabulary.ids
    rows = index.rows_with([{number["red"]: 1.0}, {number["cup"]: 1.0}], most=2)
    assert [index.products[row] for row in rows] == ["short", "long"]


def test_frequent_words_tell_rows_apart_without_adding_more() -> None:
    names = [f"gift box kind{number}" for number in range(6_000)]
    names += [f"gift box ribbon kind{number}" for number in range(3_000)] + ["gift ribbon star"]
    index = NameIndex((name, name) for name in names)
    number = index.vocabulary.ids
    said = [{number[word]: 1.0} for word in ("gift", "box", "ribbon", "star")]
    said[1][number["7"]] = 0.6
    best = [index.products[row] for row in index.rows_with(said, most=5)]
    assert best[0] == "gift ribbon star"
    assert all("ribbon" in name and "box" in name for name in best[1:])
