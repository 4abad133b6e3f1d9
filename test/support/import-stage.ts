import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { IAM } from "@aws-sdk/client-iam";
import { KMS } from "@aws-sdk/client-kms";
import { Personalize } from "@aws-sdk/client-personalize";
import { S3 } from "@aws-sdk/client-s3";
import {
    document,
    encodeBody,
    type ImportFixture,
    interactions,
    roleArnOf,
    schema,
    storedInline,
} from "../../packages/access-doctor/test/fixtures/import-fixture.ts";
import { start, stop } from "../../packages/local-aws/control.ts";
import { environment, variables } from "../../packages/local-aws/instance.ts";
import { pathWith } from "./aws-cli.ts";
import { region, testInstance } from "./local-aws.ts";

export interface Credentials {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
}

/** A setup that was created in the local AWS: the credentials of its importing user, and its role. */
interface Real {
    readonly importer: Credentials;
    readonly roleArn: string;
}

/** The actions that diagnose-access needs, and that of an import. The importing user has these permissions only. */
const reading = document({
    Effect: "Allow",
    Action: [
        ...["iam:GetRole", "iam:GetRolePolicy", "iam:ListRolePolicies", "iam:ListAttachedRolePolicies"],
        ...["iam:GetPolicy", "iam:GetPolicyVersion", "iam:SimulatePrincipalPolicy", "sts:GetCallerIdentity"],
        ...["s3:GetBucketLocation", "s3:GetBucketPolicy", "s3:GetBucketPublicAccessBlock", "s3:ListBucket"],
        ...["s3:GetBucketOwnershipControls", "s3:GetObject", "s3:GetObjectTagging", "kms:DescribeKey"],
        ...["kms:GetKeyPolicy", "personalize:Describe*", "personalize:CreateDatasetImportJob"],
    ],
    Resource: "*",
});

/**
 * Starts a local AWS with a stage, and returns the folder of the user who runs the printed commands, the PATH there, and
 * the function that stops the local AWS and removes its files.
 */
export async function startStage() {
    const instance = await testInstance();
    await start(instance, () => {});
    const { AWS_ENDPOINT_URL = "", AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "" } = variables(instance);
    const administrator = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
    const stage = await stageOn(AWS_ENDPOINT_URL, region, administrator, interactions);
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
export async function stageOn(endpoint: string, region: string, administrator: Credentials, interactions: string) {
    const settings = { endpoint, region, credentials: administrator };
    const iam = new IAM(settings);
    const s3 = (where = region) =>
        new S3({ ...settings, region: where, forcePathStyle: true, followRegionRedirects: true });
    const personalize = new Personalize(settings);
    const datasetArn = await makeDataset(personalize);
    const kms = new KMS(settings);
    let jobs = 0;

    return {
        iam,
        kms,
        s3: s3(),
        /** Creates the resources of a setup. */
        async realise(fixture: ImportFixture): Promise<Real> {
            const roleId = await makeRole(iam, fixture);
            const withId = (text: string) => text.replaceAll("ROLE_ID", roleId);
            await makeBucket(s3(fixture.bucketRegion), fixture, withId, interactions, kms);
            if (fixture.recreated) {
                await removeRole(iam, fixture);
                await makeRole(iam, fixture);
            }
            return {
                roleArn: roleArnOf(fixture),
                importer: fixture.passRole ? await makeImporter(iam, fixture) : administrator,
            };
        },
        /**
         * Starts an import and waits for its end. Returns the job, and the error if the import failed or could not be
         * started.
         */
        async importFrom(
            location: string,
            { importer, roleArn }: Real,
        ): Promise<{ jobArn?: string; failure?: string }> {
            const client = new Personalize({ ...settings, credentials: importer });
            try {
                const { datasetImportJobArn: jobArn = "" } = await client.createDatasetImportJob({
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

async function makeBucket(
    s3: S3,
    fixture: ImportFixture,
    withId: (text: string) => string,
    interactions: string,
    kms: KMS,
): Promise<void> {
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

async function makeImporter(iam: IAM, fixture: ImportFixture): Promise<Credentials> {
    const UserName = `importer-${fixture.roleName}`;
    await iam.createUser({ UserName });
    for (const [PolicyName, one] of [
        ["reading", reading],
        ["passing", fixture.passRole],
    ] as const) {
        await iam.putUserPolicy({ UserName, PolicyName, PolicyDocument: JSON.stringify(one) });
    }
    const { AccessKey } = await iam.createAccessKey({ UserName });
    return { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
}
