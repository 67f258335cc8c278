"""The chapters of the demo by name, as its data files call them (``expo.demo``)."""

from .activities.visit_story import VisitStory
from .complaint.complaint_story import ComplaintStory
from .customer.care_story import CareStory
from .exhibition.story import ExhibitionStory
from .mail.mail_story import MailStory

CHAPTERS = {
    "exhibitions": lambda env: ExhibitionStory(env)._play(),
    "visits": lambda env: VisitStory(env)._play_visits(),
    "care": lambda env: CareStory(env)._play_care(),
    "complaints": lambda env: ComplaintStory(env)._play_complaints(),
    "mails": lambda env: MailStory(env)._receive_mails(),
    "end": lambda env: ExhibitionStory(env)._settle(),
}
