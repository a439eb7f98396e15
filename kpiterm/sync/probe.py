"""`account test`: the connector's own probes, run in a child like any sync, so that a hang or leak stays there."""

from __future__ import annotations

import queue
import shutil
import tempfile
from pathlib import Path

from kpiterm.config import Account
from kpiterm.paths import Paths, private_dir
from kpiterm.plugins import Probe, clock
from kpiterm.plugins.manager import Plugins
from kpiterm.plugins.redact import Redactor
from kpiterm.secrets import SecretStore
from kpiterm.sync.child import Child, Heard
from kpiterm.sync.protocol import Job, Told, spellings
from kpiterm.sync.runner import CHILD_MEMORY
from kpiterm.sync.work import find_connector, marketplace_of, read_secrets, settings_with_defaults

PATIENCE = 60.0


def probe(paths: Paths, plugins: Plugins, account: Account, secrets: SecretStore) -> list[Probe]:
    """What the connector found out about the account; a failure is a finding, never an exception."""
    connector = find_connector(plugins, account)
    marketplace_of(connector, account)
    found = read_secrets(secrets, account, connector)
    spool = Path(tempfile.mkdtemp(dir=private_dir(paths.spool)))
    job = Job(
        account=account.name,
        connector=connector.name,
        settings=settings_with_defaults(connector, account),
        secrets=found,
        sandbox=account.sandbox,
        streams=(),
        spool=str(spool),
        limits=str(private_dir(paths.limits)),
        resume=str(spool / "resume.json"),
        now=clock.now(),
        memory=CHILD_MEMORY,
    )
    inbox: queue.Queue[Heard] = queue.Queue()
    child = Child(job, inbox, stall=PATIENCE, log=lambda _: None)
    try:
        return _listen(child, inbox, secrets, Redactor(spellings(found.values())))
    finally:
        child.kill()
        child.close()
        shutil.rmtree(spool, ignore_errors=True)


def _listen(child: Child, inbox: queue.Queue[Heard], secrets: SecretStore, redact: Redactor) -> list[Probe]:
    findings: list[Probe] = []
    while True:
        try:
            _, said = inbox.get(timeout=1)
        except queue.Empty:
            if child.hangs:
                return [*findings, Probe("connector", False, f"no sign of life for {PATIENCE:.0f} s")]
            continue
        if said is None or said.type == "ready":
            return findings or [Probe("connector", False, f"its process {child.end} without a word")]
        child.heard(said)
        if said.type == "probe":
            findings.append(Probe(redact(said.name), said.ok, redact(said.value)))
        elif said.type == "failed" and said.failure:
            why = f"{said.failure.message}. {said.failure.hint}".rstrip(". ")
            findings.append(Probe(said.failure.kind, False, redact(why)))
        elif said.type == "secret":
            secrets.put(child.job.account, said.name, said.value)
            child.tell(Told("saved"))
