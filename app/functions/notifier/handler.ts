import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { toRecord } from "../../../core/config/records.ts";

/** The event that SNS sends to the function (SNS Developer Guide, "Fanout to Lambda functions"). */
export interface SnsEvent {
    readonly Records: readonly { readonly Sns: { readonly Subject?: string | null; readonly Message: string } }[];
}

/** Timeout of a request to the chat in seconds. */
const timeoutSeconds = 10;

const ssm = new SSMClient({});
let webhook: Promise<string> | undefined;

/**
 * Forwards each notification to a chat. The webhook's URL is a secret, because anyone with the URL can write to the
 * chat. Therefore the URL is in an SSM SecureString, named by `WEBHOOK_PARAMETER`, and never in logs or errors.
 *
 * @throws Error if the chat rejects a notification; then Lambda retries, and the queue stores notifications that still
 * fail
 */
export async function handler({ Records }: SnsEvent): Promise<void> {
    for (const { Sns } of Records) {
        const text = formatMessage(Sns.Message, Sns.Subject ?? undefined);
        await post(await url(), text);
        console.log(JSON.stringify({ did: "notify", characters: text.length }));
    }
}

/** Returns the webhook's URL. Reads it once per process, and again after a failure. */
async function url(): Promise<string> {
    webhook ??= readUrl();
    return webhook.catch((error: unknown) => {
        webhook = undefined;
        throw error;
    });
}

async function readUrl(): Promise<string> {
    const Name = process.env.WEBHOOK_PARAMETER ?? "";
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
    if (!URL.canParse(Parameter?.Value ?? "")) {
        throw new Error(
            `SSM parameter ${Name} does not hold a URL. Store the URL of the chat's incoming webhook in it.`,
        );
    }
    return Parameter?.Value ?? "";
}

async function post(to: string, text: string): Promise<void> {
    const response = await fetch(to, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ text }),
        signal: AbortSignal.timeout(timeoutSeconds * 1000),
    }).catch((error: unknown) => {
        // Do not log the message of `fetch`: it may contain the webhook's URL, which is a secret.
        throw new Error(`the chat does not answer: ${error instanceof Error ? error.name : "unknown error"}`);
    });
    if (!response.ok) {
        // Read the URL again next time, because the webhook may have changed.
        webhook = undefined;
        throw new Error(`the chat rejected the notification: HTTP ${response.status}`);
    }
}

/** Maximum length of a chat message in characters. The queue has the full text. */
const longest = 1000;

/**
 * Returns one readable line for a message of the topic: the cost guard's notification, a CloudWatch alarm, or a text of
 * AWS Budgets.
 */
export function formatMessage(message: string, subject?: string): string {
    const document = parse(message);
    const line =
        text(document.text) ??
        (text(document.AlarmName) === undefined ? undefined : alarmLine(document)) ??
        [subject, message].filter((part) => part !== undefined).join(": ");
    const flat = line.replace(/\s+/g, " ").trim();
    return flat.length > longest ? `${flat.slice(0, longest - 1)}…` : flat;
}

/** Returns a line such as `ALARM movie-recommender-alarm-errors: reason (description)`. */
function alarmLine(alarm: Readonly<Record<string, unknown>>): string {
    const about = text(alarm.AlarmDescription);
    const reason = text(alarm.NewStateReason) ?? "no reason given";
    return `${text(alarm.NewStateValue) ?? "?"} ${alarm.AlarmName}: ${reason}${about === undefined ? "" : ` (${about})`}`;
}

function parse(message: string): Readonly<Record<string, unknown>> {
    try {
        return toRecord(JSON.parse(message));
    } catch {
        return {};
    }
}

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
