from . import booth, customer_file, unsubscribe
