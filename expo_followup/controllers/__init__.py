from . import archive, booth, customer_file, unsubscribe, visit
