from . import mail_assign
