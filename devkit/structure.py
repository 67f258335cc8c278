"""Rules of structure: one model is one class in one place, and the order of loading decides nothing (CONTRIBUTING.md).

A finding says where, what, and what to do instead. ``./dev lint`` fails on them; ``--report`` prints them with counts.
"""

import ast
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

from .paths import ADDON, ROOT

#: Our own models and context keys begin like this.
OWN_MODEL, OWN_KEY = "expo.", "expo_"
FOLDERS = ("models", "wizard", "report")
MAX_PARTS = 5
WRITERS = frozenset({"create", "write", "unlink"})
#: Methods are a verb and an object; these verbs alone name nothing. What overrides core keeps its name.
BARE_VERBS = frozenset(
    {
        "absorb", "acknowledge", "answer", "arrange", "ask", "be", "begin", "bounce", "call", "care", "chase",
        "close", "count", "decide", "draw", "drop", "end", "enter", "file", "fill", "find", "finish", "fix", "follow",
        "forget", "give", "go", "handle", "hear", "hold", "issue", "judge", "keep", "leave", "look", "make",
        "measure", "merge", "move", "name", "note", "number", "open", "page", "park", "pay", "place", "play", "point",
        "prepare", "promise", "put", "quiet", "rate", "read", "receive", "release", "remember", "remind", "run",
        "say", "see", "send", "serve", "set", "settle", "show", "speak", "start", "step", "stop", "store", "sync",
        "take", "tell", "try", "wait", "wake", "watch", "write",
    }
)  # fmt: skip
CONTEXT_READS = {"get"}
#: Where something must pass through core's code, which hands no argument on; `./dev lint` lets these be.
EXCUSED = {
    f"{ADDON}/models/activities/visit_minutes.py": "the composer sends the minutes",
}


class Model(NamedTuple):
    """One class of a model, as its source says."""

    path: str
    name: str
    node: ast.ClassDef
    parents: tuple
    is_named: bool
    is_abstract: bool


class Finding(NamedTuple):
    """One broken rule: its kind (a key of `RULES`), where, and what to do."""

    kind: str
    place: str
    text: str


