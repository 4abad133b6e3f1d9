import { localAccountId } from "../../instance.ts";
import { allow as allowing, type Enforcing, policy } from "../gateway/enforcement/support.ts";
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
export function s3AndIamScenarios(clients: () => Enforcing["admin"], file: () => string): Life[] {
    return [
        {
            type: "aws:s3/bucket:Bucket",
            args: () => ({ ...of, forceDestroy: true, tags: { team: "films" } }),
            drift: () => clients().s3.putBucketTagging({ Bucket, Tagging: { TagSet: [{ Key: "a", Value: "b" }] } }),
            changedKeys: ["tags"],
        },
        {
            type: "aws:s3/bucketVersioning:BucketVersioning",
            args: () => ({ ...of, versioningConfiguration: { status: "Enabled" } }),
            drift: () => clients().s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: "Suspended" } }),
            changedKeys: ["versioningConfiguration"],
        },
        {
            type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
            args: () => ({ ...of, ...open }),
            drift: () =>
                clients().s3.putPublicAccessBlock({
                    Bucket,
                    PublicAccessBlockConfiguration: {
                        BlockPublicAcls: true,
                        IgnorePublicAcls: true,
                        BlockPublicPolicy: false,
                        RestrictPublicBuckets: true,
                    },
                }),
            changedKeys: ["blockPublicPolicy"],
        },
        {
            type: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
            args: () => ({ ...of, rule: { objectOwnership: "BucketOwnerEnforced" } }),
            drift: () =>
                clients().s3.putBucketOwnershipControls({
                    Bucket,
                    OwnershipControls: { Rules: [{ ObjectOwnership: "ObjectWriter" }] },
                }),
            changedKeys: ["rule"],
        },
        {
            type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            args: () => ({ ...of, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] }),
            drift: () =>
                clients().s3.putBucketEncryption({
                    Bucket,
                    ServerSideEncryptionConfiguration: {
                        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" } }],
                    },
                }),
            changedKeys: ["rules"],
        },
        {
            type: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
            args: () => ({ ...of, rules: [rule] }),
            drift: () =>
                clients().s3.putBucketLifecycleConfiguration({
                    Bucket,
                    LifecycleConfiguration: {
                        Rules: [
                            {
                                ID: "old",
                                Status: "Enabled",
                                Filter: { Prefix: "" },
                                NoncurrentVersionExpiration: { NoncurrentDays: 3000 },
                                AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
                            },
                        ],
                    },
                }),
            changedKeys: ["rules"],
        },
        {
            type: "aws:s3/bucketPolicy:BucketPolicy",
            args: () => ({ ...of, policy: bucketPolicy }),
            drift: () => clients().s3.deleteBucketPolicy({ Bucket }),
            changedKeys: "gone",
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
            drift: () => clients().s3.putObject({ Bucket, Key: "u.csv", Body: "x", ContentType: "text/csv" }),
            changedKeys: ["metadata", "tags"],
        },
        {
            type: "aws:iam/role:Role",
            args: () => ({ name: RoleName, description: "reads", assumeRolePolicy: trust, tags: { team: "films" } }),
            drift: () => clients().iam.updateRoleDescription({ RoleName, Description: "writes" }),
            changedKeys: ["description"],
        },
        {
            type: "aws:iam/policy:Policy",
            args: () => ({ name: "reads", description: "reads", policy: allow, tags: { team: "films" } }),
            drift: () =>
                clients().iam.createPolicyVersion({
                    PolicyArn: arnOf("policy/reads"),
                    PolicyDocument: allow.replace("s3:GetObject", "s3:*"),
                    SetAsDefault: true,
                }),
            changedKeys: ["policy"],
        },
        {
            type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            args: () => ({ role: RoleName, policyArn: arnOf("policy/kept") }),
            drift: () => clients().iam.detachRolePolicy({ RoleName, PolicyArn: arnOf("policy/kept") }),
            changedKeys: "gone",
        },
        {
            type: "aws:iam/userPolicyAttachment:UserPolicyAttachment",
            args: () => ({ user: "ann", policyArn: arnOf("policy/kept") }),
            drift: () => clients().iam.detachUserPolicy({ UserName: "ann", PolicyArn: arnOf("policy/kept") }),
            changedKeys: "gone",
        },
        {
            type: "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
            args: () => ({ url: "https://tokens.example.com", clientIdLists: ["films"], tags: { team: "films" } }),
            drift: () =>
                clients().iam.deleteOpenIDConnectProvider({
                    OpenIDConnectProviderArn: arnOf("oidc-provider/tokens.example.com"),
                }),
            changedKeys: "gone",
        },
        {
            type: "aws:iam/rolePolicy:RolePolicy",
            args: () => ({ name: "reads", role: RoleName, policy: allow }),
            drift: () =>
                clients().iam.putRolePolicy({
                    RoleName,
                    PolicyName: "reads",
                    PolicyDocument: allow.replace("s3:GetObject", "s3:*"),
                }),
            changedKeys: ["policy"],
        },
    ];
}
