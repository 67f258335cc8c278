import base64
import io

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...models.mixins.record_keeping import get_declarations, get_file_fields
from ...models.privacy.archive_registers import BATCH_SIZE, RENAMED
from ...tools.archive import ArchiveError, ArchiveReader

# Of rows that are left out so many are named of each table.
SHOWN_ROWS = 50
# What a workbook, or a table of it, that was changed by hand can cause.
UNREADABLE = (ArithmeticError, AttributeError, LookupError, OSError, RecursionError, SyntaxError, TypeError, ValueError)
#: The most bytes of attachments at a time, but for a larger one alone; Odoo has several copies of each in memory.
BATCH_BYTES = 8 << 20


class ExpoArchiveRestore(models.TransientModel):
    """Bring an archive into an empty company: the same files, entries and history, in one transaction.

    For sales managers who administer the database as well: an archive proves that it is whole, not who made it, and
    who restores one writes history that is otherwise read-only. Nothing is sent and nothing planned anew. What is here
    already stays as it is, so restoring twice changes nothing.
    """

    _name = "expo.archive.restore"
    _description = "Restore a backup"
    _inherit = ["expo.linked.records"]

    data = fields.Binary("Backup File (.zip)", required=True, attachment=False)
    file_name = fields.Char()
    reason = fields.Char("Purpose", required=True)
    state = fields.Selection(
        [("choose", "Choose"), ("checked", "Checked"), ("done", "Done")], "Status", default="choose"
    )
    report = fields.Text("Restore Report", readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        self._check_may_restore()
        return super().create(vals_list)

    @api.model
    def _check_may_restore(self):
        """Only sales managers who administer the database restore.

        :raises AccessError:
        """
        groups = ("sales_team.group_sale_manager", "base.group_system")
        if not all(self.env.user.has_group(group) for group in groups):
            raise AccessError(
                self.env._(
                    "You cannot restore backups because you are not both a sales manager and a settings "
                    "administrator. Ask a user with both roles."
                )
            )

    def action_check(self):
        """Check the archive from end to end and tell what is in it; nothing is written."""
        self.ensure_one()
        reader, rows = self._open_archive()
        self.state, self.report = "checked", self._describe(reader, rows)
        return self._reopen()

    def action_restore(self):
        """Restore the archive: everything, or nothing when one row fails."""
        self.ensure_one()
        reader, rows = self._open_archive()
        registers = self.env["expo.archive.registers"]
        attachments = rows.pop("ir.attachment", {})
        try:
            skipped = registers._settle_open_touches(rows, self.env.company._expo_today())
            registers._settle_mails(rows)
            counts, lookup = registers._restore_rows(rows)
            counts["attachments"] = self._restore_attachments(reader, attachments, lookup)
        except ArchiveError as error:
            raise UserError(self._explain(error)) from error
        lines = [f"{sheet}: {count}" for sheet, count in counts.items()]
        if skipped:
            lines.append(self.env._("Letters and past follow-ups not restored: %s", skipped))
        lines += [self.env._("Not found here, left empty: %s", text) for text in sorted(lookup.missing)]
        left_out = {}
        for sheet, row in sorted(lookup.left_out):
            left_out.setdefault(sheet, []).append(row)
        lines += [
            self.env._(
                "Left out because the related record is not here: %(sheet)s (%(count)s): %(rows)s",
                sheet=sheet,
                count=len(rows),
                rows=", ".join(rows[:SHOWN_ROWS]),
            )
            for sheet, rows in left_out.items()
        ]
        self.env["expo.archive"]._log(
            kind="restore", scope=str(reader.manifest.get("scope")), reason=self.reason, contents="\n".join(lines)
        )
        self.state, self.report = "done", "\n".join(lines)
        return self._reopen()

    def _open_archive(self):
        """Return reader and rows of the archive, checked.

        :raises UserError: saying what is wrong with it, or that this company is not empty
        """
        self._check_may_restore()
        if not (self.reason or "").strip():
            raise UserError(self.env._("You cannot restore because Purpose is empty. Enter the purpose; it is logged."))
        try:
            reader = ArchiveReader(io.BytesIO(base64.b64decode(self.data)))
            rows = self.env["expo.archive.registers"]._read_rows(reader)
            self._check_attachments(reader, rows)
        except ArchiveError as error:
            raise UserError(self._explain(error)) from error
        except UNREADABLE as error:
            raise UserError(self._explain(ArchiveError("bad_manifest"))) from error
        self._check_empty(rows)
        return reader, rows

    def _check_empty(self, rows):
        """Refuse a company that has customers of its own: they would be mixed with those of the archive."""
        registers = self.env["expo.archive.registers"]
        for model in ("expo.participation", "expo.customer.file", "expo.capture"):
            # Everybody's, for the company as a whole is to be empty.
            here = self.env[model].sudo().with_context(active_test=False)
            ids = set(here.search([("company_id", "=", self.env.company.id)]).ids)
            known = registers._find_keys(model, list(rows.get(model, {})))
            if ids - set(known.values()):
                raise UserError(
                    self.env._(
                        "You cannot restore into %s because it has customers of its own. Choose an empty company.",
                        self.env.company.name,
                    )
                )

    def _describe(self, reader, rows):
        registers = self.env["expo.archive.registers"]
        lines = [
            self.env._("The backup is complete: %(files)s files.", files=len(reader.names())),
            self.env._(
                "%(scope)s of %(company)s, made by %(who)s on %(when)s",
                scope=reader.manifest.get("scope"),
                company=reader.manifest.get("company"),
                who=reader.manifest.get("created_by"),
                when=reader.manifest.get("created_on"),
            ),
        ]
        for sheet, entry in reader.manifest["registers"].items():
            model = RENAMED.get(entry["model"], entry["model"])
            keys = list(rows[model])
            here = len(registers._find_keys(model, keys)) if model in self.env else 0
            lines.append(
                self.env._("%(sheet)s: %(rows)s rows, %(here)s already exist", sheet=sheet, rows=len(keys), here=here)
            )
        return "\n".join(lines)

    def _check_attachments(self, reader, rows):
        """Refuse attachments that are not in the archive, and evidence that is not what its checksum says.

        :raises ArchiveError:
        """
        files, evidence = reader.manifest["files"], rows.get("expo.complaint.evidence", {})
        damaged = set(reader.manifest.get("damaged") or ())
        known = {
            model: (None, *get_file_fields(self.env[model])) for model in get_declarations(self.env, "attachments")
        } | {"res.partner": (None,)}
        for key, row in rows.get("ir.attachment", {}).items():
            row["res_model"] = RENAMED.get(row["res_model"], row["res_model"])
            if row["res_field"] not in known.get(row["res_model"], ()):
                raise ArchiveError("bad_register", f"attachments: {key}")
            if row["path"] and row["path"] not in files:
                raise ArchiveError("missing", str(row["path"]))
            if row["path"] in damaged:
                # It was so where it comes from: the complaint is worth more than this file.
                row["path"] = None
                continue
            proof = row["res_model"] == "expo.complaint.evidence" and evidence.get(row["record"])
            if proof and (not row["path"] or files[row["path"]]["sha256"] != proof["checksum"]):
                raise ArchiveError("changed", str(row["path"]))

    def _restore_attachments(self, reader, rows, lookup):
        """Hang attachments and photos on their records again; those that are here already stay."""
        registers = self.env["expo.archive.registers"].sudo()
        present = registers._find_keys("ir.attachment", list(rows))
        targets = {key: lookup.ids.get(row["res_model"], {}).get(row["record"]) for key, row in rows.items()}
        new = [key for key in rows if key not in present]
        todo = [key for key in new if targets[key] and (rows[key]["path"] or rows[key]["url"])]
        lookup.left_out += [("attachments", str(rows[key]["name"])) for key in new if key not in set(todo)]
        # The user who restores may write the records that they hang on; pages are kept as text, not as pages, and
        # pictures to the byte.
        context = {"attachments_mime_plainxml": True, "image_no_postprocess": True}
        attachments = self.env["ir.attachment"].sudo().with_context(**context)
        sizes = {path: entry["size"] for path, entry in reader.manifest["files"].items()}
        for keys in _batches(todo, lambda key: sizes.get(rows[key]["path"], 0)):
            created = attachments.create([self._get_attachment(reader, rows[key], targets[key]) for key in keys])
            registers._keep_keys("ir.attachment", keys, created)
            for key, attachment in zip(keys, created, strict=True):
                # Archives of earlier versions do not say it.
                message = lookup.ids["mail.message"].get(rows[key].get("message"))
                self.env["mail.message"].sudo().browse(message or ()).attachment_ids += attachment
            registers._keep_evidence(created)
            self.env.flush_all()
            # One batch in memory at a time.
            self.env.invalidate_all()
        return len(todo)

    def _get_attachment(self, reader, row, target):
        return {
            "name": row["name"],
            "description": row["description"] or False,
            "res_model": row["res_model"],
            "res_id": target,
            "res_field": row["res_field"] or False,
            "type": "binary" if row["path"] else "url",
            # A file with an address would be served to everyone there.
            "url": False if row["path"] else row["url"] or False,
            "mimetype": row["mimetype"] or False,
            **({"raw": reader.content(row["path"])} if row["path"] else {}),
        }

    def _explain(self, error):
        """Return in words what is wrong with an archive."""
        texts = {
            "broken": self.env._(
                "You cannot restore this file because it is not a complete ZIP file. Choose another "
                "file, or copy it again."
            ),
            "no_manifest": self.env._(
                "You cannot restore this file because it has no manifest. Choose a backup of customer files."
            ),
            "bad_manifest": self.env._(
                "You cannot restore this file because its manifest cannot be read. Choose a backup of customer files."
            ),
            "version": self.env._(
                "You cannot restore this backup because it was made by another version of this add-on "
                "(%s). Restore it in that version.",
                error.name,
            ),
            "missing": self.env._(
                "You cannot restore this backup because a file is missing from it: %s. Choose an unchanged backup.",
                error.name,
            ),
            "extra": self.env._(
                "You cannot restore this backup because it contains a file that does not belong to it: "
                "%s. Choose an unchanged backup.",
                error.name,
            ),
            "changed": self.env._(
                "You cannot restore this backup because one of its files was changed: %s. Choose an unchanged backup.",
                error.name,
            ),
            "unsafe": self.env._(
                "You cannot restore this backup because one of its files has a dangerous name: %s. "
                "Choose an unchanged backup.",
                error.name,
            ),
            "twice": self.env._(
                "You cannot restore this backup because it contains a file twice: %s. Choose an unchanged backup.",
                error.name,
            ),
            "encrypted": self.env._(
                "You cannot restore this backup because it is password-protected. Choose one without a password."
            ),
            "bad_row": self.env._(
                "You cannot restore this backup because a row cannot be restored: %s. Choose an unchanged backup.",
                str(error.name).rstrip("."),
            ),
            "bad_register": self.env._(
                "You cannot restore this backup because a table differs from the manifest: "
                "%s. Choose an unchanged backup.",
                error.name,
            ),
        }
        return texts.get(error.code) or self.env._(
            "You cannot restore this backup because it is too large to be opened safely. Export fewer files."
        )

    def _reopen(self):
        return {
            "name": self.env._("Restore a backup"),
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


def _batches(items, get_size):
    """Yield lists of items that are neither too many nor too large together."""
    batch, size = [], 0
    for item in items:
        if batch and (len(batch) == BATCH_SIZE or size + get_size(item) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += get_size(item)
    if batch:
        yield batch