def read_sources(root=ROOT):
    """The addon's Python files as ``{path relative to the checkout: (source, tree)}``."""
    found = {}
    for path in sorted((Path(root) / ADDON).rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        found[path.relative_to(root).as_posix()] = (source, ast.parse(source))
    return found


def find_models(sources):
    """Every class of a model in ``models/``, ``wizard/`` and ``report/``."""
    for path, (_source, tree) in sources.items():
        if not path.startswith(tuple(f"{ADDON}/{folder}/" for folder in FOLDERS)):
            continue
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and (model := _to_model(path, node)):
                yield model


def _to_model(path, node):
    values = {}
    for statement in node.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            name = statement.targets[0].id
            if name in ("_name", "_inherit"):
                values[name] = ast.literal_eval(statement.value)
    parents = values.get("_inherit") or ()
    parents = (parents,) if isinstance(parents, str) else tuple(parents)
    name = values.get("_name") or (parents[0] if parents else "")
    if not name:
        return None
    abstract = any(isinstance(base, ast.Attribute) and base.attr == "AbstractModel" for base in node.bases)
    return Model(path, name, node, parents, "_name" in values, abstract)


def _methods(node):
    return {item.name: item for item in node.body if isinstance(item, ast.FunctionDef)}


def check_structure(sources):
    """Findings on classes: continued models, parts, overrides inside the addon."""
    models = list(find_models(sources))
    continued = [model for model in models if model.name.startswith(OWN_MODEL) and model.name in model.parents]
    continued += [model for model in models if model.name.startswith(OWN_MODEL) and not model.is_named]
    for model in dict.fromkeys(continued):
        yield Finding(
            "continued", _place(model), f"continues {model.name}: put it into the one class of {model.name},"
            " or make it a part that the class names in its header",
        )  # fmt: skip
    by_name = defaultdict(list)
    for model in models:
        by_name[model.name].append(model)
    users = Counter(parent for model in models for parent in model.parents if model.name != parent)
    for name, classes in by_name.items():
        if name.startswith(OWN_MODEL):
            yield from _check_model(name, classes, by_name, users)


def _check_model(name, classes, by_name, users):
    """Findings on one model of ours and its parts: abstract models that only this one uses."""
    parts = [
        part
        for model in classes
        for parent in model.parents
        if parent != name and parent.startswith(f"{name}.") and users[parent] == 1
        for part in by_name.get(parent, ())
        if part.is_abstract
    ]
    if len(parts) > MAX_PARTS:
        yield Finding("parts", _place(classes[0]), f"{name} has {len(parts)} parts, at most {MAX_PARTS}: merge some")
    for part in parts:
        for method in sorted(WRITERS & _methods(part.node).keys()):
            yield Finding(
                "parts", _place(part, method), f"a part has no {method}(): call a named method from the class's own"
            )
    seen = {}
    for model in (*classes, *parts):
        for method in _methods(model.node):
            if method in seen and seen[method] is not model:
                yield Finding(
                    "overrides", _place(model, method),
                    f"{name}.{method} is defined in {seen[method].path} as well: one place, named calls in order",
                )  # fmt: skip
            seen[method] = model


def check_state(sources):
    """Findings on hidden state: module-level, thread-local, context keys of our own, tests known to the code."""
    for path, (_source, tree) in sources.items():
        names = _constants(tree)
        for node in ast.walk(tree):
            place = f"{path}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Global):
                yield Finding("state", place, "a module-level variable steers code: pass an argument")
            elif isinstance(node, ast.Attribute) and node.attr == "current_test":
                yield Finding("state", place, "the code knows that a test is running: pass an argument")
            elif isinstance(node, ast.Call) and _call_name(node) in ("local", "ContextVar", "current_thread"):
                yield Finding("state", place, "a thread-local or context variable steers code: pass an argument")
            elif isinstance(node, ast.Call) and _call_name(node) == "with_context":
                for key in _given_keys(node, names):
                    if key.startswith(OWN_KEY):
                        yield Finding("context", place, f"the context key {key} steers code: pass an argument")
            elif key := _read_key(node, names):
                yield Finding("context", place, f"the context key {key} steers code: pass an argument")


def _call_name(node):
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _constants(tree):
    """The texts that a module gives names to."""
    return {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }


def _given_keys(node, names):
    """The keys that a call of ``with_context`` gives, also by ``**{KEY: …}``."""
    for keyword in node.keywords:
        if keyword.arg:
            yield keyword.arg
        elif isinstance(keyword.value, ast.Dict):
            for key in keyword.value.keys:
                if key is not None:
                    yield str(getattr(key, "value", None) or names.get(getattr(key, "id", ""), ""))


def _read_key(node, names):
    """The context key of ours that ``….context.get("…")`` or ``….context["…"]`` reads."""
    if isinstance(node, ast.Call) and _call_name(node) in CONTEXT_READS and node.args:
        holder, key = node.func.value, node.args[0]
    elif isinstance(node, ast.Subscript):
        holder, key = node.value, node.slice
    else:
        return None
    if not (isinstance(holder, ast.Attribute) and holder.attr == "context"):
        return None
    value = getattr(key, "value", None) or names.get(getattr(key, "id", ""))
    return value if isinstance(value, str) and value.startswith(OWN_KEY) else None


def check_names(sources):
    """Findings on methods that are a verb alone."""
    for model in find_models(sources):
        # What overrides core keeps its name.
        for name in _methods(model.node) if model.name.startswith(OWN_MODEL) else ():
            if name.startswith("_") and name.strip("_") in BARE_VERBS:
                yield Finding("names", _place(model, name), f"{name} is a verb alone: name what it acts on as well")


def check_views(root=ROOT):
    """Findings on views of ours that extend a view of ours; a variant (``mode`` primary) is a view of its own."""
    for path in sorted((Path(root) / ADDON).rglob("*.xml")):
        text = path.read_text(encoding="utf-8")
        for record in re.findall(r'<record\b[^>]*model="ir\.ui\.view".*?</record>', text, re.DOTALL):
            parent = re.search(r'name="inherit_id"\s+ref="([\w.]+)"', record)
            if not parent or 'name="mode">primary' in record:
                continue
            if "." not in parent[1] or parent[1].startswith(f"{ADDON}."):
                name = re.search(r'id="([\w.]+)"', record)[1]
                where = path.relative_to(root).as_posix()
                yield Finding("views", where, f"{name} extends {parent[1]}: change that view itself")


def check_scheduled_actions(sources):
    """Findings on scheduled actions that do something unguarded: in a step or job, one failure stops nothing else."""
    for model in find_models(sources):
        for name, method in _methods(model.node).items():
            if name.startswith("_cron_"):
                body = method.body[1:] if ast.get_docstring(method) else method.body
                for statement in body:
                    if not _is_guarded(statement):
                        place = f"{model.path}:{statement.lineno}"
                        yield Finding("cron", place, f"{name} consists of run_step and _run_job: put this into a step")


def _is_guarded(statement):
    """Whether a statement of a scheduled action is a guarded call whose arguments are worked out in the guard."""
    if isinstance(statement, ast.Assign):
        return ast.unparse(statement.value) == "fields.Datetime.now()"
    call = getattr(statement, "value", None)
    if not isinstance(call, ast.Call):
        return False
    name = _call_name(call)
    if name.startswith("_cron_"):
        return True
    arguments = (
        [*call.args, *(keyword.value for keyword in call.keywords)] if name in ("run_step", "_run_job") else [call]
    )
    calls = (
        isinstance(one, ast.Lambda) or not any(isinstance(n, ast.Call) for n in ast.walk(one)) for one in arguments
    )
    return all(calls)


def _place(model, method=None):
    node = _methods(model.node)[method] if method else model.node
    return f"{model.path}:{node.lineno}"


def find_all(root=ROOT):
    """All findings of structure in a checkout."""
    sources = read_sources(root)
    checks = (check_structure, check_state, check_names, check_scheduled_actions)
    return [*(finding for check in checks for finding in check(sources)), *check_views(root)]


def find_errors(root=ROOT):
    """The findings that fail ``./dev lint``, one per line."""
    found = (one for one in find_all(root) if one.place.split(":")[0] not in EXCUSED or one.kind in ("names", "parts"))
    return "\n".join(f"{one.place}: {one.text}" for one in found)


def count_structure(root=ROOT):
    """The figures of ``./dev lint --report``: ``{what: number}``, in the order in which they are shown."""
    sources = read_sources(root)
    findings = Counter(finding.kind for finding in find_all(root))
    models = list(find_models(sources))
    classes, writes = Counter(), Counter()
    for model in models:
        if model.name.startswith(OWN_MODEL):
            classes[model.name] += 1
            writes[model.name] += "write" in _methods(model.node)
    product = {path: source for path, (source, _tree) in sources.items() if path.split("/")[1] in ("models", "wizard")}
    lines = sum(source.count("\n") for source in product.values())
    model_files = [path for path in sources if path.startswith(f"{ADDON}/models/") and not path.endswith("__init__.py")]
    return {
        "classes that continue an own model": findings["continued"],
        "methods defined twice for one own model": findings["overrides"],
        "classes of one model, most": max(classes.values()),
        "write() of one model, most": max(writes.values()),
        "parts that break a rule": findings["parts"],
        "files that ask env.su": sum(bool(re.search(r"\benv\.su\b", source)) for source in product.values()),
        "own context keys": findings["context"],
        "hidden state, tests known to the code": findings["state"],
        "methods that are a verb alone": findings["names"],
        "model files": len(model_files),
        "model files outside a room": sum(path.count("/") == 2 for path in model_files),
        "own views that extend own views": findings["views"],
        "fmt: skip in the addon": sum(source.count("# fmt: skip") for source, _tree in sources.values()),
        "sudo() per 1,000 lines of models and wizards": round(
            1000 * sum(source.count(".sudo(") for source in product.values()) / lines, 1
        ),
        "lines of Python in the addon": sum(source.count("\n") for source, _tree in sources.values()),
    }
