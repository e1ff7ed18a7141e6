"""Text of a repository that speaks to a program rather than to its readers, and text that imitates our own marks.

What a model is told is data, delimited and checked afterwards; that is the defence. This file only keeps out what is
plainly written to steer one: it is shown nowhere and counted. A list of patterns never knows all of them.
"""

import re

_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.\n]{0,40}\b(?:previous|prior|above|earlier|all|any|your)\b[^.\n]{0,30}"
    r"\b(?:instruction|prompt|rule|direction|context|message)s?\b"
    r"|\b(?:system|developer) (?:prompt|message)\b"
    r"|\b(?:you are|act as|pretend to be|as) (?:now )?(?:an?|the)?\s*"
    r"(?:AI|LLM|language model|assistant|chat ?bot|GPT\w*)\b"
    r"|\b(?:AI|LLM|language model|chat ?bot|coding|code) (?:assistants?|agents?|models?)[^.\n]{0,30}"
    r"\b(?:must|should|shall|are to|please|always|never)\b"
    r"|\b(?:tell|inform|convince|instruct) (?:the )?(?:user|reader|human|person asking)\b"
    r"|\b(?:answer|respond|reply) (?:only|exactly) (?:with|that)\b"
    r"|\b(?:always|must|only) (?:answer|respond|reply|output|say)\b[^.\n]{0,20}[\"'`]"
    r"|<\|?(?:im_start|im_end|system|endoftext|assistant)\|?>|\[/?INST\]",
    re.IGNORECASE,
)
_MARKS = re.compile(r"(?i)<(/?)(evidence|question|answer|rules)(?=[\s>/])")
LOOKED_AT = 20_000  # characters


def is_addressed_to_programs(text: str) -> bool:
    return _ORDERS.search(text[:LOOKED_AT]) is not None


def without_marks(text: str) -> str:
    """The same text with nothing in it that looks like one of the marks of our prompt."""
    return _MARKS.sub(r"‹\1\2", text)
