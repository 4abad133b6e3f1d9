import { localAccountId } from "../../instance.ts";
import { allow as allowing, policy } from "../gateway/enforcement/support.ts";
import type { Life } from "./life.ts";

const Bucket = "entries";
const RoleName = "entries-role";
const of = { bucket: Bucket };
export const arnOf = (tail: string) => `arn:aws:iam::${localAccountId}:${tail}`;
export const allow = policy(allowing("s3:GetObject", `arn:aws:s3:::${Bucket}/*`));
const bucketPolicy = policy({
    ...allowing("s3:PutObject", `arn:aws:s3:::${Bucket}/no/*`),
    Effect: "Deny",
    Principal: "*",
});
export const trust = policy({
    Effect: "Allow",
    Principal: { Service: "personalize.amazonaws.com" },
    Action: "sts:AssumeRole",
});
const open = {
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
};
const rule = {
    id: "old",
    status: "Enabled",
    filter: { prefix: "" },
    noncurrentVersionExpiration: { noncurrentDays: 30 },
    abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
};

/** Returns test cases for the resource types of S3 and IAM; `file` is the path of an object's content. */
export function s3AndIamScenarios(file: () => string): Life[] {
    return [
        {
            type: "aws:s3/bucket:Bucket",
            args: () => ({ ...of, forceDestroy: true, tags: { team: "films" } }),
            drift: { tags: { a: "b" } },
        },
        {
            type: "aws:s3/bucketVersioning:BucketVersioning",
            args: () => ({ ...of, versioningConfiguration: { status: "Enabled" } }),
            drift: { versioningConfiguration: { status: "Suspended" } },
        },
        {
            type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
            args: () => ({ ...of, ...open }),
            drift: { blockPublicPolicy: false },
        },
        {
            type: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
            args: () => ({ ...of, rule: { objectOwnership: "BucketOwnerEnforced" } }),
            drift: { rule: { objectOwnership: "ObjectWriter" } },
        },
        {
            type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            args: () => ({ ...of, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] }),
            drift: { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" } }] },
        },
        {
            type: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
            args: () => ({ ...of, rules: [rule] }),
            drift: { rules: [{ ...rule, noncurrentVersionExpiration: { noncurrentDays: 3000 } }] },
        },
        {
            type: "aws:s3/bucketPolicy:BucketPolicy",
            args: () => ({ ...of, policy: bucketPolicy }),
        },
        {
            type: "aws:s3/bucketObjectv2:BucketObjectv2",
            args: () => ({
                ...of,
                key: "u.csv",
                source: { path: file() },
                metadata: { sha256: "1234" },
                contentType: "text/csv",
                tags: { team: "films" },
            }),
            drift: { metadata: { sha256: "5678" }, tags: { team: "novels" } },
        },
        {
            type: "aws:iam/role:Role",
            args: () => ({ name: RoleName, description: "reads", assumeRolePolicy: trust, tags: { team: "films" } }),
            drift: { description: "writes" },
        },
        {
            type: "aws:iam/policy:Policy",
            args: () => ({ name: "reads", description: "reads", policy: allow, tags: { team: "films" } }),
            drift: { policy: allow.replace("s3:GetObject", "s3:*") },
        },
        {
            type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            args: () => ({ role: RoleName, policyArn: arnOf("policy/kept") }),
        },
        {
            type: "aws:iam/userPolicyAttachment:UserPolicyAttachment",
            args: () => ({ user: "ann", policyArn: arnOf("policy/kept") }),
        },
        {
            type: "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
            args: () => ({ url: "https://tokens.example.com", clientIdLists: ["films"], tags: { team: "films" } }),
        },
        {
            type: "aws:iam/rolePolicy:RolePolicy",
            args: () => ({ name: "reads", role: RoleName, policy: allow }),
            drift: { policy: allow.replace("s3:GetObject", "s3:*") },
        },
    ];
}
