import { keyActions } from "policy-evaluator";
import { shell } from "terminal-text";
import type { Diagnosis } from "./diagnose.ts";
import type { Finding } from "./link.ts";
import { isForeign } from "./links/kms.ts";
import { explainMessage } from "./messages.ts";
import { fetchedValue, type Snapshot } from "./snapshot.ts";

/** The first lines of the output: the cause in a sentence, and the instructions. */
export interface Headline {
    readonly cause: string;
    readonly todo: readonly Todo[];
}

interface Todo {
    readonly label: "Fix" | "Ask" | "Next" | "Then";
    /** A sentence or a shell command. */
    readonly text: string;
}

/** The command line that repeats this diagnosis, and the absolute path of a script for its fix. */
export interface Again {
    readonly command: string;
    readonly script: string;
    /** The command line without its arguments; by default, the command line of access-doctor itself. */
    readonly start?: readonly string[];
}

const longestDocument = 100;

/** Shortens long JSON documents within a sentence. */
const brief = (sentence: string): string =>
    sentence
        .split("\n")
        .map((line) => {
            const [from, to] = [line.search(/[{[]/), Math.max(line.lastIndexOf("}"), line.lastIndexOf("]"))];
            return from >= 0 && to - from > longestDocument
                ? `${line.slice(0, from + longestDocument)}…${line.slice(to + 1)}`
                : line;
        })
        .join("\n");

const does = (label: Todo["label"], text: string): Todo => ({ label, text });

/** Returns the first lines of a diagnosis. `again` is how to repeat the diagnosis. */
export function createHeadline(diagnosis: Diagnosis, snapshot: Snapshot, again: Again): Headline {
    const { firstBroken, findings, verdict } = diagnosis;
    const first = firstBroken?.findings.find((each) => each.verdict === "broken") ?? findings[0];
    if (verdict === "broken" && first) {
        const running = runningJob(snapshot);
        const later = running === undefined ? "" : ` (The job is ${running}: not failed yet.)`;
        return { cause: brief(placed(first, snapshot)) + later, todo: fixesTodo(diagnosis, snapshot, again) };
    }
    return verdict === "sound" ? sound(snapshot) : unknown(diagnosis, snapshot, again);
}

const alone = ({ command: again }: Again, more = "") => `${again}${more}`.replace(/ --$/, "");

/**
 * Adds the name of the document, role, bucket or file to the start of a finding's sentence unless the sentence already
 * begins with it.
 */
function placed({ sentence, place, about }: Finding, { roleArn, bucket }: Snapshot): string {
    const role = roleArn.split("/").at(-1) ?? "";
    const documents: Partial<Record<Finding["place"], readonly [string, string]>> = {
        rolePolicy: ["Role policies of ", role],
        trust: ["Trust policy of ", role],
        boundary: ["Permissions boundary of ", role],
        bucketPolicy: ["Bucket policy of ", bucket],
        object: ["", about ?? bucket],
    };
    const [document = "", owner = ""] = documents[place] ?? [];
    const isNamed = sentence.includes(owner) && (document === "" || /^(There|The) /.test(sentence));
    return isNamed
        ? sentence
        : `${document}${owner}: ${sentence.replace(/ of the (trust policy|bucket policy|permissions boundary)\b/, "")}`;
}

function runningJob({ job }: Snapshot): string | undefined {
    const { status, failureReason } = fetchedValue(job) ?? {};
    return failureReason !== undefined || status === "ACTIVE" || status === "CREATE FAILED" ? undefined : status;
}

function sound(snapshot: Snapshot): Headline {
    const { bucket, key = "", roleArn } = snapshot;
    const running = runningJob(snapshot);
    const job = running === undefined ? "" : ` The job is ${running}: not failed yet.`;
    return { cause: `An import can read s3://${bucket}/${key} by ${roleArn}.${job}`, todo: [] };
}

function unknown({ links, needs }: Diagnosis, snapshot: Snapshot, again: Again): Headline {
    if (links.length === 1 && snapshot.planned !== undefined) {
        const cause = `Stack ${snapshot.planned} is not deployed yet: there is no role, no bucket and no import.`;
        return { cause, todo: [does("Fix", `pulumi up --stack ${snapshot.planned}`)] };
    }
    const unread = links.filter(({ verdict }) => verdict === "unknown");
    const names = unread.map(({ link }) => link);
    const [only] = unread;
    if (only && unread.length === 1 && /^it failed/.test(only.detail)) {
        const cause = `No broken link explains the failure: ${only.detail}.`;
        return { cause, todo: [does("Next", alone(again, " --verbose"))] };
    }
    if (needs.length === 0) {
        const why = new Set(unread.map(({ detail }) => detail)).size === 1 ? `: ${only?.detail}` : "";
        const cause = `Nothing broken was found, but this could not be checked: ${names.join(", ")}${why}.`;
        const keyless = snapshot.key === undefined ? " --key KEY" : "";
        const foreign = Object.keys(snapshot.kmsKeys).filter((key) => isForeign(snapshot, key));
        const asks = foreign.map((key) => does("Ask", keyRequest(key, snapshot)));
        return { cause, todo: asks.length > 0 ? asks : [does("Next", alone(again, keyless))] };
    }
    return {
        cause: `Nothing broken was found, but without ${needs.join(", ")} this could not be checked: ${names.join(", ")}.`,
        todo: [does("Ask", `an administrator of account ${snapshot.accountId}: allow ${snapshot.caller} that.`)],
    };
}

/** Returns what the administrator of a KMS key in another account must check. */
const keyRequest = (key: string, { roleArn }: Snapshot) =>
    `the administrator of the key ${key}: does its policy let ${roleArn} and personalize.amazonaws.com use it (${keyActions.join(", ")})? The role's own policy needs kms:Decrypt on it, too.`;

function fixesTodo({ fixes: open, firstBroken }: Diagnosis, snapshot: Snapshot, again: Again): Todo[] {
    // The command of the program that owns a resource restores all of it, and not only what this import needs.
    const commands = open.flatMap((fix) => (fix.program === "" ? fix.commands : []));
    const script = shell(again.script);
    const asks = open.flatMap(({ ask }) => (ask === undefined ? [] : [does("Ask", ask)]));
    const own = open.flatMap(({ program }) => (program === "" ? [] : [program]));
    const label = own.length + commands.length + asks.length > 0 ? "Then" : "Fix";
    const moves = open.flatMap(({ location, roleArn }) => [
        ...(location === undefined ? [] : [does(label, `import from ${location}`)]),
        ...(roleArn === undefined ? [] : [does(label, `import by ${roleArn}`)]),
    ]);
    const runs = commands.length > 0 ? [does("Fix", `${again.command} --write ${script} && sh ${script}`)] : [];
    // Show the fix for the first finding that reports a fault before all other fixes.
    const cause = firstBroken?.findings.find(({ verdict }) => verdict === "broken")?.fault;
    const asksFirst = open.some(
        ({ faults, ask, commands: own }) => cause && faults.includes(cause) && ask && !own.length,
    );
    const restores = [...new Set(own)].map((each) => does("Fix", each));
    const todo = [...restores, ...(asksFirst ? [...asks, ...runs] : [...runs, ...asks]), ...moves];
    if (todo.length > 0) {
        return todo;
    }
    return [does("Next", chooseNextCommand(snapshot, again) ?? alone(again, " --verbose"))];
}

/**
 * Returns the command to run next according to the error message of the job or the user; undefined without a message.
 */
function chooseNextCommand({ job, reported, bucket, key }: Snapshot, { start }: Again): string | undefined {
    const reason = fetchedValue(job)?.failureReason ?? reported;
    return reason === undefined
        ? undefined
        : explainMessage(reason, { bucket, ...(key !== undefined && { key }) }, start)?.next;
}
