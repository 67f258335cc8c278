from . import mixins  # isort: skip
from . import activities, capture, complaint, core, customer, exhibition, followup, mail, participation, privacy
