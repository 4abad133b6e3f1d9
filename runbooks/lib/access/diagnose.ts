import { type Import, parsePolicy, sizeLimits } from "policy-evaluator";
import { type Fix, fixesOf } from "./fixes.ts";
import type { Finding, Link, Scene } from "./link.ts";
import { bucketLinks, bucketPolicy } from "./links/bucket.ts";
import { job } from "./links/job.ts";
import { kms } from "./links/kms.ts";
import { objectLinks } from "./links/object.ts";
import { passRole, role, roleLinks, trust } from "./links/role.ts";
import { tooWide } from "./links/too-wide.ts";
import { known, type Snapshot } from "./snapshot.ts";

export interface Diagnosis {
    /** `unknown`: nothing is broken, but some links could not be checked. */
    readonly verdict: "sound" | "broken" | "unknown";
    readonly links: readonly Link[];
    /** The first broken link, in the order of the chain. */
    readonly firstBroken: Link | undefined;
    /** In the order of the chain; broken before warnings. */
    readonly findings: readonly Finding[];
    readonly fixes: readonly Fix[];
}

/** Judges every link of an import's chain from the fetched snapshot. Pure: equal snapshots give equal diagnoses. */
export function diagnose(snapshot: Snapshot): Diagnosis {
    const scene = sceneOf(snapshot);
    const [policies, boundary, organisation] = roleLinks(scene) as [Link, Link, Link];
    const chain = [
        passRole(scene),
        role(scene),
        policies,
        trust(scene),
        bucketPolicy(scene),
        boundary,
        organisation,
        ...bucketLinks(scene),
        ...objectLinks(scene),
        kms(scene),
    ];
    const links = [...chain, job(scene, chain), tooWide(scene)];
    const findings = links.flatMap((link) => link.findings);
    const ordered = [
        ...findings.filter(({ verdict }) => verdict === "broken"),
        ...findings.filter(({ verdict }) => verdict === "warning"),
    ];
    const firstBroken = links.find(({ verdict }) => verdict === "broken");
    return {
        verdict: firstBroken ? "broken" : links.some(({ verdict }) => verdict === "unknown") ? "unknown" : "sound",
        links,
        firstBroken,
        findings: ordered,
        fixes: fixesOf(scene, ordered),
    };
}

export function sceneOf(snapshot: Snapshot): Scene {
    const { roleArn, partition, region, accountId, sourceArn, bucket, key = "" } = snapshot;
    const keys = snapshot.objects.flatMap((each) => ("is" in each ? [each.is.key] : []));
    const of: Import = {
        roleArn,
        roleId: known(snapshot.role)?.id,
        partition,
        region,
        accountId,
        sourceArn,
        bucket,
        key,
        keys: key === "" || key.endsWith("/") ? keys : [],
    };
    const text = known(snapshot.bucketPolicy);
    return {
        snapshot,
        of,
        bucketPolicy: text === undefined ? undefined : parsePolicy(text, "resource", sizeLimits.bucketPolicy),
    };
}
