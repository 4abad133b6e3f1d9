import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";

/** What SNS hands to a function (SNS Developer Guide, "Fanout to Lambda functions"). */
export interface SnsEvent {
    readonly Records: readonly { readonly Sns: { readonly Subject?: string | null; readonly Message: string } }[];
}

/** Seconds that a chat may take to answer. */
const timeoutSeconds = 10;

const ssm = new SSMClient({});
let webhook: Promise<string> | undefined;

/**
 * Hands notices to a chat: one message each. The webhook's URL is a secret: whoever has it can write there, so it stays in
 * an SSM SecureString, whose name is in `WEBHOOK_PARAMETER`, and out of logs and errors.
 *
 * @throws Error when the chat does not take one; then SNS's invocation is retried, and what still fails is kept.
 */
export async function handler({ Records }: SnsEvent): Promise<void> {
    for (const { Sns } of Records) {
        const text = lineOf(Sns.Message, Sns.Subject ?? undefined);
        await post(await url(), text);
        console.log(JSON.stringify({ did: "notify", characters: text.length }));
    }
}

/** Read once for each copy of the function; again, when it could not be read. */
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
        // What fetch says of its failure may hold the URL.
        throw new Error(`the chat does not answer: ${error instanceof Error ? error.name : "unknown error"}`);
    });
    if (!response.ok) {
        // A webhook that was changed is to be read anew.
        webhook = undefined;
        throw new Error(`the chat rejected the notification: HTTP ${response.status}`);
    }
}

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
