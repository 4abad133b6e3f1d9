import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { IAM } from "@aws-sdk/client-iam";
import { KMS } from "@aws-sdk/client-kms";
import { Personalize } from "@aws-sdk/client-personalize";
import { S3 } from "@aws-sdk/client-s3";
import {
    encodeBody,
    type ImportFixture,
    interactions,
    schema,
    storedInline,
} from "../../packages/access-doctor/test/fixtures/import-fixture.ts";
import { start, stop } from "../../packages/local-aws/control.ts";
import { environment, type Instance } from "../../packages/local-aws/instance.ts";
import { pathWith } from "./aws-cli.ts";
import { createSettings, region, testInstance } from "./local-aws.ts";

/**
 * Starts a local AWS with a stage, and returns the folder of the user who runs the printed commands, the PATH there, and
 * the function that stops the local AWS and removes its files.
 */
export async function startStage() {
    const instance = await testInstance();
    await start(instance, () => {});
    const stage = await stageOn(instance);
    const folder = join(instance.dir, "own");
    await mkdir(folder);
    // A user runs npm in the clone, but a test must not write its files there.
    const npm = `PATH='${environment(instance).PATH}' exec npm --prefix '${instance.root}' "$@"`;
    const PATH = await pathWith(instance, { npm });
    const discard = async () => {
        await stop(instance);
        await rm(instance.dir, { recursive: true, force: true, maxRetries: 5 });
    };
    return { instance, stage, folder, PATH, discard };
}

export type Stage = Awaited<ReturnType<typeof stageOn>>;

/** Creates a dataset in a local AWS. Returns functions that create setups and run imports into this dataset. */
export async function stageOn(instance: Instance) {
    const settings = createSettings(instance);
    const iam = new IAM(settings);
    const s3 = (where = region) =>
        new S3({ ...settings, region: where, forcePathStyle: true, followRegionRedirects: true });
    const personalize = new Personalize(settings);
    const datasetArn = await makeDataset(personalize);
    const kms = new KMS(settings);
    let jobs = 0;

    return {
        iam,
        s3: s3(),
        /** Creates the resources of a setup. */
        async realise(fixture: ImportFixture): Promise<void> {
            const roleId = await makeRole(iam, fixture);
            const withId = (text: string) => text.replaceAll("ROLE_ID", roleId);
            await makeBucket(s3(fixture.bucketRegion), fixture, withId, kms);
            if (fixture.recreated) {
                await removeRole(iam, fixture);
                await makeRole(iam, fixture);
            }
        },
        /**
         * Starts an import and waits for its end. Returns the job, and the error if the import failed or could not be
         * started.
         */
        async importFrom(location: string, roleArn: string): Promise<{ jobArn?: string; failure?: string }> {
            try {
                const { datasetImportJobArn: jobArn = "" } = await personalize.createDatasetImportJob({
                    jobName: `import-${++jobs}`,
                    datasetArn,
                    dataSource: { dataLocation: location },
                    roleArn,
                });
                for (;;) {
                    const { datasetImportJob: job } = await personalize.describeDatasetImportJob({
                        datasetImportJobArn: jobArn,
                    });
                    if (job?.status === "ACTIVE") return { jobArn };
                    if (job?.status === "CREATE FAILED") return { jobArn, failure: job.failureReason ?? "" };
                    await sleep(10);
                }
            } catch (error) {
                return { failure: (error as Error).message };
            }
        },
    };
}

async function makeDataset(client: Personalize): Promise<string> {
    const { schemaArn } = await client.createSchema({ name: "films", schema });
    const { datasetGroupArn } = await client.createDatasetGroup({ name: "films" });
    const group = async () =>
        (await client.describeDatasetGroup({ datasetGroupArn })).datasetGroup?.status === "ACTIVE";
    while (!(await group())) await sleep(10);
    const { datasetArn = "" } = await client.createDataset({
        name: "films",
        schemaArn,
        datasetGroupArn,
        datasetType: "Interactions",
    });
    const dataset = async () => (await client.describeDataset({ datasetArn })).dataset?.status === "ACTIVE";
    while (!(await dataset())) await sleep(10);
    return datasetArn;
}

async function makeRole(iam: IAM, fixture: ImportFixture): Promise<string> {
    const { roleName: RoleName, trust, boundary } = fixture;
    if (!trust) return "";
    const PolicyName = `boundary-${RoleName}`;
    const PermissionsBoundary = boundary && `arn:aws:iam::${fixture.caller.accountId}:policy/${PolicyName}`;
    if (boundary) {
        await iam.createPolicy({ PolicyName, PolicyDocument: JSON.stringify(boundary) }).catch((error: unknown) => {
            // A recreated role needs the same policy again, so ignore the error that it exists.
            if (!fixture.recreated) throw error;
        });
    }
    const AssumeRolePolicyDocument = JSON.stringify(trust);
    const { Role } = await iam.createRole({ RoleName, AssumeRolePolicyDocument, PermissionsBoundary });
    for (const [name, one] of storedInline(fixture)) {
        await iam.putRolePolicy({ RoleName, PolicyName: name, PolicyDocument: JSON.stringify(one) });
    }
    for (const PolicyArn of fixture.attached) await iam.attachRolePolicy({ RoleName, PolicyArn });
    return Role?.RoleId ?? "";
}

async function removeRole(iam: IAM, fixture: ImportFixture): Promise<void> {
    const RoleName = fixture.roleName;
    for (const [PolicyName] of storedInline(fixture)) {
        await iam.deleteRolePolicy({ RoleName, PolicyName });
    }
    await iam.deleteRole({ RoleName });
}

async function makeBucket(s3: S3, fixture: ImportFixture, withId: (text: string) => string, kms: KMS): Promise<void> {
    const { bucket: Bucket, bucketRegion, bucketPolicy, key } = fixture;
    if (!fixture.hasBucket) return;
    const CreateBucketConfiguration = { LocationConstraint: bucketRegion as "eu-central-1" };
    await s3.createBucket({ Bucket, CreateBucketConfiguration });
    const settings = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];
    const PublicAccessBlockConfiguration = Object.fromEntries(settings.map((name) => [name, true]));
    await s3.putPublicAccessBlock({ Bucket, PublicAccessBlockConfiguration });
    const OwnershipControls = { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" as const }] };
    await s3.putBucketOwnershipControls({ Bucket, OwnershipControls });
    const created = key && (await kms.createKey({ Policy: withId(JSON.stringify(key.policy)) }));
    const KeyId = created?.KeyMetadata?.Arn;
    const encryption = KeyId ? ({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: KeyId } as const) : {};
    for (const [Key, body] of Object.entries(fixture.objects)) {
        const StorageClass = body.storageClass ?? "STANDARD";
        const Body = encodeBody(body, interactions);
        await s3.putObject({ Bucket, Key, Body, StorageClass, ...encryption });
    }
    // Write the bucket policy after the objects, because it may deny writing them.
    if (bucketPolicy !== undefined) {
        await s3.putBucketPolicy({ Bucket, Policy: withId(bucketPolicy) });
    }
    if (key?.state === "Disabled") await kms.disableKey({ KeyId });
    if (key?.state === "PendingDeletion") {
        await kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });
    }
}
