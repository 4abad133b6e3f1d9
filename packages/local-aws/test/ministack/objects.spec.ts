import assert from "node:assert/strict";
import {
    CopyObjectCommand,
    CreateBucketCommand,
    CreateMultipartUploadCommand,
    ListObjectsV2Command,
    PutBucketOwnershipControlsCommand,
    PutObjectAclCommand,
    PutObjectCommand,
} from "@aws-sdk/client-s3";
import { region } from "../../../../test/support/local-aws.ts";
import { type Enforcing, startEnforcing } from "../gateway/enforcement/support.ts";

const Bucket = "films";
const stranger = "b7".repeat(32);

describe("S3 objects of the local AWS", () => {
    let aws: Enforcing;
    before(async () => {
        aws = await startEnforcing();
    });
    after(() => aws.discard());

    it("PutObject, CopyObject and CreateMultipartUpload reject keys over 1,024 bytes", async () => {
        const { s3 } = aws.admin;
        const Other = { Bucket: "keys", Key: "é".repeat(512) };
        const CreateBucketConfiguration = { LocationConstraint: region as "eu-central-1" };
        await s3.send(new CreateBucketCommand({ Bucket: Other.Bucket, CreateBucketConfiguration }));
        await s3.send(new PutObjectCommand({ ...Other, Body: "x" }));
        const Key = `${Other.Key}x`;
        const CopySource = encodeURI(`${Other.Bucket}/${Other.Key}`);
        for (const call of [
            () => s3.send(new PutObjectCommand({ ...Other, Key, Body: "x" })),
            () => s3.send(new CopyObjectCommand({ ...Other, Key, CopySource })),
            () => s3.send(new CreateMultipartUploadCommand({ ...Other, Key })),
        ]) {
            await assert.rejects(call, { name: "KeyTooLongError" });
        }
        const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: Other.Bucket }));
        assert.deepEqual(
            Contents.map(({ Key: key }) => key),
            [Other.Key],
        );
    });

    it("ListObjectsV2 returns the ACL's owner unless BucketOwnerEnforced is set", async () => {
        const { s3 } = aws.admin;
        const CreateBucketConfiguration = { LocationConstraint: region as "eu-central-1" };
        await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
        const own = (ObjectOwnership: "ObjectWriter" | "BucketOwnerEnforced") =>
            s3.send(
                new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules: [{ ObjectOwnership }] } }),
            );
        await own("ObjectWriter");
        for (const Key of ["ours.csv", "their & films.csv"])
            await s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
        const Owner = { ID: stranger };
        const Grants = [{ Grantee: { Type: "CanonicalUser" as const, ...Owner }, Permission: "FULL_CONTROL" as const }];
        await s3.send(
            new PutObjectAclCommand({ Bucket, Key: "their & films.csv", AccessControlPolicy: { Owner, Grants } }),
        );
        const listed = async () => {
            const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, FetchOwner: true }));
            return Contents.map(({ Key, Owner: { ID } = {} }) => [Key, ID === stranger]);
        };
        assert.deepEqual(await listed(), [
            ["ours.csv", false],
            ["their & films.csv", true],
        ]);
        await own("BucketOwnerEnforced");
        assert.deepEqual(await listed(), [
            ["ours.csv", false],
            ["their & films.csv", false],
        ]);
    });
});
