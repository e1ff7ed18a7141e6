"""Cognitive complexity: what counts how much stands beside each line of the examples."""

import re

import pytest

from docrunch.options import Limits
from docrunch.parsing.extract import extract

EXAMPLES = {
    "python": """
def f(a, b):
    if a:                       # +1
        for x in b:             # +2
            if x and a and b:   # +3 +1
                pass
            elif x or a:        # +1 +1
                pass
            else:               # +1
                pass
    g = lambda: 1 if a else 2   # +2
    try:
        pass
    except E:                   # +1
        while a and (b and c) or d:   # +2 +2
            pass
    match a:                    # +1
        case 1: pass
        case 2: pass
    return [x for x in a if x]
""",
    "javascript": """
function f(a) {
  if (a) {               // +1
  } else if (b) {        // +1
    for (;;) {           // +2
      continue out;      // +1
    }
  } else {               // +1
  }
  switch (a) { case 1: break; case 2: }  // +1
  x.map(y => y ? 1 : 2); // +2
  const g = () => { if (a) {} };
  return a && b || c;    // +2
}
""",
    "go": """package a
func f(a int) {
	if a > 0 && a < 3 { // +1 +1
	} else if a > 4 { // +1
		for { // +2
			break out // +1
		}
	} else { // +1
	}
	switch a { // +1
	case 1:
	}
	go func() { if a > 1 {} }() // +2
}
""",
    "java": """class A { void f(int a) {
  if (a > 0 || a < 1 || a == 2) { // +1 +1
  } else if (a == 3) { // +1
    while (true) { // +2
      if (x) y(); else z(); // +3 +1
    }
  } else return; // +1
  try { } catch (E e) { // +1
    switch (a) { case 1: break; default: } // +2
  }
  run(() -> { if (a == 1) {} }); // +2
} }
""",
    "kotlin": """
fun f(a: Int) {
  if (a > 0 && a < 3 || a == 9) { // +1 +2
  } else if (a > 4) { // +1
    for (x in y) { } // +2
  } else { // +1
  }
  when (a) { 1 -> {} else -> {} } // +1
  run { if (a == 1) 2 else 3 } // +2 +1
  try { } catch (e: E) { while (true) {} } // +1 +2
}
""",
    "swift": """
func f(_ a: Int) {
  if a > 0 && a < 3 && a == 2 || a == 9 { // +1 +2
  } else if a > 4 { // +1
    for x in y { } // +2
  } else { // +1
  }
  switch a { case 1: break; default: break } // +1
  run { if a == 1 { } } // +2
  guard let b = a else { return } // +1
  do { } catch { while true {} } // +1 +2
  let c = a > 1 ? 2 : 3 // +1
}
""",
    "csharp": """class A { void f(int a) {
  if (a > 0 && a < 3) { // +1 +1
  } else if (a > 4) { // +1
    foreach (var x in y) { goto end; } // +2 +1
  } else { z(); } // +1
  switch (a) { case 1: break; default: break; } // +1
  run(() => { if (a == 1) { } }); // +2
  var b = a switch { 1 => 2, _ => 3 }; // +1
  try { } catch (E e) { while (true) {} } // +1 +2
  var c = a > 1 ? 2 : d ?? 3; // +1 +1
} }
""",
    "scala": """object A { def f(a: Int) = {
  if (a > 0 && a < 3 || b) { // +1 +2
  } else if (a > 4) { // +1
    for (x <- y) { z() } // +2
  } else { z() } // +1
  a match { case 1 => 2; case _ => 3 } // +1
  run(x => if (x == 1) 2 else 3) // +2 +1
  try { } catch { case e: E => while (true) {} } // +1 +2
} }
""",
    "cpp": """
void f(int a) {
  if (a > 0 && a < 3 || a == 9) { // +1 +2
  } else if (a > 4) { // +1
    for (auto x : y) { goto end; } // +2 +1
  } else { z(); } // +1
  switch (a) { case 1: break; default: break; } // +1
  run([&](int x) { if (a == 1) { } }); // +2
  try { } catch (E& e) { while (true) {} } // +1 +2
  int c = a > 1 ? 2 : 3; // +1
}
""",
    "rust": """
fn f(a: i32) {
  if a > 0 && a < 3 { // +1 +1
  } else if a > 4 { // +1
    for x in y { // +2
      match x { 1 => {}, _ => {} } // +3
    }
  } else { // +1
  }
  loop { break 'out; } // +1 +1
  let g = |x| if x { 1 } else { 2 }; // +2 +1
}
""",
}


@pytest.mark.parametrize("language", EXAMPLES)
def test_the_sum_of_what_stands_there(language: str) -> None:
    text = EXAMPLES[language]
    facts = extract(text.encode(), language, Limits())
    assert not facts.issues
    found = next(symbol for symbol in facts.symbols if symbol.name == "f")
    assert found.cognitive == sum(map(int, re.findall(r"\+(\d)", text)))


def test_a_function_inside_counts_for_itself() -> None:
    facts = extract(b"def f(a):\n    if a:\n        def g():\n            if a: ...\n", "python", Limits())
    assert {symbol.name: symbol.cognitive for symbol in facts.symbols} == {"f": 1, "g": 1}


def test_what_has_no_body_has_none() -> None:
    facts = extract(b"x = 1 if a else 2\nclass A:\n    y = 1 if a else 2\n", "python", Limits())
    assert all(symbol.cognitive == 0 for symbol in facts.symbols)
