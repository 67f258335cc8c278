import { registry } from "@web/core/registry";
import { CalendarModel } from "@web/views/calendar/calendar_model";
import { calendarView } from "@web/views/calendar/calendar_view";

/** A calendar of follow-ups: an entry begins with whom it is about, which is all that a narrow cell shows. */
export class FollowupCalendarModel extends CalendarModel {
    normalizeRecord(rawRecord) {
        const [, customer] = rawRecord.partner_id || [];
        const title = [customer, rawRecord.title].filter(Boolean).join(": ");
        return { ...super.normalizeRecord(rawRecord), ...(title && { title }) };
    }
}

registry.category("views").add("expo_followup_calendar", { ...calendarView, Model: FollowupCalendarModel });
