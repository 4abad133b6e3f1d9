import { parsePolicy, sizeLimits } from "policy-evaluator";
import { isFolder } from "./data-file/names.ts";
import { createFixes, type Fix } from "./fixes/fixes.ts";
import { type Finding, type Link, type Scene, unknownLink } from "./link.ts";
import { bucketLinks, bucketPolicy } from "./links/bucket.ts";
import { job, withProof } from "./links/job.ts";
import { isForeign, kms } from "./links/kms.ts";
import { objectLinks } from "./links/object.ts";
import { withRefusals } from "./links/refusals.ts";
import { passRole, role, roleLinks, trust } from "./links/role.ts";
import { tooWide } from "./links/too-wide.ts";
import { fetchedValue, hasJob, isBucketGone, type Snapshot, separate } from "./snapshot.ts";

export interface Diagnosis {
    /** Verdict. `unknown`: no fault was found, but some links (conditions for the import) could not be checked. */
    readonly verdict: "sound" | "broken" | "unknown";
    readonly links: readonly Link[];
    /** The first broken link, in the order of `links`; a missing bucket comes first. */
    readonly firstBroken: Link | undefined;
    /** All findings in the order of `links`: first the findings that prevent the import, then the warnings. */
    readonly findings: readonly Finding[];
    readonly fixes: readonly Fix[];
    /** Permissions that the caller needs to check the links that could not be checked. */
    readonly needs: readonly string[];
}

/**
 * Checks every condition for an import to read its data (a link) from a fetched snapshot. Calls no service; equal
 * snapshots give equal diagnoses.
 */
export function diagnose(snapshot: Snapshot): Diagnosis {
    if (isNotDeployed(snapshot)) {
        const links = [unknownLink("stack", `stack ${snapshot.planned} is not deployed yet`)];
        return { verdict: "unknown", links, firstBroken: undefined, findings: [], fixes: [], needs: [] };
    }
    const scene = toScene(snapshot);
    const links = judgeLinks(scene);
    const findings = links.flatMap((link) => link.findings);
    const ordered = [...broken(links), ...findings.filter(({ verdict }) => verdict === "warning")];
    // A missing bucket comes first, because no policy can be judged without it. A file that the job refused proves that
    // the policies let the job read it.
    const firstBroken =
        links.find(({ findings: [first] }) => first?.fault === "bucket-missing" || first?.fault === "file-refused") ??
        links.find(({ verdict }) => verdict === "broken");
    const judge = (now: Scene) => ({ scene: now, broken: broken(judgeLinks(now)) });
    return {
        verdict: firstBroken ? "broken" : links.some(({ verdict }) => verdict === "unknown") ? "unknown" : "sound",
        links,
        firstBroken,
        findings: ordered,
        fixes: createFixes({ scene, broken: broken(links) }, (other) => judge(toScene(other))),
        needs: listMissingPermissions(snapshot),
    };
}

const broken = (links: readonly Link[]): Finding[] =>
    links.flatMap(({ findings }) => findings.filter(({ verdict }) => verdict === "broken"));

function judgeLinks(scene: Scene): Link[] {
    const [policies, boundary, organization] = roleLinks(scene) as [Link, Link, Link];
    const judged = [
        passRole(scene),
        role(scene),
        policies,
        trust(scene),
        bucketPolicy(scene),
        boundary,
        organization,
        ...bucketLinks(scene),
        ...objectLinks(scene),
        kms(scene),
    ];
    const chain = withProof(scene, withRefusals(scene, judged));
    const result = job(scene, chain);
    return [...chain, ...(result ? [result] : []), tooWide(scene)];
}

/** Checks whether neither the role nor the bucket of a planned import exists. */
const isNotDeployed = (snapshot: Snapshot): boolean =>
    snapshot.planned !== undefined && "is" in snapshot.role && snapshot.role.is === undefined && isBucketGone(snapshot);

function listMissingPermissions(snapshot: Snapshot): string[] {
    const { passRole, role, simulated, bucketFacts, bucketPolicy: policy, accessBlock, ownership } = snapshot;
    const { keys: listed, job: result, schema, objects, kmsKeys } = snapshot;
    const read = [role, simulated, bucketFacts, policy, accessBlock, ownership, listed, result, schema, ...objects];
    // Skip KMS keys of other accounts: no permission in this account allows reading their policies.
    const keys = Object.entries(kmsKeys).flatMap(([key, fetched]) => (isForeign(snapshot, key) ? [] : [fetched]));
    const all = [...(hasJob(snapshot) ? [] : [passRole]), ...read, ...keys];
    const needs = all.flatMap((each) => ("unread" in each && each.needs !== undefined ? [each.needs] : []));
    // The first denied read of a role hides whether the others are allowed.
    const ofRole = "unread" in role && role.needs !== undefined ? roleReadActions : [];
    return [...new Set([...needs, ...ofRole])];
}

/** Actions that read a role with its policies. */
const roleReadActions = [
    "GetRole",
    "ListRolePolicies",
    "GetRolePolicy",
    "ListAttachedRolePolicies",
    "GetPolicy",
    "GetPolicyVersion",
].map((name) => `iam:${name}`);

/** Converts a snapshot to the form that the functions in links/ judge. */
export function toScene(snapshot: Snapshot): Scene {
    const { partition, region, accountId, sourceArn, bucket, key = "" } = snapshot;
    const [role, account] = [fetchedValue(snapshot.role), fetchedValue(snapshot.bucketFacts)?.account];
    const { read } = separate(snapshot.objects);
    const objectTags = Object.fromEntries(read.flatMap(({ key: name, tags }) => (tags ? [[name, tags]] : [])));
    const simulated = fetchedValue(snapshot.simulated) ?? [];
    const noOrganization =
        simulated.length > 0 && simulated.every(({ byOrganization }) => byOrganization === undefined);
    const text = fetchedValue(snapshot.bucketPolicy);
    return {
        snapshot,
        of: {
            partition,
            region,
            accountId,
            sourceArn,
            bucket,
            key,
            objectTags,
            bucketAccount: account,
            // The ARN in the job may lack the role's path, so use the ARN of the existing role.
            roleArn: role?.arn ?? snapshot.roleArn,
            roleId: role?.id,
            keys: isFolder(key) ? read.map((each) => each.key) : [],
            hasBoundary: role?.boundary !== undefined,
            roleTags: role?.tags,
            now: new Date(snapshot.now),
        },
        knownValues: {
            roleTags: role?.tags !== undefined,
            roleId: Boolean(role?.id),
            bucketAccount: account !== undefined,
            taggedObjects: Object.keys(objectTags),
            noOrganization,
        },
        bucketPolicy: text === undefined ? undefined : parsePolicy(text, "resource", sizeLimits.bucketPolicy),
    };
}
