from . import booth, unsubscribe
