"""Which names of the notebook a code cell needs, and which it changes, read from its source."""

import ast

from course_utils.authoring.lesson_files import parse

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)


def names_needed(cell):
    """Return the names that a code cell reads before it gives them a value itself.

    A name that is only given a value, such as that of a loop, comes from no cell above. Where a
    branch gives it, the cell is taken to have passed there.
    """
    reader = _Reader()
    reader.visit(_tree(cell))
    return reader.needed


def names_assigned_to(cell):
    """Return the names whose values a code cell changes in place: `a[0] = 1`, `a.b = 1`, `a += 1`."""
    nodes = list(ast.walk(_tree(cell)))
    places = [node for node in nodes if isinstance(node, (ast.Subscript, ast.Attribute))]
    altered = [node.value for node in places if isinstance(node.ctx, ast.Store)]
    altered += [node.target for node in nodes if isinstance(node, ast.AugAssign)]
    return {node.id for node in altered if isinstance(node, ast.Name)}


def names_called_upon(cell):
    """Return the names whose methods a code cell calls: `a.set()`."""
    calls = [node.func for node in ast.walk(_tree(cell)) if isinstance(node, ast.Call)]
    owners = [call.value for call in calls if isinstance(call, ast.Attribute)]
    return {node.id for node in owners if isinstance(node, ast.Name)}


def names_imported_by(cell):
    """Return the names that a code cell's imports give a value: `import a.b`, `from a import c`."""
    kinds = (ast.Import, ast.ImportFrom)
    aliases = [one for node in ast.walk(_tree(cell)) if isinstance(node, kinds) for one in node.names]
    return set(map(_bound_by, aliases))


def _bound_by(alias):
    return alias.asname or alias.name.partition(".")[0]


def _tree(cell):
    return parse(cell.source if cell.cell_type == "code" else "")


class _Reader(ast.NodeVisitor):
    """Goes through code as it runs: a value is read before it is given to its names."""

    def __init__(self, own=()):
        self.needed, self.own = set(), set(own)

    def visit_Name(self, node):
        if isinstance(node.ctx, ast.Store):
            self.own.add(node.id)
        elif node.id not in self.own:
            self.needed.add(node.id)

    def visit_Assign(self, node):
        self._all(node.value, *node.targets)

    def visit_AnnAssign(self, node):
        self._all(node.value, node.target)

    visit_NamedExpr = visit_AnnAssign

    def visit_AugAssign(self, node):
        if isinstance(node.target, ast.Name):
            self.visit_Name(ast.Name(node.target.id, ast.Load()))
        self._all(node.value, node.target)

    def visit_For(self, node):
        self._all(node.iter, node.target, *node.body, *node.orelse)

    def visit_Import(self, node):
        self.own |= set(map(_bound_by, node.names))

    visit_ImportFrom = visit_Import

    def visit_FunctionDef(self, node):
        self._all(*node.decorator_list)
        self._function(node, node.body)
        self.own.add(node.name)

    def visit_Lambda(self, node):
        self._function(node, [node.body])

    def visit_ClassDef(self, node):
        self._all(*node.decorator_list, *node.bases, *node.keywords)
        inside = _Reader(self.own)
        for part in node.body:  # a method does not see the names of its class
            (self if isinstance(part, ast.FunctionDef) else inside).visit(part)
        self.needed |= inside.needed
        self.own.add(node.name)

    def generic_visit(self, node):
        if isinstance(node, COMPREHENSIONS):
            self._comprehension(node)
        else:
            super().generic_visit(node)

    def _function(self, node, body):
        """What is given a value anywhere in a function is its own, and so are its arguments."""
        arguments = node.args
        self._all(*arguments.defaults, *arguments.kw_defaults)
        inside = [one for part in body for one in ast.walk(part)]
        own = {one.arg for one in ast.walk(arguments) if isinstance(one, ast.arg)}
        own |= {one.id for one in inside if isinstance(one, ast.Name) and _is_store(one)}
        reader = _Reader(self.own | own)
        reader._all(*body)
        self.needed |= reader.needed

    def _comprehension(self, node):
        """Names of a comprehension end with it."""
        reader = _Reader(self.own)
        for part in node.generators:
            reader._all(part.iter, part.target, *part.ifs)
        values = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
        reader._all(*values)
        self.needed |= reader.needed

    def _all(self, *nodes):
        for node in nodes:
            if node is not None:
                self.visit(node)


def _is_store(name):
    return isinstance(name.ctx, ast.Store)
