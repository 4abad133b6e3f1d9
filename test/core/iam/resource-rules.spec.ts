import assert from "node:assert/strict";
import { dataBucketPolicy, executionRolePolicy, executionRoleTrust } from "policy-evaluator";
import { findViolations } from "../../../core/iam/resource-rules.ts";

const caller = { partition: "aws", region: "eu-central-1", accountId: "123456789012" };
const place = { partition: "aws", bucketName: "films", readPrefixes: ["a.csv"], writePrefix: "out/" };
type Resource = readonly [type: string, props: Record<string, unknown>];
const documentOf = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const allow = (more: object) => ({ Effect: "Allow", Action: "s3:GetObject", Resource: "*", ...more });
const rulesOf = ([type, props]: Resource) => findViolations(type, props).map(({ rule }) => rule);

const output = { __pulumiOutput: true };
const bucketPolicy = (statement: object, type = "s3/bucketPolicy:BucketPolicy"): Resource => [
    `aws:${type}`,
    { policy: documentOf(statement) },
];
const policy = (document: unknown): Resource => ["aws:iam/policy:Policy", { policy: document }];
const inlinePolicy = (document: unknown): Resource => ["aws:iam/rolePolicy:RolePolicy", { policy: document }];
const role = (props: Record<string, unknown>): Resource => ["aws:iam/role:Role", props];
const trust = (Principal: object): Resource =>
    role({ assumeRolePolicy: documentOf({ Effect: "Allow", Principal, Action: "sts:AssumeRole" }) });
const attachment = (to: string, policyArn: string): Resource => [
    `aws:iam/${to}PolicyAttachment:${to.charAt(0).toUpperCase()}${to.slice(1)}PolicyAttachment`,
    { policyArn },
];
/** Returns a policy document of this many characters. */
const documentOfLength = (length: number) =>
    documentOf(allow({ Resource: "x".repeat(length - documentOf(allow({ Resource: "" })).length) }));
const lambda = (A: unknown): Resource => ["aws:lambda/function:Function", { environment: { variables: { A } } }];
const acl = (name: string): Resource => ["aws:s3/bucketAcl:BucketAcl", { acl: name }];
const accessBlock = (props: Record<string, unknown>): Resource => [
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    props,
];
const encryption = (...rules: object[]): Resource => [
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    { rules },
];
const closed = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
const personalize = { Service: "personalize.amazonaws.com" };
const cloudTrail = { Service: "cloudtrail.amazonaws.com" };
const both = { Service: ["cloudtrail.amazonaws.com", "lambda.amazonaws.com"] };
const byPersonalize = (Condition: object) => bucketPolicy(allow({ Principal: personalize, Condition }));
const ofOrganization = { StringEquals: { "aws:PrincipalOrgID": "o-1" } };
const everyone = allow({ Principal: "*" });
const managed = (name: string) => `arn:aws:iam::aws:policy/${name}`;

const accepted: [what: string, resource: Resource][] = [
    ["a deny for all", bucketPolicy({ ...everyone, Effect: "Deny", Action: "s3:*" })],
    ["a bucket that an organization may read", bucketPolicy({ ...everyone, Condition: ofOrganization })],
    ["a private ACL", acl("private")],
    ["a closed access block", accessBlock(closed)],
    ["an access block that is not known yet", accessBlock({ ...closed, blockPublicAcls: output })],
    ["many actions of a kind", policy(documentOf(allow({ Action: "s3:Get*" })))],
    ["a managed policy of 6,144 characters and white space", policy(`${documentOfLength(6144)}${" ".repeat(99)}`)],
    ["an inline policy of 10,240 characters", inlinePolicy(documentOfLength(10_240))],
    ["variables of 4,096 bytes as JSON", lambda('"'.repeat(2044))],
    ["variables that are not known yet", lambda(output)],
    ["a policy that is not known yet", policy(output)],
    ["a policy that is not JSON, which IAM rejects", policy("{")],
    ["CloudTrail, whose role must have no source condition", trust(cloudTrail)],
    ["a service with aws:SourceAccount", byPersonalize({ StringEquals: { "AWS:sourceaccount": "1" } })],
    ["another AWS managed policy", role({ managedPolicyArns: [managed("service-role/AWSLambdaBasicExecutionRole")] })],
    ["encryption by S3's keys", encryption({ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } })],
    ["our own bucket policy", ["aws:s3/bucketPolicy:BucketPolicy", { policy: dataBucketPolicy(place, caller) }]],
    ["our own trust policy", role({ assumeRolePolicy: JSON.stringify(executionRoleTrust(caller)) })],
    ["our own role policy", inlinePolicy(JSON.stringify(executionRolePolicy(place)))],
];

