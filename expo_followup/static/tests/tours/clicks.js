// Clicks that a job takes, for tours that fail above the goal.
let count = 0;

document.addEventListener("click", () => count++, true);

export function startJob() {
    count = 0;
}

export function endJob(job, goal) {
    if (count > goal) {
        throw new Error(`${job}: ${count} clicks, the goal is ${goal}`);
    }
}

/** Write where the focus is, as a user does who just begins to write. */
export function write(text) {
    const field = document.activeElement;
    if (!field.matches("textarea, input")) {
        throw new Error(`the focus is in ${field.tagName} ${field.className}, not in a text`);
    }
    // As an insertion of the browser it also tells the form.
    document.execCommand("insertText", false, text);
}
