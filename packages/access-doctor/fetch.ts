import { GetRoleCommand, IAM, type IAMClient } from "@aws-sdk/client-iam";
import { KMS } from "@aws-sdk/client-kms";
import { S3 } from "@aws-sdk/client-s3";
import { isRoot, parseArn, parseSessionArn, personalizeService, roleReads } from "policy-evaluator";
import { importedKeys } from "./data-file/names.ts";
import { toScene } from "./diagnose.ts";
import { accessBlock, bucketFacts, listKeys, objectFacts, ownership, policyText } from "./fetch-bucket.ts";
import { roleFacts, simulate } from "./fetch-role.ts";
import { proposals } from "./links/object.ts";
import { fetched, quietReader, type ReadFromAws, withSignal } from "./look.ts";
import { fetchedValue, type KeyFacts, type Simulated, type Snapshot, separate, type Target } from "./snapshot.ts";

/** Maximum number of files to read of a folder, because each file needs several calls. */
const maxObjects = 20;

/**
 * Reads from AWS everything on which an import's access depends. A part that cannot be read contains the error. Changes
 * nothing.
 */
export async function fetchSnapshot(target: Target, look: ReadFromAws = quietReader): Promise<Snapshot> {
    const { region, roleArn, bucket } = target;
    const iam = new IAM({ region });
    const s3 = new S3({ region, followRegionRedirects: true });
    const from = <C extends { send: unknown }, T>(client: C, permission: string, work: (client: C) => Promise<T>) =>
        fetched(look, permission, (signal) => work(withSignal(client, signal)));
    let entity: Promise<string> | undefined;
    const source = (client: IAMClient) => (entity ??= fetchEntityArn(client, target.caller));
    const [role, passRole, facts, policy, block, owner, keys] = await Promise.all([
        from(iam, "iam:GetRole", (client) => roleFacts(client, roleArn)),
        from(iam, "iam:SimulatePrincipalPolicy", async (client) => mayPass(client, target, source)),
        from(s3, "s3:GetBucketLocation", (client) => bucketFacts(client, bucket, target.accountId, target.key)),
        from(s3, "s3:GetBucketPolicy", (client) => policyText(client, bucket)),
        from(s3, "s3:GetBucketPublicAccessBlock", (client) => accessBlock(client, bucket)),
        from(s3, "s3:GetBucketOwnershipControls", (client) => ownership(client, bucket)),
        from(s3, "s3:ListBucket", (client) => listKeys(client, bucket, target.key ?? "")),
    ]);
    const listed = fetchedValue(keys) ?? [];
    // Without a key, the most likely import file of the bucket.
    const key = target.key ?? (listed.find((each) => each.key.endsWith(".csv")) ?? listed[0])?.key;
    const read = (location: string) =>
        Promise.all(
            importedKeys(location, listed)
                .slice(0, maxObjects)
                .map((each) => from(s3, "s3:GetObject", (client) => objectFacts(client, bucket, each))),
        );
    const objects = key === undefined ? [] : await read(key);
    const meant = key === undefined || objects.length > 0 ? [] : proposals(key, listed);
    const candidates = await Promise.all(
        meant.map(async (proposal) => ({ ...proposal, objects: await read(proposal.location) })),
    );
    const kms = new KMS({ region });
    const ids = new Set(separate(objects).read.flatMap(({ kmsKey }) => kmsKey ?? []));
    const kmsKeys = await Promise.all(
        [...ids].map(async (id) => [id, await from(kms, "kms:DescribeKey", (client) => keyFacts(client, id))] as const),
    );
    const snapshot: Snapshot = {
        ...target,
        now: new Date().toISOString(),
        key,
        passRole,
        role,
        simulated: { is: [] },
        bucketFacts: facts,
        bucketPolicy: policy,
        accessBlock: block,
        ownership: owner,
        keys,
        objects,
        candidates,
        kmsKeys: Object.fromEntries(kmsKeys),
    };
    if ("is" in role && role.is === undefined) return { ...snapshot, simulated: { unread: "there is no role" } };
    const simulated = from(iam, "iam:SimulatePrincipalPolicy", (client) => simulateReads(client, snapshot));
    return { ...snapshot, simulated: await simulated };
}

async function keyFacts(kms: KMS, KeyId: string): Promise<KeyFacts> {
    const { KeyMetadata } = await kms.describeKey({ KeyId });
    const facts = { arn: KeyMetadata?.Arn ?? KeyId, state: KeyMetadata?.KeyState ?? "Unavailable" };
    if (KeyMetadata?.KeyManager === "AWS") return { ...facts, manager: "AWS", policy: "" };
    const { Policy = "" } = await kms.getKeyPolicy({ KeyId, PolicyName: "default" });
    return { ...facts, manager: "CUSTOMER", policy: Policy };
}

/**
 * Simulates `iam:PassRole` with Personalize in `iam:PassedToService`, and without this key. Returns an empty list for
 * an account's root user, which cannot be simulated.
 */
async function mayPass(
    iam: IAMClient,
    { caller, roleArn }: Target,
    sourceOf: (iam: IAMClient) => Promise<string>,
): Promise<Simulated[]> {
    if (isRoot(caller)) return [];
    const source = await sourceOf(iam);
    const passRole = { action: "iam:PassRole", resources: [roleArn] };
    const [toPersonalize, toAny] = await Promise.all([
        simulate(iam, source, { ...passRole, context: { "iam:PassedToService": personalizeService } }),
        simulate(iam, source, { ...passRole, context: {} }),
    ]);
    return [...toPersonalize, ...toAny];
}

/**
 * Returns the ARN of the user or role behind a caller, because the simulator accepts no sessions, and a session's ARN
 * lacks the role's path.
 */
export async function fetchEntityArn(iam: IAMClient, caller: string): Promise<string> {
    const session = parseSessionArn(caller);
    if (!session) return caller;
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: session.roleName }));
    const { partition, accountId } = parseArn(caller) ?? { partition: "aws", accountId: "" };
    return Role?.Arn ?? `arn:${partition}:iam::${accountId}:role/${session.roleName}`;
}

async function simulateReads(iam: IAMClient, snapshot: Snapshot): Promise<Simulated[]> {
    const groups = Map.groupBy(roleReads(toScene(snapshot).of), ({ action }) => action);
    const answers = await Promise.all(
        [...groups].map(([action, requests]) =>
            simulate(iam, snapshot.roleArn, {
                action,
                resources: requests.map(({ resource }) => resource),
                context: requests[0]?.context ?? {},
            }),
        ),
    );
    return answers.flat();
}
