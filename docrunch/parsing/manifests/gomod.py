"""go.mod and go.work (https://go.dev/ref/mod#go-mod-file)."""

import re

from docrunch.parsing.manifests.shape import Manifest, compact

_BLOCK = re.compile(r"^(\w+)\s*\(\s*$")


def read(source: str) -> Manifest:
    fields: dict[str, list[str]] = {}
    block = ""
    for raw in source.splitlines():
        line = raw.split("//", 1)[0].strip()
        if block:
            if line == ")":
                block = ""
            elif line:
                fields.setdefault(block, []).append(line)
        elif (opening := _BLOCK.match(line)) is not None:
            block = opening[1]
        elif " " in line or "\t" in line:
            verb, rest = line.split(None, 1)
            fields.setdefault(verb, []).append(rest.strip())
    module = fields.get("module", [""])[0].strip('"')
    replaced = [item.split("=>", 1) for item in fields.get("replace", []) if "=>" in item]
    return compact(
        kind="go.mod" if module else "go.work",
        name=module,
        go=fields.get("go", [""])[0],
        dependencies=[item.split()[0].strip('"') for item in fields.get("require", []) if item],
        replace={old.split()[0]: new.split()[0] for old, new in replaced if old.strip() and new.strip()},
        use=[item.strip('"') for item in fields.get("use", [])],
    )
