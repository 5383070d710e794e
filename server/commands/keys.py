"""`rag keys`: who may use the server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

import click

from server.commands import options
from server.keys import Key, Scope, add_key, list_keys, revoke_key
from server.state import State
from server.terminal import notice, write, write_json, write_table

SCOPES = click.Choice([str(scope) for scope in Scope])


@click.group()
def command() -> None:
    """Make, list and revoke the API keys of `rag serve`.

    While there is no key the server asks for none. A running server heeds a change within a second.

    \b
    rag keys add laptop
    rag keys add nightly-ingest --scope admin
    rag keys list
    rag keys revoke laptop
    """


@command.command()
@click.argument("name")
@click.option("--scope", type=SCOPES, default="read", show_default=True, help="admin may also change the corpus.")
@options.places
@options.as_json
def add(name: str, scope: str, as_json: bool, **flags: object) -> None:
    """Make a key called NAME and print it, once: only its digest is kept.

    \b
    rag keys add laptop
    rag keys add nightly-ingest --scope admin
    """
    with _state(**flags) as state:
        key, secret = add_key(state, name, Scope(scope))
    if as_json:
        write_json({**_row(key), "key": secret})
    else:
        notice("this key is not shown again")
        write(secret)


@command.command(name="list")
@options.places
@options.as_json
def list_(as_json: bool, **flags: object) -> None:
    """Show all keys without their secrets, revoked ones too.

    \b
    rag keys list
    """
    with _state(**flags) as state:
        keys = list_keys(state)
    if as_json:
        write_json([_row(key) for key in keys], indent=2)
    else:
        table = [[key.id, key.name, str(key.scope), key.created, key.revoked or ""] for key in keys]
        write_table(("id", "name", "scope", "created", "revoked"), table, columns=100)


@command.command()
@click.argument("key", metavar="NAME-OR-ID")
@options.places
def revoke(key: str, **flags: object) -> None:
    """Revoke a key by its name or id.

    \b
    rag keys revoke laptop
    """
    with _state(**flags) as state:
        revoked = revoke_key(state, key)
    write(f"revoked {revoked.name} ({revoked.id})")


def _row(key: Key) -> dict[str, str | None]:
    return {**asdict(key), "scope": str(key.scope)}


@contextmanager
def _state(**flags: object) -> Iterator[State]:
    state = State(options.settings(**flags).state_path)
    try:
        yield state
    finally:
        state.close()
