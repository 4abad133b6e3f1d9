import assert from "node:assert/strict";
import { GetPolicyCommand } from "@aws-sdk/client-iam";
import {
    CreateBucketCommand,
    GetObjectCommand,
    HeadObjectCommand,
    PutBucketOwnershipControlsCommand,
    PutObjectAclCommand,
    PutObjectCommand,
} from "@aws-sdk/client-s3";
import { allow, type Enforcing, startEnforcing } from "./support.ts";

describe("Resources of other accounts with IAM enforcement", () => {
    let aws: Enforcing;
    before(async () => {
        aws = await startEnforcing();
    });
    after(() => aws?.discard());

    it("GetPolicy of an AWS managed policy needs iam:GetPolicy", async () => {
        const PolicyArn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
        const reader = await aws.user("reader", allow("iam:GetPolicy"));
        assert.equal((await reader.iam.send(new GetPolicyCommand({ PolicyArn }))).Policy?.Arn, PolicyArn);
        const other = await aws.user("other", allow("s3:*"));
        await assert.rejects(other.iam.send(new GetPolicyCommand({ PolicyArn })), { name: "AccessDenied" });
    });

    it("an object of another account is readable only if the bucket has BucketOwnerEnforced", async () => {
        const at = { Bucket: "shared", Key: "theirs.csv" };
        const own = (ObjectOwnership: "ObjectWriter" | "BucketOwnerEnforced") =>
            aws.admin.s3.send(
                new PutBucketOwnershipControlsCommand({ ...at, OwnershipControls: { Rules: [{ ObjectOwnership }] } }),
            );
        await aws.admin.s3.send(new CreateBucketCommand({ Bucket: at.Bucket }));
        await own("ObjectWriter");
        await aws.admin.s3.send(new PutObjectCommand({ ...at, Body: "a" }));
        const user = await aws.user("owner-of-the-bucket", allow("s3:*"));
        await user.s3.send(new HeadObjectCommand(at));
        const Owner = { ID: "b7".repeat(32) };
        const Grants = [{ Grantee: { Type: "CanonicalUser" as const, ...Owner }, Permission: "FULL_CONTROL" as const }];
        await aws.admin.s3.send(new PutObjectAclCommand({ ...at, AccessControlPolicy: { Owner, Grants } }));
        await assert.rejects(user.s3.send(new GetObjectCommand(at)), { name: "AccessDenied" });
        const { $metadata } = await user.s3.send(new HeadObjectCommand(at)).catch((error) => error);
        assert.equal($metadata.httpStatusCode, 403);
        await own("BucketOwnerEnforced");
        await user.s3.send(new HeadObjectCommand(at));
    });
});
