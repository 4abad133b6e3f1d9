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
    sentence.replaceAll(/^([^{[\n]*)([{[].*[}\]])/gm, (whole, before: string, document: string) =>
        document.length - 1 > longestDocument ? `${before}${document.slice(0, longestDocument)}…` : whole,
    );

const does = (label: Todo["label"], text: string): Todo => ({ label, text });

/** Returns the first lines of a diagnosis. `again` is how to repeat the diagnosis. */
export function createHeadline(diagnosis: Diagnosis, snapshot: Snapshot, again: Again): Headline {
    const { firstBroken, findings, verdict } = diagnosis;
    const { bucket, key = "", roleArn } = snapshot;
    const first = firstBroken?.findings.find((each) => each.verdict === "broken") ?? findings[0];
    if (verdict === "unknown") return unknown(diagnosis, snapshot, again);
    const { status = "", ended } = fetchedValue(snapshot.job) ?? {};
    const isRunning = !["", "ACTIVE", "CREATE FAILED"].includes(status);
    const later = isRunning
        ? ` The job is ${status}: not failed yet.`
        : status === "ACTIVE" && verdict !== "sound"
          ? ` The job succeeded ${ended}: what differs was changed since.`
          : "";
    if (verdict === "broken" && first) {
        return { cause: brief(placed(first, snapshot)) + later, todo: fixesTodo(diagnosis, snapshot, again) };
    }
    const changed = findings.find(({ fault }) => fault === "job-other-reason")?.sentence;
    return { cause: `${changed ?? `An import can read s3://${bucket}/${key} by ${roleArn}.`}${later}`, todo: [] };
}

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
    const denied = isDenied ? " A Deny refuses a part of it, so an Allow alone does not help." : "";
    const foreign = Object.keys(snapshot.kmsKeys).filter((key) => isForeign(snapshot, key));
    const asks = [
        ...(needs.length > 0
            ? [`an administrator of account ${accountId}: allow ${caller} ${needs.join(", ")}.${denied}`]
            : []),
        ...unread.flatMap(({ ask }) => ask ?? []),
        ...foreign.map((key) => keyRequest(key, snapshot)),
    ].map((ask) => does("Ask", ask));
    const unexplained = links.find((link) => link.unexplained !== undefined)?.unexplained;
    if (unexplained !== undefined) {
        const cause = `The import failed (${unexplained}), and no policy, key or file that can be read from here explains it.${unchecked}`;
        return { cause, todo: [...asks, ...unseen(snapshot, unexplained)] };
    }
    const keyless = snapshot.key === undefined ? " --key KEY" : "";
    const next = does("Next", `${again.command}${keyless}`.replace(/ --$/, ""));
    return { cause: `Nothing broken was found.${unchecked}`, todo: asks.length > 0 ? asks : [next] };
}

/**
 * Returns whom to ask about a failure that nothing visible explains: the owners of the kinds of policy that nobody in
 * the account can read, in order. Advice that loosens a policy comes last, and only for the caller's own bucket.
 */
function unseen({ bucket, key = "", roleArn, owned, partition, job, bucketPolicy }: Snapshot, words: string): Todo[] {
    const [action, bucketArn] = ["s3:GetObject", `arn:${partition}:s3:::${bucket}`];
    const callers: Caller[] = [{ arn: roleArn }, { service: personalizeService }];
    const layers = callers.flatMap((caller) => unseenLayers({ caller, action }));
    const asks = [...Map.groupBy(layers, ({ owner }) => owner)].map(([owner, own]) => {
        const policies = [...new Set(own.map(({ policy }) => article(policy)))].join(" or ");
        const question = `does ${policies} keep ${roleArn} or ${personalizeService} from ${action} on ${bucketArn}/${key}?`;
        return does("Ask", `${owner}: ${question}`);
    });
    const { ended } = fetchedValue(job) ?? {};
    const since = `if something was changed since${ended === undefined ? "" : ` ${ended}`}, import again; otherwise ask`;
    const isOwn = owned[bucketArn] !== undefined && (fetchedValue(bucketPolicy) ?? "").includes("aws:SourceAccount");
    const loosen =
        "only if nobody finds a reason: Personalize may not send the conditions of the bucket policy. To leave them out: pulumi config set bucketPolicyConditions false && pulumi up";
    const last = isOwn && /Insufficient privileges/.test(words) ? [does("Then", loosen)] : [];
    return [does("Next", since), ...asks, ...last];
}

/** Returns what the administrator of a KMS key in another account must check. */
const keyRequest = (key: string, { roleArn }: Snapshot) =>
    `the administrator of the key ${key}: does its policy let ${roleArn} and personalize.amazonaws.com use it (${keyActions.join(", ")})? The role's own policy needs kms:Decrypt on it, too.`;

function fixesTodo({ fixes, firstBroken }: Diagnosis, snapshot: Snapshot, { command, script, start }: Again): Todo[] {
    const own = [...new Set(fixes.flatMap(({ program }) => program || []))].map((text) => does("Fix", text));
    const asks = fixes.flatMap(({ ask }) => (ask === undefined ? [] : [does("Ask", ask)]));
    // The command of the program that owns a resource restores all of it, and not only what this import needs.
    const needsScript = fixes.some(({ program, commands }) => program === "" && commands.length > 0);
    const file = shell(script);
    const runs = needsScript
        ? [does("Fix", `${command} --write ${file}`), does("Then", `read ${file}, and run: sh ${file}`)]
        : [];
    const label = own.length + runs.length + asks.length > 0 ? "Then" : "Fix";
    const moves = fixes.flatMap(({ location, roleArn }) =>
        [location && `import from ${location}`, roleArn && `import by ${roleArn}`].flatMap((text) =>
            text ? [does(label, text)] : [],
        ),
    );
    // Show the fix for the first finding that reports a fault before all other fixes.
    const cause = firstBroken?.findings.find(({ verdict }) => verdict === "broken")?.fault;
    const asksFirst = fixes.some(
        ({ faults, ask, commands }) => cause && faults.includes(cause) && ask && commands.length === 0,
    );
    const todo = [...own, ...(asksFirst ? [...asks, ...runs] : [...runs, ...asks]), ...moves];
    if (todo.length > 0) return todo;
    // Without a fix, the message of the job or of the user may name a command.
    const reason = fetchedValue(snapshot.job)?.failureReason ?? snapshot.reported;
    const { bucket, key } = snapshot;
    const message = reason && explainMessage(reason, { bucket, ...(key !== undefined && { key }) }, start);
    return [does("Next", message ? message.next : `${command} --verbose`)];
}
