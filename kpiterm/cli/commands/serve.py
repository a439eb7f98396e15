"""`kpiterm serve`: the cockpit in a browser, on loopback, or behind a token."""

from __future__ import annotations

import argparse
import asyncio
import errno
import socket
import sys
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType

from kpiterm.cli import output
from kpiterm.cli.browser import token
from kpiterm.cli.session import Session
from kpiterm.errors import OK, KpitermError, PluginMissingError, UsageError

PORT, SESSIONS = 8765, 8
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - told apart, not listened on


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host", default="127.0.0.1", metavar="H", help="address to listen on (default: 127.0.0.1, this machine alone)"
    )
    parser.add_argument("--port", type=int, default=PORT, metavar="N", help=f"default {PORT}; 0: any free one")
    parser.add_argument(
        "--token", action="store_true", help="ask for a token on loopback, too; elsewhere it is always asked for"
    )
    parser.add_argument(
        "--token-file",
        type=Path,
        metavar="FILE",
        help=f"where the token is (else {token.VARIABLE}, the keyring, or a new one)",
    )
    parser.add_argument(
        "--sessions",
        type=int,
        default=SESSIONS,
        metavar="N",
        help=f"pages that may be open at once (default {SESSIONS})",
    )


def run(args: argparse.Namespace, session: Session) -> int:
    server = _library()
    if not 0 <= args.port <= 65535:
        raise UsageError(f"--port {args.port}", hint="between 0 and 65535")
    if args.sessions < 1:
        raise UsageError(f"--sessions {args.sessions}", hint="1 or more; each is a process of kpiterm")
    needed = args.token or not token.loopback(args.host)
    word, new = token.find(session.secrets(), args.token_file, needed=needed)
    site = server.Site(
        argv=_cockpit(args, session), title=f"kpiterm · {session.paths.workspace}", token=word, sessions=args.sessions,
        tell=session.teller(),
    )  # fmt: skip
    try:
        asyncio.run(server.serve(site, args.host, args.port, partial(_tell, args, session, word, new)))
    except OSError as error:
        raise _unheard(error, args.host, args.port) from None
    return OK


def _library() -> ModuleType:
    """What needs textual-serve, or an error that says how to get it."""
    try:
        return import_module("kpiterm.cli.browser.server")
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("kpiterm"):
            raise
        raise PluginMissingError(
            f"kpiterm serve needs textual-serve; {missing.name} is not installed", hint="pip install 'kpiterm[serve]'"
        ) from None


def _cockpit(args: argparse.Namespace, session: Session) -> list[str]:
    """The command line behind a page; --no-color and the like are in the environment by now, which it gets too."""
    home = ["--home", str(session.paths.home)]
    client = ["--workspace", args.workspace] if args.workspace else []  # without one it may ask
    lang = ["--lang", session.lang] if session.lang else []
    moment = ["--as-of", session.as_of.isoformat()] if session.as_of else []
    return [sys.executable, "-m", "kpiterm", *home, *client, *lang, *moment]


def _tell(args: argparse.Namespace, session: Session, word: str | None, new: bool, port: int) -> None:
    """Where to look. A token is shown if it was made up just now, and then only to the person at this terminal."""
    private, here = token.loopback(args.host), socket.gethostname()
    url = _address(here if args.host in EVERYWHERE else args.host, port)
    tunnel = f"ssh -L {port}:{args.host}:{port} {here}" if private else None
    if session.json:
        output.answer({"url": url, "port": port, "token": word is not None, "tunnel": tunnel})
    else:
        output.line(f"kpiterm at {url} (Ctrl-C ends it)")
        if tunnel:
            output.line(f"from another computer: {tunnel}   and open {url} there")
    output.flush()
    if new:
        output.note(f"token: {word}\n  or open {url}?token={word}")
    if not private:
        output.note(
            "what is shown and typed crosses the network unencrypted: prefer the tunnel, or a proxy that speaks TLS"
        )


def _address(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def _unheard(error: OSError, host: str, port: int) -> KpitermError:
    """Why nothing can listen there, and what to type instead."""
    if error.errno == errno.EADDRINUSE:
        return UsageError(f"port {port} of {host} is in use", hint="--port 0 takes a free one; or end what uses it")
    if error.errno in {errno.EACCES, errno.EPERM}:
        return UsageError(f"port {port} may not be used by you", hint="choose one from 1024 on")
    return UsageError(f"{host!r} is no address of this machine: {error.strerror or error}", hint="--host 127.0.0.1")
