"""Every statement that the product runs: its text, its arguments, and as whom it runs."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from pathlib import Path

from deploy.local.provision import REQUEST_ROLE, SERVICES, VAULT
from tests.architecture.calls import Place, calls_of, enclosing, functions, reached
from tests.architecture.lints import RUN_SQL, nodes_of, sql_of
from tests.architecture.tree import PRODUCT, ROOT, dotted, files, module_of, name_of, syntax_of

_TRANSACTION = ROOT / "shared" / "transaction.py"
_VAULT = ROOT / "shared" / "vault" / "__init__.py"


@dataclass(frozen=True, slots=True, order=True)
class Session:
    """A database and the role that is signed in to it, or taken on."""

    database: str
    role: str


@dataclass(frozen=True, slots=True)
class Run:
    """One call that runs a statement."""

    file: Path
    line: int
    name: str
    sql: str
    within: frozenset[str]
    """The functions around the call."""
    given: int | None
    """How many arguments the statement gets; None where only the run tells."""

    def __str__(self) -> str:
        return f"{name_of(self.file)}:{self.line}: {self.name}"

    @property
    def places(self) -> set[Place]:
        return {(self.file, name) for name in self.within}


@cache
def runs() -> tuple[Run, ...]:
    """Every call of the product that runs a statement which the code shows."""
    return tuple(
        run
        for file in files(*PRODUCT)
        for call in _running(file)
        if (sql := _text(file, call.args[0])) is not None
        for run in _runs(file, call, sql)
    )


def untold() -> list[str]:
    """Calls whose statement is neither a literal nor a constant of a module."""
    return [
        f"{name_of(file)}: {ast.unparse(call.args[0])}"
        for file in files(*PRODUCT)
        for call in _running(file)
        if _text(file, call.args[0]) is None
    ]


def idle() -> list[str]:
    """Statements, known by their capitals, that are run nowhere and put into no other one."""
    written = [
        (file, line, sql)
        for file in files(*PRODUCT)
        for line, sql in sql_of(syntax_of(file))
        if sql.split()[0].isupper()
    ]
    ran = {run.sql for run in runs()}
    put_together = ran - {sql for _, _, sql in written}
    return [
        f"{name_of(file)}:{line}: {' '.join(sql.split())[:60]}"
        for file, line, sql in written
        if sql not in ran and not any(sql in one for one in put_together)
    ]


def _running(file: Path) -> Iterator[ast.Call]:
    for node in nodes_of(syntax_of(file)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in RUN_SQL
            and node.args
        ):
            yield node


def _text(file: Path, argument: ast.expr) -> str | None:
    """What a literal or a constant says, also one that is put together or imported."""
    if isinstance(argument, ast.Constant):
        return argument.value if isinstance(argument.value, str) else None
    name = dotted(argument)
    if isinstance(argument, ast.Call) or not name.rpartition(".")[2].lstrip("_").isupper():
        return None
    try:
        value: object = attrgetter(name)(module_of(file))
    except AttributeError:  # a name inside a function, which a run may change
        return None
    return value if isinstance(value, str) else None


def _runs(file: Path, call: ast.Call, sql: str) -> Iterator[Run]:
    """The call itself, or those of the function around it where that passes its own on."""
    around = enclosing(file, call)
    name = dotted(call.args[0]).rpartition(".")[2] if not _is_literal(call) else "a literal"
    within = frozenset(function.name for function in around)
    match call.args[1:]:
        case [*fixed, ast.Starred(value=ast.Name(id=rest))] if (
            around and around[0].args.vararg and around[0].args.vararg.arg == rest
        ):
            passed_on = calls_of((file, around[0].name))
            yield Run(file, call.lineno, name, sql, within, None)
            for caller, outer in passed_on:
                given = _positional(outer.args)
                if given is not None:
                    given += len(fixed) - len(around[0].args.args) + len(outer.keywords)
                yield Run(caller, outer.lineno, name, sql, frozenset(), given)
        case given:
            yield Run(file, call.lineno, name, sql, within, _positional(given))


def _is_literal(call: ast.Call) -> bool:
    return isinstance(call.args[0], ast.Constant)


def _positional(arguments: list[ast.expr]) -> int | None:
    if any(isinstance(one, ast.Starred) for one in arguments):
        return None
    return len(arguments)


def wanted(sql: str) -> int:
    """How many arguments a statement names."""
    return max((int(number) for number in re.findall(r"\$(\d+)", sql)), default=0)


def sessions(run: Run) -> list[Session]:
    """As whom, and where, a statement runs."""
    top, _, below = name_of(run.file).partition("/")
    if top == "services":
        service = below.partition("/")[0]
        found = [Session(service, service)]
    elif run.file == _VAULT:
        found = [Session(VAULT, name) for name in SERVICES if run.places & _uses_of_vault(name)]
        found = found or [Session(VAULT, f"{VAULT}_owner")]
    else:
        found = [Session(name, name) for name in SERVICES]
    return [*found, Session("intake", REQUEST_ROLE)] if run.places & _for_a_clinic() else found


@cache
def _for_a_clinic() -> set[Place]:
    """What runs inside `tenant_tx`: its own ending, and all that is done in its blocks."""
    openers = {
        (file, function.name)
        for file in files(*PRODUCT)
        for node in nodes_of(syntax_of(file))
        if isinstance(node, ast.AsyncWith)
        and any(dotted(item.context_expr).endswith(".tenant_tx") for item in node.items)
        for function in enclosing(file, node)
    }
    return reached({(_TRANSACTION, "tenant_tx"), *openers})


@cache
def _uses_of_vault(service: str) -> set[Place]:
    """What a service makes the vault do: it may unwrap keys, and perhaps make and destroy them."""
    named = {
        node.attr
        for file in files(f"services/{service}")
        for node in nodes_of(syntax_of(file))
        if isinstance(node, ast.Attribute)
    }
    return reached((_VAULT, name) for name in named & functions(_VAULT).keys())
