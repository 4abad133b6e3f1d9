import assert from "node:assert/strict";
import { dataBucketPolicy, executionRolePolicy, executionRoleTrust } from "policy-evaluator";
import { findViolations } from "../../../core/iam/resource-rules.ts";

const caller = { partition: "aws", region: "eu-central-1", accountId: "123456789012" };
const place = { partition: "aws", bucketName: "films", readPrefixes: ["a.csv"], writePrefix: "out/" };
const documentOf = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const allow = (more: object) => ({ Effect: "Allow", Action: "s3:GetObject", Resource: "*", ...more });
const rulesOf = (type: string, props: Record<string, unknown>) => findViolations(type, props).map(({ rule }) => rule);

const bucketPolicy = "aws:s3/bucketPolicy:BucketPolicy";
const policy = "aws:iam/policy:Policy";
const role = "aws:iam/role:Role";
const rolePolicy = "aws:iam/rolePolicy:RolePolicy";
const lambda = "aws:lambda/function:Function";
const emptyLength = documentOf(allow({ Resource: "" })).length;
const environmentOf = (A: string) => ({ environment: { variables: { A } } });
const closed = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
const accessBlock = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const encryption = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const personalize = { Service: "personalize.amazonaws.com" };
const cloudTrail = { Service: "cloudtrail.amazonaws.com" };
const output = { __pulumiOutput: true };

