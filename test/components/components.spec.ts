import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { fileOf } from "../../components/data-bucket.ts";
import { namesFor, parseConfig, type StackConfig } from "../../config.ts";
import { dataBucketPolicy, executionRolePolicy, executionRoleTrust } from "../../iam/import-access.ts";
import type { Marks as StackMarks } from "../../personalize/marks.ts";
import { configDefaults } from "../support/config-defaults.ts";

const caller = { partition: "aws", region: "eu-central-1", accountId: "123456789012" };
const place = { partition: "aws", bucketName: "films", readPrefixes: ["interactions.csv"] };
const tags = { "pulumi:project": "movie-recommender", "pulumi:stack": "dev" };

/** Every resource that the components asked the engine for since `made` was last emptied. */
const made: pulumi.runtime.MockResourceArgs[] = [];

describe("the components", () => {
    let folder: string;
    let interactionsFile: string;

    before(async () => {
        folder = await mkdtemp(join(tmpdir(), "components-"));
        interactionsFile = join(folder, "interactions.csv");
        await writeFile(interactionsFile, "USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n");
    });
    beforeEach(useMocks);
    after(() => rm(folder, { recursive: true, force: true }));

    const bucketWith = async (dataRetention: "delete" | "retain") => {
        const { DataBucket } = await import("../../components/data-bucket.ts");
        const bucket = new DataBucket("data", {
            bucketName: "films",
            files: { interactions: { path: interactionsFile, key: "interactions.csv", contentType: "text/csv" } },
            dataRetention,
            tags,
            policy: (bucketName) => dataBucketPolicy({ ...place, bucketName }, caller),
        });
        await settled();
        return bucket;
    };

    it("make a bucket of exactly these resources", async () => {
        await bucketWith("delete");
        assert.deepEqual(typesAndNames(), [
            "aws:s3/bucket:Bucket data",
            "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration data",
            "aws:s3/bucketObjectv2:BucketObjectv2 data-interactions",
            "aws:s3/bucketOwnershipControls:BucketOwnershipControls data",
            "aws:s3/bucketPolicy:BucketPolicy data",
            "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock data",
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration data",
            "aws:s3/bucketVersioning:BucketVersioning data",
            "movie-recommender:storage:DataBucket data",
        ]);
    });

    it("close, encrypt and version the bucket", async () => {
        await bucketWith("delete");
        const bucket = "films";
        assert.deepEqual(inputsOf("BucketPublicAccessBlock"), {
            bucket,
            blockPublicAcls: true,
            blockPublicPolicy: true,
            ignorePublicAcls: true,
            restrictPublicBuckets: true,
        });
        assert.deepEqual(inputsOf("BucketServerSideEncryptionConfiguration"), {
            bucket,
            rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
        });
        assert.deepEqual(inputsOf("BucketVersioning"), { bucket, versioningConfiguration: { status: "Enabled" } });
        assert.deepEqual(inputsOf("BucketOwnershipControls"), {
            bucket,
            rule: { objectOwnership: "BucketOwnerEnforced" },
        });
        const { rules } = inputsOf("BucketLifecycleConfiguration");
        assert.equal(rules[0].noncurrentVersionExpiration.noncurrentDays, 30);
        assert.equal(rules[0].abortIncompleteMultipartUpload.daysAfterInitiation, 7);
        assert.equal(rules[0].expiration, undefined);
    });

    it("give the bucket the policy document of iam, and nothing else", async () => {
        await bucketWith("delete");
        const { policy } = inputsOf("BucketPolicy");
        assert.deepEqual(JSON.parse(policy), dataBucketPolicy(place, caller));
    });

    it("drive what follows by the SHA-256 of the interactions", async () => {
        const bucket = await bucketWith("delete");
        // What sha256sum says of the header line.
        const hash = "85d7a2753dae03c7392b6b04249eb3943877f7499893b06ef843e6cd592cdb13";
        assert.equal(await value(fileOf(bucket.files, "interactions").contentHash), hash);
        assert.equal(inputsOf("BucketObjectv2").sourceHash, hash);
        assert.equal(await value(fileOf(bucket.files, "interactions").location), "s3://films/interactions.csv");
    });

    it("empty the bucket on destroy only where the data is not to be retained", async () => {
        await bucketWith("delete");
        assert.equal(inputsOf("Bucket").forceDestroy, true);
        await useMocks();
        await bucketWith("retain");
        assert.equal(inputsOf("Bucket").forceDestroy, false);
    });

    it("make one role, which only Personalize can assume and which can only read the interactions", async () => {
        const { PersonalizeAccess } = await import("../../components/personalize-access.ts");
        const access = new PersonalizeAccess("personalize", { roleName: "reader", caller, place, tags });
        await settled();
        assert.equal(await value(access.roleArn), "arn:of:reader");
        assert.deepEqual(typesAndNames(), [
            "aws:iam/role:Role personalize",
            "aws:iam/rolePolicy:RolePolicy personalize",
            "movie-recommender:access:PersonalizeAccess personalize",
        ]);
        const role = inputsOf("Role");
        assert.deepEqual(JSON.parse(role.assumeRolePolicy), executionRoleTrust(caller));
        assert.equal(role.managedPolicyArns, undefined);
        assert.deepEqual(role.tags, tags);
        const policy = inputsOf("RolePolicy");
        assert.equal(policy.role, "reader");
        assert.deepEqual(JSON.parse(policy.policy), executionRolePolicy(place));
    });

    it("make a recommender of the seven kinds, each with its name, region, deadline and provider", async () => {
        await recommender(configWith({}));
        const dynamic = "pulumi-nodejs:dynamic/personalize";
        assert.deepEqual(typesAndNames(), [
            "movie-recommender:personalize:Recommender movies",
            `${dynamic}:Campaign movies`,
            `${dynamic}:Dataset movies`,
            `${dynamic}:DatasetGroup movies`,
            `${dynamic}:DatasetImportJob movies`,
            `${dynamic}:Marks movies`,
            `${dynamic}:Schema movies`,
            `${dynamic}:Solution movies`,
            `${dynamic}:SolutionVersion movies`,
        ]);
        const deadlines = {
            Schema: 30,
            DatasetGroup: 30,
            Dataset: 30,
            DatasetImportJob: 120,
            Solution: 30,
            SolutionVersion: 360,
            Campaign: 120,
        };
        const { __provider: text } = inputsOf("Schema");
        for (const [kind, deadlineMinutes] of Object.entries(deadlines)) {
            const inputs = inputsOf(kind);
            assert.equal(inputs.region, "eu-central-1");
            assert.equal(inputs.deadlineMinutes, deadlineMinutes, kind);
            assert.deepEqual(inputs.tags, tags);
            assert.equal(inputs.__provider, text.replaceAll('"Schema"', `"${kind}"`));
        }
        const names = namesFor("dev", "");
        for (const [kind, name] of [
            ["Schema", names.schema],
            ["DatasetGroup", names.datasetGroup],
            ["Dataset", names.dataset],
            ["Solution", names.solution],
            ["Campaign", names.campaign],
        ] as const) {
            assert.equal(inputsOf(kind).name, name);
        }
        assert.equal(inputsOf("Campaign").minProvisionedTPS, 1);
        assert.equal(inputsOf("Solution").performAutoTraining, false);
        assert.equal(inputsOf("Solution").recipeArn, "arn:aws:personalize:::recipe/aws-user-personalization");
    });

    it("leave the recipe to the service with AutoML", async () => {
        await recommender(configWith({ recipe: "", performAutoML: "true" }));
        assert.equal(inputsOf("Solution").performAutoML, true);
        assert.equal("recipeArn" in inputsOf("Solution"), false);
    });

    const uploaded = (...names: string[]) =>
        Object.fromEntries(
            names.map((name, index) => {
                const location = pulumi.output(`s3://films/${name}.csv`);
                return [
                    name,
                    { location, contentHash: pulumi.output(String(index).repeat(64)), lines: pulumi.output(100_001) },
                ];
            }),
        );
    const recommender = async (config: StackConfig, marks: StackMarks = {}) => {
        const { Recommender } = await import("../../components/recommender.ts");
        new Recommender("movies", {
            config,
            recipeArn: config.recipe && `arn:aws:personalize:::recipe/${config.recipe}`,
            bucketName: "films",
            files: uploaded("interactions", "items", "users", "batch"),
            roleArn: "arn:of:reader",
            marks,
        });
        await settled();
    };
});

