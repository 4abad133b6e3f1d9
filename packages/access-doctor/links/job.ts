import { breaks, createLink, type Finding, type Link, type Scene, unknownLink, warning } from "../link.ts";
import type { Message } from "../mentions.ts";
import { explainMessage } from "../messages.ts";
import { fetchedValue, type Snapshot, separate } from "../snapshot.ts";

const name = "import job result";

/**
 * Judges the service's own message about the import: the job's failure reason, or a message that the user pasted.
 * Returns undefined if there is neither a job nor a message.
 */
export function job(scene: Scene, earlier: readonly Link[]): Link | undefined {
    const { job: fetched, reported } = scene.snapshot;
    if ("unread" in fetched) return unknownLink(name, fetched.unread);
    const { status, failureReason, ended } = fetched.is ?? {};
    const words = failureReason ?? reported;
    if (words !== undefined || status === "CREATE FAILED") return judged(scene, earlier, words ?? "without a reason");
    if (status === "ACTIVE") return createLink(name, `ACTIVE since ${ended}: every link held then`, []);
    return status === undefined ? undefined : createLink(name, `${status}: not failed yet`, []);
}

function judged(scene: Scene, earlier: readonly Link[], words: string): Link {
    const { snapshot } = scene;
    const { arn = "the pasted message", ended } = fetchedValue(snapshot.job) ?? {};
    const message = explainMessage(words);
    const brokenLinks = earlier.flatMap((each) => (each.verdict === "broken" ? [each.link] : []));
    const link = (create: typeof breaks, fault: Finding["fault"], sentence: string) =>
        createLink(name, "", [create(fault, sentence, "none", `${arn}: ${words}`)]);
    const note = (sentence: string) => link(warning, "job-other-reason", sentence);
    const isOfFile = message?.subject === "file";
    const changes = changesSince(snapshot, ended, isOfFile);
    if (isOfFile && !["file", "object"].some((each) => brokenLinks.includes(each)) && changes.length === 0) {
        return link(breaks, "file-refused", fileSentence(scene, message, words));
    }
    if (brokenLinks.length > 0) return note(`It failed: ${words}`);
    if (message && isOfCall(scene, message)) return link(breaks, "call-refused", message.cause);
    if (changes.length > 0 && earlier.every(({ verdict }) => verdict !== "unknown")) {
        return note(`It failed (${words}), and since then ${changes.join(", ")}. Nothing is broken now: import again.`);
    }
    return { ...unknownLink(name, `it failed: ${words}`), unexplained: words };
}

/**
 * Returns what AWS says was changed after a time: for a message about the file, its objects; otherwise the role and its
 * managed policies. AWS keeps no time of other policies.
 */
function changesSince({ objects, role }: Snapshot, since: string | undefined, isOfFile: boolean): string[] {
    const facts = fetchedValue(role);
    const dated = isOfFile
        ? separate(objects).read.map(({ key, written: at }) => [`${key} was written`, at])
        : [
              ["the role was created", facts?.created],
              ...(facts?.policies ?? []).map((policy) => [`${policy.name} was changed`, policy.changed]),
          ];
    return dated.flatMap(([what, at]) => (since !== undefined && at && at > since ? [`${what} (${at})`] : []));
}

/**
 * Applies the proof of a successful job: its links held at its time. Its file was accepted unless somebody wrote it
 * since, so that faults in the file's content are no more than warnings.
 */
export function withProof({ snapshot: { job: fetched, objects } }: Scene, links: readonly Link[]): Link[] {
    const { status, ended = "" } = fetchedValue(fetched) ?? {};
    if (status !== "ACTIVE") return [...links];
    const isAccepted = objects.map(fetchedValue).every((each) => each?.written !== undefined && each.written < ended);
    return links.map((link) => {
        if (link.verdict === "unknown")
            return { ...link, detail: `held ${ended}, when the job succeeded; ${link.detail}` };
        if (link.link !== "file" || !isAccepted) return link;
        const findings = link.findings.map((each): Finding => ({ ...each, verdict: "warning", place: "none" }));
        return createLink(link.link, link.detail, findings);
    });
}

/**
 * Checks whether a message has a cause that the diagnosis cannot check: quotas, credentials, or the permissions of
 * another caller.
 */
function isOfCall({ snapshot: { caller } }: Scene, { subject, mentions: { callerArn } }: Message): boolean {
    const isOfOther = subject === "caller" && callerArn !== undefined && callerArn !== caller;
    return subject === "service" || subject === "credentials" || isOfOther;
}

function fileSentence({ snapshot: { bucket, key = "" } }: Scene, { mentions }: Message, words: string): string {
    const [line] = mentions.lines;
    const columns = mentions.columns.join(", ");
    const where = line !== undefined ? `line ${line} of ` : columns !== "" ? `${columns} in ` : "";
    return `The service refuses ${where}s3://${bucket}/${key}: “${words}”`;
}