const cases: [what: string, type: string, props: Record<string, unknown>, rules: string[]][] = [
    [
        "a bucket that anyone may read",
        bucketPolicy,
        { policy: documentOf(allow({ Principal: "*" })) },
        ["public-access"],
    ],
    [
        "a bucket that AWS: * may read",
        bucketPolicy,
        { policy: documentOf(allow({ Principal: { AWS: ["*"] } })) },
        ["public-access"],
    ],
    [
        "a bucket policy with NotPrincipal",
        bucketPolicy,
        { policy: documentOf(allow({ NotPrincipal: { AWS: "1" } })) },
        ["public-access"],
    ],
    [
        "a deny for all",
        bucketPolicy,
        { policy: documentOf({ ...allow({ Principal: "*" }), Effect: "Deny", Action: "s3:*" }) },
        [],
    ],
    [
        "a bucket that an organization may read",
        bucketPolicy,
        { policy: documentOf(allow({ Principal: "*", Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } })) },
        [],
    ],
    ...["sns/topicPolicy:TopicPolicy", "sns/topic:Topic", "sqs/queuePolicy:QueuePolicy", "sqs/queue:Queue"].map(
        (type): (typeof cases)[number] => [
            `${type} with a policy for everyone`,
            `aws:${type}`,
            { policy: documentOf(allow({ Principal: "*" })) },
            ["public-access"],
        ],
    ),
    [
        "a role that everyone may assume",
        role,
        { assumeRolePolicy: documentOf(allow({ Action: "sts:AssumeRole", Principal: { AWS: "*" } })) },
        ["public-access"],
    ],
    ["a public ACL", "aws:s3/bucketAcl:BucketAcl", { acl: "public-read" }, ["public-access"]],
    ["a private ACL", "aws:s3/bucketAcl:BucketAcl", { acl: "private" }, []],
    ["a closed access block", accessBlock, closed, []],
    [
        "an access block without restrictPublicBuckets",
        accessBlock,
        { ...closed, restrictPublicBuckets: false },
        ["public-access"],
    ],
    ["an access block that leaves one out", accessBlock, { blockPublicAcls: true }, ["public-access"]],
    ["an access block that is not known yet", accessBlock, { ...closed, blockPublicAcls: output }, []],
    ["every action", policy, { policy: documentOf(allow({ Action: "*" })) }, ["wildcard-action"]],
    [
        "every action of a service",
        policy,
        { policy: documentOf(allow({ Action: ["s3:GetObject", "iam:*"] })) },
        ["wildcard-action"],
    ],
    [
        "all actions but some",
        policy,
        { policy: documentOf({ ...allow({ NotAction: "iam:*" }), Action: undefined }) },
        ["wildcard-action"],
    ],
    ["many actions of a kind", policy, { policy: documentOf(allow({ Action: "s3:Get*" })) }, []],
    [
        "every action, as data",
        "aws:iam/rolePolicy:RolePolicy",
        { policy: { Statement: allow({ Action: "*" }) } },
        ["wildcard-action"],
    ],
    [
        "every action in a role",
        role,
        { inlinePolicies: [{ name: "a", policy: documentOf(allow({ Action: "*" })) }] },
        ["wildcard-action"],
    ],
    [
        "a managed policy of 6,145 characters without white space",
        policy,
        { policy: documentOf(allow({ Resource: "x".repeat(6145 - emptyLength) })) },
        ["policy-too-long"],
    ],
    [
        "a managed policy of 6,144 characters and white space",
        policy,
        { policy: `${documentOf(allow({ Resource: "x".repeat(6144 - emptyLength) }))}${" ".repeat(99)}` },
        [],
    ],
    [
        "an inline policy of 10,241 characters, as data",
        rolePolicy,
        { policy: JSON.parse(documentOf(allow({ Resource: "x".repeat(10_241 - emptyLength) }))) },
        ["policy-too-long"],
    ],
    [
        "an inline policy of 10,240 characters",
        rolePolicy,
        { policy: documentOf(allow({ Resource: "x".repeat(10_240 - emptyLength) })) },
        [],
    ],
    ["variables of 4,097 bytes as JSON", lambda, environmentOf(`${'"'.repeat(2044)}x`), ["environment-too-long"]],
    ["variables of 4,096 bytes as JSON", lambda, environmentOf('"'.repeat(2044)), []],
    ["variables that are not known yet", lambda, { environment: { variables: { A: output } } }, []],
    ["a policy that is not known yet", policy, { policy: output }, []],
    ["a policy that is not JSON, which IAM rejects", policy, { policy: "{" }, []],
    [
        "a trusted service without a source condition",
        role,
        { assumeRolePolicy: documentOf({ Effect: "Allow", Principal: personalize, Action: "sts:AssumeRole" }) },
        ["service-without-condition"],
    ],
    [
        "CloudTrail, whose role must have no source condition",
        role,
        { assumeRolePolicy: documentOf({ Effect: "Allow", Principal: cloudTrail, Action: "sts:AssumeRole" }) },
        [],
    ],
    [
        "CloudTrail together with Lambda without a condition",
        role,
        {
            assumeRolePolicy: documentOf({
                Effect: "Allow",
                Principal: { Service: ["cloudtrail.amazonaws.com", "lambda.amazonaws.com"] },
                Action: "sts:AssumeRole",
            }),
        },
        ["service-without-condition"],
    ],
    [
        "CloudTrail in a bucket policy without a condition",
        bucketPolicy,
        { policy: documentOf(allow({ Principal: cloudTrail })) },
        ["service-without-condition"],
    ],
    [
        "Personalize in a bucket policy without a condition",
        bucketPolicy,
        { policy: documentOf(allow({ Principal: personalize })) },
        ["service-without-condition"],
    ],
    [
        "a service with only an unrelated condition",
        bucketPolicy,
        {
            policy: documentOf(
                allow({ Principal: personalize, Condition: { Bool: { "aws:SecureTransport": "true" } } }),
            ),
        },
        ["service-without-condition"],
    ],
    [
        "a service with aws:SourceAccount",
        bucketPolicy,
        {
            policy: documentOf(
                allow({ Principal: personalize, Condition: { StringEquals: { "AWS:sourceaccount": "1" } } }),
            ),
        },
        [],
    ],
    [
        "AdministratorAccess",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        { policyArn: "arn:aws-cn:iam::aws:policy/AdministratorAccess" },
        ["too-wide-managed-policy"],
    ],
    [
        "AmazonPersonalizeFullAccess",
        "aws:iam/userPolicyAttachment:UserPolicyAttachment",
        { policyArn: "arn:aws:iam::aws:policy/service-role/AmazonPersonalizeFullAccess" },
        ["too-wide-managed-policy"],
    ],
    [
        "AmazonS3ReadOnlyAccess",
        role,
        { managedPolicyArns: ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"] },
        ["too-wide-managed-policy"],
    ],
    [
        "another AWS managed policy",
        role,
        { managedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"] },
        [],
    ],
    [
        "encryption by S3's keys",
        encryption,
        { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
        [],
    ],
    ["encryption without an algorithm", encryption, { rules: [{ bucketKeyEnabled: true }] }, ["unencrypted-bucket"]],
    ["encryption without a rule", encryption, { rules: [] }, ["unencrypted-bucket"]],
    ["our own bucket policy", bucketPolicy, { policy: JSON.stringify(dataBucketPolicy(place, caller)) }, []],
    ["our own trust policy", role, { assumeRolePolicy: JSON.stringify(executionRoleTrust(caller)) }, []],
    [
        "our own role policy",
        "aws:iam/rolePolicy:RolePolicy",
        { policy: JSON.stringify(executionRolePolicy(place)) },
        [],
    ],
];

describe("Resource rules", () => {
    for (const [what, type, props, rules] of cases) {
        it(`the resource rules ${rules.length > 0 ? "reject" : "accept"} ${what}`, () => {
            assert.deepEqual(rulesOf(type, props), rules);
        });
    }

    it("the text of a violation contains the rule and the policy statement", () => {
        const props = { policy: documentOf(allow({ Sid: "Everything", Action: ["iam:*"] })) };
        assert.deepEqual(findViolations(policy, props), [
            { rule: "wildcard-action", problem: "statement Everything allows iam:*" },
        ]);
    });
});
