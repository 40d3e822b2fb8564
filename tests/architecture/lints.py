"""Rules that a parsed module is held to. Each returns what breaks it as `line: what`."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from tests.architecture.tree import dotted

Function = ast.FunctionDef | ast.AsyncFunctionDef

MAX_FUNCTION_LINES = 40


@cache
def nodes_of(module: ast.Module) -> tuple[ast.AST, ...]:
    """Every node of a module; walked once for all rules."""
    return tuple(ast.walk(module))


_CLOCKS = re.compile(
    r"(^|\.)(datetime|date)\.(now|utcnow|today)$|^time\.(time|time_ns|localtime|gmtime)$"
)
_CHANCE = re.compile(r"(^|\.)(uuid1|uuid4|uuid7)$|^(random|secrets)\.|^os\.urandom$")


def long_functions(module: ast.Module) -> list[str]:
    """Functions of more than 40 lines; a function inside another one is counted by itself."""
    return [
        f"{function.lineno}: {function.name} has {lines} lines"
        for function in nodes_of(module)
        if isinstance(function, Function) and (lines := _own_lines(function)) > MAX_FUNCTION_LINES
    ]


def _own_lines(function: Function) -> int:
    inner = [one for one in _outermost_functions(function.body)]
    return _lines(function) - sum(_lines(one) for one in inner)


def _outermost_functions(body: list[ast.stmt]) -> Iterator[Function]:
    for statement in body:
        if isinstance(statement, Function):
            yield statement
        else:
            for child in ast.iter_child_nodes(statement):
                if isinstance(child, ast.stmt):
                    yield from _outermost_functions([child])


def _lines(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def time_and_chance(module: ast.Module) -> list[str]:
    """Calls that take the time or chance from the air, by whatever name they were imported."""
    names = _imported_as(module)
    return [
        f"{call.lineno}: {called}"
        for call in _calls(module)
        if _CLOCKS.search(called := _full_name(call, names)) or _CHANCE.search(called)
    ]


def _imported_as(module: ast.Module) -> dict[str, str]:
    names: dict[str, str] = {}
    for node in nodes_of(module):
        if isinstance(node, ast.Import):
            names |= {one.asname: one.name for one in node.names if one.asname}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
    return names


def _full_name(call: ast.Call, names: dict[str, str]) -> str:
    first, dot, rest = dotted(call.func).partition(".")
    return f"{names.get(first, first)}{dot}{rest}"


def _calls(module: ast.Module) -> Iterator[ast.Call]:
    return (one for one in nodes_of(module) if isinstance(one, ast.Call))


def connections_taken(module: ast.Module) -> list[str]:
    """Places that take a connection from a pool or make one."""
    taking = re.compile(r"(^|\.)acquire$|^db\.connect$|^asyncpg\.(connect|create_pool)$")
    return [
        f"{call.lineno}: {called}"
        for call in _calls(module)
        if taking.search(called := dotted(call.func))
    ]


def broker_parts_made(module: ast.Module) -> list[str]:
    """Places that make a broker, a subscriber, a consumer or a producer."""
    parts = re.compile(
        r"(^|\.)(KafkaBroker|AIOKafkaConsumer|AIOKafkaProducer|subscriber|publisher)$"
    )
    return [
        f"{call.lineno}: {called}"
        for call in _calls(module)
        if parts.search(called := dotted(call.func))
    ]


_OPENERS = ("transaction", "tenant_tx")
_OUTSIDE = re.compile(
    r"(^|\.|_)(sms|mail|mailer|providers?|producer|broker|smtp|client|session|http)\."
    r"|\.(send|send_message|publish|post|urlopen|request)$"
)


def network_inside_transactions(module: ast.Module) -> list[str]:
    """Awaited calls of a provider or the broker while a transaction is open.

    Open is the block of `async with ….transaction()` and the whole of a function that is handed
    a `tx` or a connection.
    """
    held = [
        node.body
        for node in nodes_of(module)
        if (isinstance(node, ast.AsyncWith) and _opens(node))
        or (isinstance(node, ast.AsyncFunctionDef) and _is_handed_one(node))
    ]
    found = {
        (awaited.lineno, called)
        for body in held
        for statement in body
        for awaited in ast.walk(statement)
        if isinstance(awaited, ast.Await)
        for called in [dotted(awaited.value)]
        if _OUTSIDE.search(called)
    }
    return [f"{line}: {called}" for line, called in sorted(found)]


def _opens(block: ast.AsyncWith) -> bool:
    return any(dotted(item.context_expr).endswith(_OPENERS) for item in block.items)


def _is_handed_one(function: ast.AsyncFunctionDef) -> bool:
    given = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    kinds = {ast.unparse(one.annotation) for one in given if one.annotation is not None}
    return bool(kinds & {"Transaction", "Connection", "db.Connection"})


RUN_SQL = {
    "cursor",
    "execute",
    "executemany",
    "fetch",
    "fetchmany",
    "fetchrow",
    "fetchval",
    "prepare",
}
"""The methods of a connection that take a statement first."""

_SQL = re.compile(r"^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\b", re.IGNORECASE)


def sql_made_at_run_time(module: ast.Module) -> list[str]:
    """Statements that are not one constant: an f-string, a sum, `%` or `.format`."""
    ran = [
        f"{call.lineno}: {ast.unparse(call.args[0])[:60]}"
        for call in _calls(module)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in RUN_SQL
        and call.args
        and not _is_constant(call.args[0])
    ]
    written = [
        f"{node.lineno}: {ast.unparse(node)[:60]}"
        for node in nodes_of(module)
        if isinstance(node, ast.JoinedStr | ast.BinOp | ast.Call) and _assembles(node)
    ]
    return [*ran, *written]


def _is_constant(argument: ast.expr) -> bool:
    match argument:
        case ast.Constant():
            return True
        case ast.Name(id=name):
            return name.lstrip("_").isupper()
        case ast.Attribute(attr=name):
            return name.lstrip("_").isupper()
        case _:
            return False


def _assembles(node: ast.JoinedStr | ast.BinOp | ast.Call) -> bool:
    match node:
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
            return bool(_SQL.match(text))
        case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod() | ast.Add()):
            return bool(_SQL.match(text))
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format")):
            return bool(_SQL.match(text))
        case _:
            return False


def is_sql(text: str) -> bool:
    """Whether a text is a statement."""
    return bool(_SQL.match(text))


def sql_of(module: ast.Module) -> list[tuple[int, str]]:
    """Every SQL constant of a module, with its line."""
    return [
        (node.lineno, node.value)
        for node in nodes_of(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _SQL.match(node.value)
    ]


_STAR = re.compile(r"(?:SELECT|RETURNING|,)\s+(?:\w+\.)?\*(?:\s+FROM\s+(\w+))?", re.IGNORECASE)


def stars(module: ast.Module) -> list[str]:
    """`SELECT *` from a table: its columns would change under the code.

    From `unnest` and from a `WITH` part of the same statement the columns are written there.
    """
    return [
        f"{line}: {star.group()}"
        for line, sql in sql_of(module)
        for star in _STAR.finditer(sql)
        if not _writes_columns(sql, star.group(1))
    ]


def _writes_columns(sql: str, source: str | None) -> bool:
    return source is not None and (
        source == "unnest" or re.search(rf"\b{source}\s+(\(.*?\)\s+)?AS\s+\(", sql) is not None
    )


def sql_clocks(module: ast.Module) -> list[str]:
    """Statements that ask the database for the time instead of getting it as `$n`."""
    clock = re.compile(r"\b(now|clock_timestamp|statement_timestamp)\(\)|\bcurrent_(date|time)")
    return [
        f"{line}: {found.group()}"
        for line, sql in sql_of(module)
        for found in clock.finditer(sql.lower())
    ]