const rejected: Record<string, [what: string, resource: Resource][]> = {
    "public-access": [
        ["a bucket that anyone may read", bucketPolicy(everyone)],
        ["a bucket that AWS: * may read", bucketPolicy(allow({ Principal: { AWS: ["*"] } }))],
        ["a bucket policy with NotPrincipal", bucketPolicy(allow({ NotPrincipal: { AWS: "1" } }))],
        ...["sns/topicPolicy:TopicPolicy", "sns/topic:Topic", "sqs/queuePolicy:QueuePolicy", "sqs/queue:Queue"].map(
            (type): [string, Resource] => [`${type} with a policy for everyone`, bucketPolicy(everyone, type)],
        ),
        ["a role that everyone may assume", trust({ AWS: "*" })],
        ["a public ACL", acl("public-read")],
        ["an access block without restrictPublicBuckets", accessBlock({ ...closed, restrictPublicBuckets: false })],
        ["an access block that leaves one out", accessBlock({ blockPublicAcls: true })],
    ],
    "wildcard-action": [
        ["every action", policy(documentOf(allow({ Action: "*" })))],
        ["every action of a service", policy(documentOf(allow({ Action: ["s3:GetObject", "iam:*"] })))],
        ["all actions but some", policy(documentOf({ ...allow({ NotAction: "iam:*" }), Action: undefined }))],
        ["every action, as data", inlinePolicy({ Statement: allow({ Action: "*" }) })],
        ["every action in a role", role({ inlinePolicies: [{ policy: documentOf(allow({ Action: "*" })) }] })],
    ],
    "policy-too-long": [
        ["a managed policy of 6,145 characters without white space", policy(documentOfLength(6145))],
        ["an inline policy of 10,241 characters, as data", inlinePolicy(JSON.parse(documentOfLength(10_241)))],
    ],
    "environment-too-long": [["variables of 4,097 bytes as JSON", lambda(`${'"'.repeat(2044)}x`)]],
    "service-without-condition": [
        ["a trusted service without a source condition", trust(personalize)],
        ["CloudTrail together with Lambda without a condition", trust(both)],
        ["CloudTrail in a bucket policy without a condition", bucketPolicy(allow({ Principal: cloudTrail }))],
        ["Personalize in a bucket policy without a condition", bucketPolicy(allow({ Principal: personalize }))],
        ["a service with only an unrelated condition", byPersonalize({ Bool: { "aws:SecureTransport": "true" } })],
    ],
    "too-wide-managed-policy": [
        ["AdministratorAccess", attachment("role", "arn:aws-cn:iam::aws:policy/AdministratorAccess")],
        ["AmazonPersonalizeFullAccess", attachment("user", managed("service-role/AmazonPersonalizeFullAccess"))],
        ["AmazonS3ReadOnlyAccess", role({ managedPolicyArns: [managed("AmazonS3ReadOnlyAccess")] })],
    ],
    "unencrypted-bucket": [
        ["encryption without an algorithm", encryption({ bucketKeyEnabled: true })],
        ["encryption without a rule", encryption()],
    ],
};

describe("Resource rules", () => {
    for (const [what, resource] of accepted) {
        it(`the resource rules accept ${what}`, () => assert.deepEqual(rulesOf(resource), []));
    }
    for (const [rule, cases] of Object.entries(rejected)) {
        for (const [what, resource] of cases) {
            it(`the resource rules reject ${what}`, () => assert.deepEqual(rulesOf(resource), [rule]));
        }
    }

    it("the text of a violation contains the rule and the policy statement", () => {
        const [type, props] = policy(documentOf(allow({ Sid: "Everything", Action: ["iam:*"] })));
        assert.deepEqual(findViolations(type, props), [
            { rule: "wildcard-action", problem: "statement Everything allows iam:*" },
        ]);
    });
});
