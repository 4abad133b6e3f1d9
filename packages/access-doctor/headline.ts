import { type Caller, keyActions, personalizeService, unseenLayers } from "policy-evaluator";
import { shell } from "terminal-text";
import type { Diagnosis } from "./diagnose.ts";
import type { Finding } from "./link.ts";
import { isForeign } from "./links/kms.ts";
import { explainMessage } from "./messages.ts";
import { article, parseRefusal } from "./refusal.ts";
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
    const { status = "", ended } = fetchedValue(snapshot.job) ?? {};
    const isRunning = status !== "" && status !== "ACTIVE" && status !== "CREATE FAILED";
    const later = isRunning
        ? ` The job is ${status}: not failed yet.`
        : status === "ACTIVE" && verdict !== "sound"
          ? ` The job succeeded ${ended}: what differs was changed since.`
          : "";
    if (verdict === "broken" && first) {
        return { cause: brief(placed(first, snapshot)) + later, todo: fixesTodo(diagnosis, snapshot, again) };
    }
    if (verdict === "unknown") return unknown(diagnosis, snapshot, again);
    const changed = findings.find(({ fault }) => fault === "job-other-reason")?.sentence;
    const { bucket, key = "", roleArn } = snapshot;
    return { cause: `${changed ?? `An import can read s3://${bucket}/${key} by ${roleArn}.`}${later}`, todo: [] };
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

function unknown({ links, needs }: Diagnosis, snapshot: Snapshot, again: Again): Headline {
    const { planned, accountId, caller } = snapshot;
    if (links.length === 1 && planned !== undefined) {
        const cause = `Stack ${planned} is not deployed yet: there is no role, no bucket and no import.`;
        return { cause, todo: [does("Fix", `pulumi up --stack ${planned}`)] };
    }
    const unread = links.filter(({ verdict, unexplained }) => verdict === "unknown" && unexplained === undefined);
    // A missing permission is named once, not with each link that needs it.
    const reasons = unread.map(({ link, detail, ask }) =>
        needs.length > 0 && ask === undefined ? link : `${link}: ${detail}`,
    );
    const why = [...new Set(reasons)].join(", ");
    const lacking = needs.length === 0 ? "" : ` without ${needs.join(", ")}`;
    const unchecked = why === "" ? "" : ` This could not be checked${lacking}: ${brief(why)}.`;
    const isDenied = unread.some(({ detail }) => parseRefusal(detail)?.isExplicit);
    const foreign = Object.keys(snapshot.kmsKeys).filter((key) => isForeign(snapshot, key));
    const asks = [
        ...(needs.length > 0
            ? [
                  does(
                      "Ask",
                      `an administrator of account ${accountId}: allow ${caller} ${needs.join(", ")}.${isDenied ? " A Deny refuses a part of it, so an Allow alone does not help." : ""}`,
                  ),
              ]
            : []),
        ...unread.flatMap(({ ask }) => (ask === undefined ? [] : [does("Ask", ask)])),
        ...foreign.map((key) => does("Ask", keyRequest(key, snapshot))),
    ];
    const unexplained = links.find((link) => link.unexplained !== undefined)?.unexplained;
    if (unexplained !== undefined) {
        const cause = `The import failed (${unexplained}), and no policy, key or file that can be read from here explains it.${unchecked}`;
        return { cause, todo: [...asks, ...unseen(snapshot, unexplained)] };
    }
    const keyless = snapshot.key === undefined ? " --key KEY" : "";
    const todo = asks.length > 0 ? asks : [does("Next", alone(again, keyless))];
    return { cause: `Nothing broken was found.${unchecked}`, todo };
}

/**
 * Returns whom to ask about a failure that nothing visible explains: the owners of the kinds of policy that nobody in
 * the account can read, in order. Advice that loosens a policy comes last, and only for the caller's own bucket.
 */
function unseen({ bucket, key = "", roleArn, owned, partition, job, bucketPolicy }: Snapshot, words: string): Todo[] {
    const [action, resource] = ["s3:GetObject", `arn:${partition}:s3:::${bucket}/${key}`];
    const callers: Caller[] = [{ arn: roleArn }, { service: personalizeService }];
    const owners = new Map<string, Set<string>>();
    for (const { owner, policy } of callers.flatMap((caller) => unseenLayers({ caller, action }))) {
        owners.set(owner, (owners.get(owner) ?? new Set()).add(policy));
    }
    const asks = [...owners].map(([owner, policies]) =>
        does(
            "Ask",
            `${owner}: does ${[...policies].map(article).join(" or ")} keep ${roleArn} or ${personalizeService} from ${action} on ${resource}?`,
        ),
    );
    const { ended } = fetchedValue(job) ?? {};
    const since =
        ended === undefined
            ? "if something was changed since, import again; otherwise ask"
            : `if something was changed since ${ended}, import again; otherwise ask`;
    const isOwn =
        owned[`arn:${partition}:s3:::${bucket}`] !== undefined &&
        (fetchedValue(bucketPolicy) ?? "").includes("aws:SourceAccount");
    const loosen =
        "only if nobody finds a reason: Personalize may not send the conditions of the bucket policy. To leave them out: pulumi config set bucketPolicyConditions false && pulumi up";
    return [
        does("Next", since),
        ...asks,
        ...(isOwn && /Insufficient privileges/.test(words) ? [does("Then", loosen)] : []),
    ];
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
    const runs =
        commands.length > 0
            ? [does("Fix", `${again.command} --write ${script}`), does("Then", `read ${script}, and run: sh ${script}`)]
            : [];
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
