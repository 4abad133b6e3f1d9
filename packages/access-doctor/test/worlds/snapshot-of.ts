import {
    type AccessRequest,
    accountOf,
    authorize,
    type PolicyDocument,
    personalizeService,
    type RequestContext,
    roleReads,
} from "policy-evaluator";
import { startBytes } from "../../data-file/repair.ts";
import { sceneOf } from "../../diagnose.ts";
import { read } from "../../fetch.ts";
import type { KeyFacts, ObjectFacts, Simulated, Snapshot } from "../../snapshot.ts";
import { bytesOf, type ImportFixture, interactions, roleArnOf, schema, storedInline } from "./world.ts";

const oldId = "AROAOLDOLDOLDOLDOLD1";
const newId = "AROANEWNEWNEWNEWNEW1";
const keyArn = "arn:aws:kms:eu-central-1:000000000000:key/KEY";
const managed = {
    name: "boundary",
    arn: "arn:aws:iam::000000000000:policy/boundary",
    versionId: "v1",
    versions: 1,
};

/** Returns the snapshot that the runbook would fetch for a fixture. The drill compares it with the real snapshot for each single fault. */
export function snapshotOf(fixture: ImportFixture): Snapshot {
    const { caller, bucket, location, trust, key, boundary } = fixture;
    const roleArn = roleArnOf(fixture);
    const sizes = Object.entries(fixture.hasBucket ? fixture.objects : {})
        .map(([name, body]) => ({ key: name, size: bytesOf(body, interactions).length }))
        .toSorted((a, b) => (a.key < b.key ? -1 : 1));
    const under = sizes.filter((each) => each.key.startsWith(location));
    const keys = under.length > 0 ? under : sizes;
    const objects = read(location, keys).map((name) => ({ is: objectOf(fixture, name) }));
    const snapshot: Snapshot = {
        now: "2026-11-28T12:00:00.000Z",
        ...caller,
        roleArn,
        owned: {},
        bucket,
        key: location,
        objects,
        keys: { is: keys },
        caller: fixture.passRole
            ? `arn:aws:iam::${caller.accountId}:user/importer`
            : `arn:aws:iam::${caller.accountId}:root`,
        sourceArn: `arn:aws:personalize:${caller.region}:${caller.accountId}:dataset-import-job/job`,
        passRole: { is: [] },
        mayWrite: { is: [] },
        role: {
            is: trust && {
                arn: roleArn,
                id: fixture.recreated ? newId : oldId,
                trust: JSON.stringify(trust),
                boundary: boundary && { ...managed, bounds: [fixture.roleName], text: JSON.stringify(boundary) },
                tags: {},
                policies: storedInline(fixture).map(([name, document]) => ({
                    name,
                    text: JSON.stringify(document),
                })),
            },
        },
        simulated: trust ? { is: [] } : { unread: "there is no role" },
        bucketFacts: {
            is: fixture.hasBucket ? { region: fixture.bucketRegion, account: caller.accountId } : { region: undefined },
        },
        bucketPolicy: { is: fixture.hasBucket ? withId(fixture.bucketPolicy) : undefined },
        accessBlock: { is: fixture.hasBucket ? { blockPublicPolicy: true, restrictPublicBuckets: true } : undefined },
        ownership: { is: fixture.hasBucket ? "BucketOwnerEnforced" : undefined },
        kmsKeys: key ? { [keyArn]: { is: keyOf(key) } } : {},
        job: { is: undefined },
        schema: { is: { datasetType: "INTERACTIONS", text: schema } },
    };
    const passed = fixture.passRole && [{ "iam:PassedToService": personalizeService }, {}];
    const pass = (context: RequestContext) =>
        simulatedBy([fixture.passRole as PolicyDocument], undefined, snapshot.caller, [
            { caller: { arn: snapshot.caller }, action: "iam:PassRole", resource: roleArn, context },
        ]);
    return {
        ...snapshot,
        passRole: { is: passed?.flatMap((context) => pass(context as RequestContext)) ?? [] },
        ...(trust && {
            simulated: {
                is: simulatedBy(
                    storedInline(fixture).map(([, document]) => document),
                    boundary,
                    roleArn,
                    roleReads(sceneOf(snapshot).of),
                ),
            },
        }),
    };
}

const withId = (text: string | undefined) => text?.replaceAll("ROLE_ID", oldId);

function objectOf(fixture: ImportFixture, name: string): ObjectFacts {
    const body = fixture.objects[name] ?? { header: "good", rows: "none" };
    const start = bytesOf(body, interactions);
    const { storageClass } = body;
    const archived = storageClass === "GLACIER" || storageClass === "DEEP_ARCHIVE";
    return {
        key: name,
        size: start.length,
        tags: {},
        ...(fixture.key && { kmsKey: keyArn }),
        ...(archived ? { archived: { storageClass, isRestoring: false } } : { start: start.slice(0, startBytes) }),
    };
}

function keyOf({ state, policy }: NonNullable<ImportFixture["key"]>): KeyFacts {
    return { arn: keyArn, state, manager: "CUSTOMER", policy: withId(JSON.stringify(policy)) as string };
}

function simulatedBy(
    documents: readonly PolicyDocument[],
    boundary: PolicyDocument | undefined,
    callerArn: string,
    requests: readonly AccessRequest[],
): Simulated[] {
    const named = documents.map((document, index) => ({ name: String(index), document }));
    return requests.map(({ action, resource, context }) => {
        const request = { caller: { arn: callerArn }, action, resource, context };
        const limits = boundary && { boundary: [{ name: "boundary", document: boundary }] };
        // The IAM policy simulator evaluates no resource policies, and treats every resource as one of the caller's account.
        const { decision, deciding, missingContextKeys, by } = authorize(
            request,
            { identity: named, ...limits },
            accountOf(callerArn),
        );
        return {
            action,
            resource,
            decision,
            missing: missingContextKeys,
            matched: deciding.map(({ policy }) => policy),
            ...(by.boundary && { byBoundary: by.boundary.decision === "allowed" }),
        };
    });
}
