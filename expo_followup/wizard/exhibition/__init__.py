from . import close_show, close_show_line
