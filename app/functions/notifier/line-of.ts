/** The most that a chat is sent of one message; all of it is in the queue. */
const longest = 1000;

/** One readable line of what comes by the topic: a notice of ours, an alarm of CloudWatch, a text of AWS Budgets. */
export function lineOf(message: string, subject?: string): string {
    const document = parse(message);
    const line =
        text(document?.text) ??
        (text(document?.AlarmName) === undefined ? undefined : alarmLine(document as Record<string, unknown>)) ??
        [subject, message].filter((part) => part !== undefined).join(": ");
    const flat = line.replace(/\s+/g, " ").trim();
    return flat.length > longest ? `${flat.slice(0, longest - 1)}…` : flat;
}

/** `ALARM movie-recommender-alarm-errors: reason (description)`. */
function alarmLine(alarm: Readonly<Record<string, unknown>>): string {
    const about = text(alarm.AlarmDescription);
    const reason = text(alarm.NewStateReason) ?? "no reason given";
    return `${text(alarm.NewStateValue) ?? "?"} ${alarm.AlarmName}: ${reason}${about === undefined ? "" : ` (${about})`}`;
}

function parse(message: string): Readonly<Record<string, unknown>> | undefined {
    try {
        const document: unknown = JSON.parse(message);
        return typeof document === "object" && document !== null ? (document as Record<string, unknown>) : undefined;
    } catch {
        return undefined;
    }
}

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