const value = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve));

/** Stands for the engine: takes every resource, and answers an id and an ARN made of its name. */
async function useMocks(): Promise<void> {
    made.splice(0);
    await pulumi.runtime.setMocks(
        {
            newResource(args) {
                made.push(args);
                const named = args.inputs.bucket ?? args.inputs.name ?? args.name;
                return { id: args.custom ? `${named}` : "", state: { ...args.inputs, arn: `arn:of:${named}` } };
            },
            call: ({ inputs }) => inputs,
        },
        "movie-recommender",
        "dev",
        false,
    );
}

/** Ends when the engine has nothing more to be asked for; the mocks are used up by it. */
const settled = () => pulumi.runtime.disconnect();

const typesAndNames = () => made.map(({ type, name }) => `${type} ${name}`).sort();

/** The inputs of the one resource whose type ends with `type`. */
function inputsOf(type: string) {
    const found = made.filter((args) => args.type.endsWith(`:${type}`));
    assert.equal(found.length, 1, `${found.length} resources of type ${type}`);
    return found[0]?.inputs;
}

function configWith(values: Record<string, string>): StackConfig {
    const config = parseConfig((key) => ({ ...configDefaults, ...values })[key], {
        project: "movie-recommender",
        stack: "dev",
        region: "eu-central-1",
        awsCredentials: [],
    });
    assert.ok("names" in config, JSON.stringify(config));
    return config;
}
