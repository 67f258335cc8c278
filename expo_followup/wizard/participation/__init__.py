from . import distribute, distribute_line, distribute_member, reassign
