from . import archive, booth, complaint, customer_file, unsubscribe, visit
