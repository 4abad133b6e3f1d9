import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { dataBucketPolicy, executionRolePolicy, executionRoleTrust } from "policy-evaluator";
import { requireFile } from "../../components/data/data-bucket.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { requireInputs, settled, tags, typesAndNames, useMocks, value } from "./mocks.ts";

const caller = { partition: "aws", region: "eu-central-1", accountId: "123456789012" };
const place = { partition: "aws", bucketName: "films", readPrefixes: ["interactions.csv"] };

describe("DataBucket and PersonalizeAccess", () => {
    const folder = temporaryFolder();
    const interactionsFile = join(folder, "interactions.csv");
    before(() => writeFile(interactionsFile, "USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n"));
    beforeEach(useMocks);

    const bucketWith = async (dataRetention: "delete" | "retain") => {
        const { DataBucket } = await import("../../components/data/data-bucket.ts");
        const bucket = new DataBucket("data", {
            bucketName: "films",
            files: { interactions: { path: interactionsFile, key: "interactions.csv", contentType: "text/csv" } },
            dataRetention,
            tags,
            kmsKeyArn: undefined,
            policy: dataBucketPolicy({ ...place, bucketName: "films" }, caller),
        });
        await settled();
        return bucket;
    };

    it("DataBucket creates a bucket, the bucket's settings, and an object with the interactions", async () => {
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

    it("DataBucket blocks public access and enables encryption and versioning", async () => {
        await bucketWith("delete");
        const bucket = "films";
        assert.deepEqual(requireInputs("BucketPublicAccessBlock"), {
            bucket,
            blockPublicAcls: true,
            blockPublicPolicy: true,
            ignorePublicAcls: true,
            restrictPublicBuckets: true,
        });
        assert.deepEqual(requireInputs("BucketServerSideEncryptionConfiguration"), {
            bucket,
            rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
        });
        assert.deepEqual(requireInputs("BucketVersioning"), { bucket, versioningConfiguration: { status: "Enabled" } });
        assert.deepEqual(requireInputs("BucketOwnershipControls"), {
            bucket,
            rule: { objectOwnership: "BucketOwnerEnforced" },
        });
        const { rules } = requireInputs("BucketLifecycleConfiguration");
        assert.equal(rules[0].noncurrentVersionExpiration.noncurrentDays, 30);
        assert.equal(rules[0].abortIncompleteMultipartUpload.daysAfterInitiation, 7);
        assert.equal(rules[0].expiration, undefined);
        assert.deepEqual(rules.at(-1), {
            id: "deletion/",
            status: "Enabled",
            filter: { prefix: "deletion/" },
            expiration: { days: 7 },
            noncurrentVersionExpiration: { noncurrentDays: 1 },
        });
    });

    it("DataBucket attaches the bucket policy that `dataBucketPolicy` returns", async () => {
        await bucketWith("delete");
        const { policy } = requireInputs("BucketPolicy");
        assert.deepEqual(JSON.parse(policy), dataBucketPolicy(place, caller));
    });

    it("DataBucket derives `contentHash` and the object's metadata from the SHA-256 of the interactions", async () => {
        const bucket = await bucketWith("delete");
        // The output of sha256sum for a file with only the header line.
        const hash = "85d7a2753dae03c7392b6b04249eb3943877f7499893b06ef843e6cd592cdb13";
        assert.equal(await value(requireFile(bucket.files, "interactions").contentHash), hash);
        assert.equal(requireInputs("BucketObjectv2").metadata.sha256, hash);
        assert.equal(await value(requireFile(bucket.files, "interactions").location), "s3://films/interactions.csv");
        assert.equal(await value(requireFile(bucket.files, "interactions").lines), 1);
    });

    it("the bucket has `forceDestroy` only with `dataRetention: delete`", async () => {
        await bucketWith("delete");
        assert.equal(requireInputs("Bucket").forceDestroy, true);
        await useMocks();
        await bucketWith("retain");
        assert.equal(requireInputs("Bucket").forceDestroy, false);
    });

    it("PersonalizeAccess creates one role that can only read the interactions", async () => {
        const { PersonalizeAccess } = await import("../../components/personalize/recommender.ts");
        const access = new PersonalizeAccess("personalize", {
            roleName: "reader",
            caller,
            bucketName: "films",
            readPrefixes: ["interactions.csv"],
            permissionsBoundary: "arn:aws:iam::012345678901:policy/boundary",
            tags,
        });
        await settled();
        assert.equal(await value(access.roleArn), "arn:aws:iam::123456789012:role/reader");
        assert.deepEqual(typesAndNames(), [
            "aws:iam/role:Role personalize",
            "aws:iam/rolePolicy:RolePolicy personalize",
            "movie-recommender:access:PersonalizeAccess personalize",
        ]);
        const role = requireInputs("Role");
        assert.deepEqual(JSON.parse(role.assumeRolePolicy), executionRoleTrust(caller));
        assert.equal(role.managedPolicyArns, undefined);
        assert.equal(role.permissionsBoundary, "arn:aws:iam::012345678901:policy/boundary");
        assert.deepEqual(role.tags, tags);
        const policy = requireInputs("RolePolicy");
        assert.equal(policy.role, "reader");
        assert.deepEqual(JSON.parse(policy.policy), executionRolePolicy(place));
    });
});
