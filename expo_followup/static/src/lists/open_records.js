/**
 * Open these records and no others in the list of an action, whatever filters the list sets on its own.
 *
 * @param {Object} actionService
 * @param {string} xmlid of the action whose views are used
 * @param {Object} records their `domain`, the `name` over the list and, where it is not the first, the `viewType`
 */
export async function openRecords(actionService, xmlid, { domain, name, viewType }) {
    const action = { ...(await actionService.loadAction(xmlid)), name, display_name: name, domain, context: {} };
    // Without them, a reload of the page shows these records again rather than the whole list.
    delete action.id;
    delete action.path;
    return actionService.doAction(action, { viewType });
}
