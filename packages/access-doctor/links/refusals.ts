import { breaks, createLink, type Finding, type Link, type Scene, unknownLink } from "../link.ts";
import { formatReason, isOfRole, parseRefusal, type Refusal } from "../refusal.ts";
import { type Fetched, fetchedValue, type Snapshot, separate } from "../snapshot.ts";

/**
 * What an access error about one kind of policy means: the condition of the import that fails (`link`), the ID of the
 * fault, and what a fix changes (`place`).
 */
interface Decided extends Pick<Finding, "fault" | "place"> {
    readonly link: string;
}

const importActions = ["s3:ListBucket", "s3:GetObject", "kms:Decrypt"];

/**
 * Returns AWS's access errors about the actions of an import. They come from this diagnosis's own reads. Those about
 * the role also come from the job's failure reason and from the message that the user pasted.
 */
function collectRefusals({ objects, keys, job, reported, roleArn }: Snapshot): Refusal[] {
    const reads = refusedReads([keys, ...objects]);
    const words = [fetchedValue(job)?.failureReason, reported].flatMap((text) => (text && parseRefusal(text)) || []);
    return [...reads, ...words.filter((each) => isOfRole(each, roleArn))].filter(
        ({ action }) => action === undefined || importActions.includes(action),
    );
}

const refusedReads = (fetched: readonly Fetched<unknown>[]): Refusal[] =>
    separate(fetched).unread.flatMap((text) => parseRefusal(text) ?? []);

/**
 * Returns what the caller's own refused reads say about an unread bucket policy: it denies them explicitly, so that it
 * may deny the import, too.
 */
function deniedByBucket({ snapshot: { bucket, bucketPolicy, keys, objects }, of }: Scene): Link | undefined {
    const denial = refusedReads([bucketPolicy, keys, ...objects]).find(
        ({ policy = "", isExplicit }) => isExplicit && policy.startsWith("resource-based"),
    );
    if (!denial || !("unread" in bucketPolicy)) return undefined;
    const { caller = "the caller", action = "a read" } = denial;
    return unknownLink(
        "bucket policy",
        `a Deny of the bucket policy of ${bucket} refuses ${caller} ${action}, and the policy cannot be read from here`,
        `the owner of the bucket ${bucket}: which Deny refuses ${caller}, and does it except ${of.roleArn} and personalize.amazonaws.com?`,
    );
}

function decidedBy({ policy = "", action = "" }: Refusal): Decided | undefined {
    if (policy === "permissions boundary") return { link: policy, fault: "boundary", place: "boundary" };
    if (policy.startsWith("identity-based")) {
        return { link: "role policies: list and read", fault: "role-policy", place: "rolePolicy" };
    }
    if (!policy.startsWith("resource-based")) return undefined;
    if (action.startsWith("s3:")) return { link: "bucket policy", fault: "bucket-policy", place: "bucketPolicy" };
    return action.startsWith("kms:") ? { link: "encryption key", fault: "key-policy", place: "key" } : undefined;
}

/**
 * Adds AWS's access errors about the role as evidence to links whose documents could not be judged. If a document could
 * be judged, it takes precedence, because a pasted error may be older than the document.
 */
export function withRefusals(scene: Scene, links: readonly Link[]): Link[] {
    const { snapshot, of } = scene;
    const byBucket = deniedByBucket(scene);
    const refusals = collectRefusals(snapshot).filter((each) => isOfRole(each, of.roleArn));
    return links.map((link) => {
        const refusal = refusals.find((each) => decidedBy(each)?.link === link.link);
        const decided = refusal && decidedBy(refusal);
        if (byBucket && !decided && link.link === byBucket.link && link.verdict === "unknown") return byBucket;
        if (!decided || link.verdict !== "unknown") return link;
        const { fault, place } = decided;
        const { policy = "", action = "its reads", isExplicit, text } = refusal;
        const says = formatReason(refusal, action);
        const sentence = `AWS refuses the role ${of.roleArn}: ${says}; the document cannot be read, so the statement is unknown.`;
        const key = Object.keys(snapshot.kmsKeys)[0];
        const effect = isExplicit ? "Deny" : "Allow";
        const explanation = {
            effect,
            policy,
            statement: undefined,
            conditions: [],
            parts: [],
            corrections: [],
        } as const;
        const about = place === "key" && key !== undefined && { about: key };
        return createLink(link.link, "", [{ ...breaks(fault, sentence, place, text), ...about, explanation }]);
    });
}

/**
 * Returns the access error caused by a control policy of the organization. The simulator ignores control policies with
 * conditions.
 */
export const refusedByOrganization = (snapshot: Snapshot): Refusal | undefined =>
    collectRefusals(snapshot).find(({ policy = "" }) => /^(service|resource) control polic/.test(policy));
