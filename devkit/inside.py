"""Runs inside an Odoo process: install modules in a database and have its web bundles compiled, in one go.

``python inside.py BUNDLE_FOLDER ODOO_ARGS…`` with ``-d`` and ``-i`` among the arguments. Compiled bundles are kept in
the folder for the next database: most changes of an addon leave them as they were, and Odoo itself checks (by the
version in their address) whether a kept one still fits.
"""

import json
import os
import re
import sys
from hashlib import sha256
from pathlib import Path

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service import db, server
from odoo.tools import config

#: Bundles that no page of a user or a tour loads (JavaScript unit tests compile theirs when they run).
UNUSED = re.compile(r"unit_tests|tests_assets|qunit|_dark|_print|^api_doc|spreadsheet")
COMPILED = [("url", "=like", "/web/assets/%"), ("res_model", "=", "ir.ui.view"), ("public", "=", True)]


def prepare(folder, args):
    """Install what ``args`` ask for, check that the languages are there, and compile the bundles."""
    config.parse_config(args, setup_logging=True)
    (name,) = config["db_name"]
    try:
        db._create_empty_database(name)
        config["init"]["base"] = True
    except db.DatabaseExists:
        pass
    server.load_server_wide_modules()
    registry = Registry.new(name, update_module=True, install_modules=config["init"])
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        bundles(env, folder)


def bundles(env, folder):
    """Have the bundles of ``env`` compiled, with help of those that ``folder`` keeps; then keep these."""
    attachments = env["ir.attachment"]
    for path in sorted(folder.glob("*.json")):
        values = json.loads(path.read_text(encoding="utf-8"))
        if not attachments.search_count([("url", "=", values["url"])], limit=1):
            attachments.create({**values, "raw": path.with_suffix(".bundle").read_bytes()})
    scripts, styles = env["ir.qweb"]._get_bundles_to_pregenarate()
    for name in sorted(name for name in scripts if not UNUSED.search(name)):
        env["ir.qweb"]._get_asset_bundle(name, css=False, js=True).js()
    for name in sorted(name for name in styles if not UNUSED.search(name)):
        env["ir.qweb"]._get_asset_bundle(name, css=True, js=False).css()
    keep(attachments.search(COMPILED), folder)


def keep(attachments, folder):
    """Write the compiled bundles to ``folder`` and delete what has become old there."""
    folder.mkdir(parents=True, exist_ok=True)
    names = set()
    for attachment in attachments:
        values = {key: attachment[key] for key in ("name", "url", "mimetype", "res_model", "public", "type")}
        name = sha256(attachment.url.encode()).hexdigest()[:16]
        names.add(name)
        for suffix, content in ((".bundle", attachment.raw or b""), (".json", json.dumps(values).encode())):
            path = folder / f"{name}{suffix}"
            if not path.exists():
                temp = path.with_name(f"{path.name}.{os.getpid()}.tmp")
                temp.write_bytes(content)
                temp.replace(path)
    for path in folder.iterdir():
        if path.stem not in names and path.suffix in {".json", ".bundle"}:
            path.unlink(missing_ok=True)


if __name__ == "__main__":
    prepare(Path(sys.argv[1]), sys.argv[2:])
