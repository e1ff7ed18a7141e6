"""How something is set: found in the interface where no document says it."""

import pytest

from docrunch.ask.compose import find_answer
from docrunch.ask.question import read_question
from docrunch.ask.world import World, graph_library, world_of
from tests.support.asking import SHOP, answer_to, make_asked

CLIENT = {
    **SHOP,
    "src/shop/client.py": '''
        class Timeout:
            """
            How long to wait.

            **Usage**:

            Timeout(None)      # For ever.
            Timeout(5.0)       # Five seconds.
            """


        class Client:
            """
            Talks to the till.

            * **timeout** - *(optional)* How long to wait for an
            answer of the till.
            * **retries** - How often.
            """

            def __init__(
                self,
                address: str,
                *,
                timeout: float = 5.0,
                retries: int = 3,
            ) -> None:
                self._set_timeout(timeout)

            def _set_timeout(self, seconds): ...


        def pay(address, timeout=5.0): ...


        def _internal(timeout=1): ...
    ''',
    "examples/demo.py": "def demo(timeout=1): ...\n",
}


@pytest.fixture(scope="module")
def world() -> World:
    return make_asked(CLIENT)


def test_the_parameter_of_the_constructor_with_what_is_said_of_it(world: World) -> None:
    answer = answer_to("How do I set a timeout?", world)
    assert answer.sentences[0].text == (
        "`shop.client.Client` takes `timeout: float = 5.0`: “(optional) How long to wait for an answer of the till.”"
    )
    (cited,) = answer.sentences[0].citations
    assert world.library.lines(cited.path)[cited.start - 1].strip() == "timeout: float = 5.0,"
    assert answer.sentences[1].text == "`timeout` can be given to `shop.client.pay` as well."
    assert "_set_timeout" not in answer.answer
    assert "_internal" not in answer.answer


def test_the_type_of_that_name_with_the_code_of_its_documentation(world: World) -> None:
    told = answer_to("How do I set a timeout?", world).answer
    assert (
        "“How long to wait. Usage:” [src/shop/client.py#L1-L9]\n"
        "    Timeout(None)      # For ever.\n    Timeout(5.0)       # Five seconds." in told
    )


@pytest.mark.parametrize("question", ["How do I configure retries?", "How can the number of retries be changed?"])
def test_other_words_for_setting(world: World, question: str) -> None:
    assert answer_to(question, world).sentences[0].text.startswith("`shop.client.Client` takes `retries: int = 3`")


@pytest.mark.parametrize("question", ["How do I set the client's timeout?", "How do I configure what's the timeout?"])
def test_a_letter_that_is_left_of_a_word_is_not_looked_for(world: World, question: str) -> None:
    assert "takes `timeout: float = 5.0`" in answer_to(question, world).answer
    assert "takes `" not in answer_to("How do I set s?", world).answer


def test_what_must_be_given_is_no_option(world: World) -> None:
    assert "takes `address" not in answer_to("How do I set the address?", world).answer


def test_a_question_of_something_else_is_not_answered_by_a_parameter(world: World) -> None:
    assert "takes `" not in answer_to("How does the timeout work?", world).answer


def test_a_word_of_the_name_is_not_enough(world: World) -> None:
    """``mode`` of a file is no answer to how debug mode is enabled."""
    files = {
        **SHOP,
        "src/shop/io.py": 'def open_it(path, mode="r"):\n    """Open.\n\n    :param mode: how to read\n    """\n',
    }
    assert "takes `" not in answer_to("How do I enable debug mode?", make_asked(files)).answer


def test_what_is_said_of_a_parameter_finds_it() -> None:
    files = {
        **SHOP,
        "src/shop/tls.py": 'def connect(verify=True):\n    """Connect.\n\n'
        '    :param verify: False for no verification of SSL certificates\n    """\n',
    }
    told = answer_to("How do I disable SSL verification?", make_asked(files)).answer
    assert told.startswith("`shop.tls.connect` takes `verify=True`: “False for no verification of SSL certificates”")


def test_the_name_stands_behind_the_type_in_some_languages() -> None:
    files = {
        **SHOP,
        "src/Log.php": "<?php\nclass Log {\n    /**\n     * @param array $handlers who is told, in order\n     */\n"
        "    public function __construct(string $name, array $handlers = []) {}\n}\n",
    }
    told = answer_to("How do I add a handler?", make_asked(files)).answer
    assert told.startswith("`Log` takes `array $handlers = []`: “who is told, in order”")


def test_without_texts_the_documentation_says_what_a_cut_definition_does_not() -> None:
    """A docpack has the first 300 characters of a definition."""
    many = "".join(f"parameter_{number}: int = {number}, " for number in range(20))
    files = {
        **SHOP,
        "src/shop/wide.py": f'def wide({many}patience=1):\n    """Wide.\n\n    :param patience: how long\n    """\n',
    }
    made = make_asked(files)
    question = read_question("How do I set the patience?")
    told = find_answer(world_of(made.view, graph_library(made.view)), question).answer
    assert told.startswith("`shop.wide.wide` takes `patience`: “how long”")
    assert find_answer(made, question).answer.startswith("`shop.wide.wide` takes `patience=1`: “how long”")
