"""Mutants: small breaks of a function, each of which a lesson that teaches it should notice.

A mutant differs from the function in one place: another operator, a constant off by one, a swapped
subscript, a missing keyword, a lost statement and the like. Docstrings and error messages stay.
"""

import ast
from copy import deepcopy
from dataclasses import dataclass

OTHER_OPERATORS = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div, ast.Mult),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
# Calls that change their first argument a little: leaving one out is a likely slip.
LEFT_OUT = {
    "abs", "ceil", "clip", "exp", "flip", "floor", "log", "max", "maximum", "min", "minimum",
    "moveaxis", "pad", "round", "sqrt", "square", "transpose", "zip", "reversed", "sorted",
}  # fmt: skip
OTHER_NAMES = {
    "sum": "mean", "mean": "sum", "max": "min", "min": "max", "maximum": "minimum",
    "minimum": "maximum", "floor": "ceil", "ceil": "floor", "argmax": "argmin", "argmin": "argmax",
    "zeros": "ones", "ones": "zeros", "any": "all", "all": "any", "rows": "columns",
    "columns": "rows", "height": "width", "width": "height",
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A broken function: what was done to it, and its source."""

    description: str
    source: str


def make_mutants(source):
    """Return the mutants of one function's source, no two alike."""
    tree = ast.parse(source)
    original = ast.unparse(tree)
    known, made, untouched = {original}, [], _untouched(tree)
    for index, node in enumerate(ast.walk(tree)):
        if index not in untouched:
            for other in alternatives(node):
                text = _with(tree, index, other)
                if text not in known:
                    known.add(text)
                    made.append(Mutant(_described(original, text, made), text))
    return made


def _untouched(tree):
    """Return the places, in walking order, of docstrings, annotations, decorators and errors."""
    function = tree.body[0]
    roots = [function.returns, *function.decorator_list]
    roots += [one.annotation for one in ast.walk(function) if isinstance(one, ast.arg)]
    roots += [one for one in ast.walk(tree) if isinstance(one, (ast.Raise, ast.Assert))]
    roots += [one for one in ast.walk(tree) if _is_docstring(one)]
    kept = {id(node) for root in roots if root is not None for node in ast.walk(root)}
    return {index for index, node in enumerate(ast.walk(tree)) if id(node) in kept}


def _is_docstring(node):
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _with(tree, index, other):
    changed = deepcopy(tree)
    target = list(ast.walk(changed))[index]

    class Replace(ast.NodeTransformer):
        def visit(self, node):
            return other if node is target else self.generic_visit(node)

    return ast.unparse(ast.fix_missing_locations(Replace().visit(changed)))


def _described(original, text, made):
    """Return `before => after` of the lines that differ; the second such one is numbered."""
    pairs = zip(original.splitlines(), text.splitlines())
    before, after = next(pair for pair in pairs if pair[0] != pair[1])
    said = f"{before.strip()} => {after.strip()}"
    again = sum(one.description.partition(" (again")[0] == said for one in made)
    return f"{said} (again {again})" if again else said


def alternatives(node):
    """Return the nodes that may stand in a node's place."""
    makers = {
        ast.BinOp: _operators, ast.AugAssign: _operators, ast.BoolOp: _operators,
        ast.Compare: _comparisons, ast.UnaryOp: _without_sign, ast.Constant: _constants,
        ast.Call: _calls, ast.Tuple: _swapped_elements, ast.Slice: _slices, ast.Name: _names,
        ast.Attribute: _attributes, ast.IfExp: _branches, ast.If: _negated, ast.While: _negated,
        ast.Assign: _lost, ast.Expr: _lost, ast.Starred: _lost_star,
    }  # fmt: skip
    made = makers.get(type(node), lambda one: [])(node)
    return [*made, *(_lost(node) if isinstance(node, ast.AugAssign) else [])]


def _changed(node, **fields):
    other = deepcopy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def _operators(node):
    others = [_changed(node, op=kind()) for kind in OTHER_OPERATORS.get(type(node.op), ())]
    swap = isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Sub, ast.Div, ast.FloorDiv))
    return [*others, _changed(node, left=node.right, right=node.left)] if swap else others


def _comparisons(node):
    kinds = OTHER_OPERATORS.get(type(node.ops[0]), ())
    return [_changed(node, ops=[kind(), *node.ops[1:]]) for kind in kinds]


def _without_sign(node):
    return [node.operand] if isinstance(node.op, (ast.USub, ast.Not)) else []


def _constants(node):
    if isinstance(node.value, bool):
        return [_changed(node, value=not node.value)]
    if isinstance(node.value, (int, float)):
        return [_changed(node, value=node.value + step) for step in (1, -1)]
    return []


def _calls(node):
    function = ast.unparse(node.func).rpartition(".")[2]
    arguments, keywords = node.args, node.keywords
    fewer = [[*keywords[:i], *keywords[i + 1 :]] for i in range(len(keywords))]
    others = [_changed(node, keywords=left) for left in fewer]
    others += [_changed(node, args=swapped) for swapped in _swaps(arguments)]
    if function in LEFT_OUT:
        others += arguments[: 2 if function in ("max", "min", "maximum", "minimum") else 1]
    if function == "range" and len(arguments) == 1:
        others += [_changed(node, args=[ast.BinOp(arguments[0], ast.Sub(), ast.Constant(1))])]
    return others


def _swaps(items):
    """Return the list with each pair of neighbours swapped."""
    pairs = range(len(items) - 1)
    return [[*items[:i], items[i + 1], items[i], *items[i + 2 :]] for i in pairs]


def _swapped_elements(node):
    return [_changed(node, elts=swapped) for swapped in _swaps(node.elts)]


def _slices(node):
    parts = ("lower", "upper", "step")
    return [_changed(node, **{part: None}) for part in parts if getattr(node, part) is not None]


def _names(node):
    read = isinstance(node.ctx, ast.Load)
    return [_changed(node, id=OTHER_NAMES[node.id])] if read and node.id in OTHER_NAMES else []


def _attributes(node):
    return [_changed(node, attr=OTHER_NAMES[node.attr])] if node.attr in OTHER_NAMES else []


def _branches(node):
    return [_changed(node, body=node.orelse, orelse=node.body)]


def _negated(node):
    return [_changed(node, test=ast.UnaryOp(ast.Not(), node.test))]


def _lost(node):
    return [ast.Pass()]


def _lost_star(node):
    return [node.value]
