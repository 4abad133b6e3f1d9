import { localAccountId } from "../../instance.ts";
import { allow as allowing, policy } from "../gateway/enforcement/support.ts";
import { type Life, life } from "./life.ts";

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
        life("aws:s3/bucket:Bucket", () => ({ ...of, forceDestroy: true, tags: { team: "films" } }), {
            tags: { a: "b" },
        }),
        life(
            "aws:s3/bucketVersioning:BucketVersioning",
            () => ({ ...of, versioningConfiguration: { status: "Enabled" } }),
            { versioningConfiguration: { status: "Suspended" } },
        ),
        life("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", () => ({ ...of, ...open }), {
            blockPublicPolicy: false,
        }),
        life(
            "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
            () => ({ ...of, rule: { objectOwnership: "BucketOwnerEnforced" } }),
            { rule: { objectOwnership: "ObjectWriter" } },
        ),
        life(
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            () => ({ ...of, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] }),
            { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" } }] },
        ),
        life("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", () => ({ ...of, rules: [rule] }), {
            rules: [{ ...rule, noncurrentVersionExpiration: { noncurrentDays: 3000 } }],
        }),
        life("aws:s3/bucketPolicy:BucketPolicy", () => ({ ...of, policy: bucketPolicy })),
        life(
            "aws:s3/bucketObjectv2:BucketObjectv2",
            () => ({
                ...of,
                key: "u.csv",
                source: { path: file() },
                metadata: { sha256: "1234" },
                contentType: "text/csv",
                tags: { team: "films" },
            }),
            { metadata: { sha256: "5678" }, tags: { team: "novels" } },
        ),
        life(
            "aws:iam/role:Role",
            () => ({ name: RoleName, description: "reads", assumeRolePolicy: trust, tags: { team: "films" } }),
            { description: "writes" },
        ),
        life(
            "aws:iam/policy:Policy",
            () => ({ name: "reads", description: "reads", policy: allow, tags: { team: "films" } }),
            { policy: allow.replace("s3:GetObject", "s3:*") },
        ),
        life("aws:iam/rolePolicyAttachment:RolePolicyAttachment", () => ({
            role: RoleName,
            policyArn: arnOf("policy/kept"),
        })),
        life("aws:iam/userPolicyAttachment:UserPolicyAttachment", () => ({
            user: "ann",
            policyArn: arnOf("policy/kept"),
        })),
        life("aws:iam/openIdConnectProvider:OpenIdConnectProvider", () => ({
            url: "https://tokens.example.com",
            clientIdLists: ["films"],
            tags: { team: "films" },
        })),
        life("aws:iam/rolePolicy:RolePolicy", () => ({ name: "reads", role: RoleName, policy: allow }), {
            policy: allow.replace("s3:GetObject", "s3:*"),
        }),
    ];
}
