"""How something is set: found in the interface where no document says it."""

import pytest

from docrunch.ask.world import World
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


def test_what_must_be_given_is_no_option(world: World) -> None:
    assert "takes `address" not in answer_to("How do I set the address?", world).answer


def test_a_question_of_something_else_is_not_answered_by_a_parameter(world: World) -> None:
    assert "takes `" not in answer_to("How does the timeout work?", world).answer
