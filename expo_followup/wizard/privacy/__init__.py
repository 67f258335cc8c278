from . import archive_export, archive_restore, privacy_erase
