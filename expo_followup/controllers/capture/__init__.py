from . import booth
