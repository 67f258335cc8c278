"""Databases together with their filestores: clone, rename, drop, list, and a note kept on each."""

import json
import os
import time
from pathlib import Path

from .base import DevError, remove
from .paths import DATA


def filestore(name):
    """The folder with the attachments of database ``name``."""
    return DATA / "filestore" / name


class Databases:
    """Operations on the databases of one server."""

    def __init__(self, server):
        self.server = server

    def execute(self, sql, values=None, database="postgres"):
        """Run one statement and return its rows (``[]`` for statements that give none)."""
        import psycopg2

        connection = self.server.connect(database)
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql, values)
                return cursor.fetchall() if cursor.description else []
        except psycopg2.errors.DiskFull as error:
            raise DevError("no space left on the disk of PostgreSQL.") from error
        finally:
            connection.close()

    def names(self, prefix=""):
        """The names of all databases that begin with ``prefix``."""
        rows = self.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY 1", [prefix])
        return [row[0] for row in rows]

    def exists(self, name):
        """Whether there is a database ``name``."""
        return name in self.names(name)

    def note(self, name):
        """What `set_note` kept on database ``name`` ({} when nothing)."""
        rows = self.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name])
        try:
            return json.loads(rows[0][0]) if rows and rows[0][0] else {}
        except ValueError:
            return {}

    def set_note(self, name, **note):
        """Keep ``note`` on the database itself, so that it lives and dies with it."""
        self.execute(f'COMMENT ON DATABASE "{name}" IS %s', [json.dumps(note)])

    def clone(self, template, name):
        """Copy ``template`` (without open connections) to ``name``; attachments are hard-linked."""
        self.drop(name)
        copy_tree(filestore(template), filestore(name))
        version = int(self.execute("SHOW server_version_num")[0][0])
        strategy = "STRATEGY FILE_COPY" if version >= 150000 and self.server.embedded else ""
        self._insist(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {strategy}')

    def _insist(self, sql, before=lambda: None):
        """Run a statement that allows no open connection; wait for those that are closing."""
        for attempt in range(5):
            try:
                before()
                self.execute(sql)
                return
            except Exception as error:
                if attempt == 4 or getattr(error, "pgcode", "") != "55006":  # object in use
                    raise
                time.sleep(1)

    def seal(self, name):
        """Allow no more connections to ``name``: it is a template now."""
        self.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')

    def rename(self, old, new):
        """Rename a database and its filestore (the filestore first: the name is what others look for)."""
        self.drop(new)
        self.disconnect(old)
        if filestore(old).exists():
            remove(filestore(new))
            filestore(old).replace(filestore(new))
        self.execute(f'ALTER DATABASE "{old}" RENAME TO "{new}"')

    def disconnect(self, name):
        """End every client's connection to ``name`` (PostgreSQL sends its own workers away by itself)."""
        self.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND backend_type = 'client backend' AND pid <> pg_backend_pid()",
            [name],
        )

    def drop(self, name):
        """Drop a database and its filestore, if they exist."""
        if self.exists(name):
            # Not WITH (FORCE): that is refused while autovacuum is at the database.
            self._insist(f'DROP DATABASE IF EXISTS "{name}"', before=lambda: self.disconnect(name))
        remove(filestore(name))


def copy_tree(source, target):
    """Hard-link every file of ``source`` into ``target`` (Odoo never changes a stored file in place)."""
    remove(target)
    Path(target).mkdir(parents=True)
    if not source.exists():
        return
    for folder, _folders, files in os.walk(source):
        goal = target / Path(folder).relative_to(source)
        goal.mkdir(exist_ok=True)
        for name in files:
            os.link(Path(folder) / name, goal / name)
