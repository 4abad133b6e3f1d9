import assert from "node:assert/strict";
import {
    dataBucketPolicy,
    executionRolePolicy,
    executionRoleTrust,
    type ImportPlace,
    type PolicyDocument,
    type ServiceCaller,
    type Statement,
    toList,
} from "policy-evaluator";
import { findViolations } from "../../../core/iam/resource-rules.ts";
import { judgeImport } from "../../../packages/local-aws/gateway/import-authorization.ts";

const caller: ServiceCaller = { partition: "aws", region: "eu-central-1", accountId: "123456789012" };
const place: ImportPlace = { partition: "aws", bucketName: "films", readPrefixes: ["interactions.csv"] };

const trust = executionRoleTrust(caller);
const rolePolicy = executionRolePolicy(place);
const bucketPolicy = dataBucketPolicy(place, caller);
const onlyForUs = {
    StringEquals: { "aws:SourceAccount": "123456789012" },
    ArnLike: { "aws:SourceArn": "arn:aws:personalize:eu-central-1:123456789012:*" },
};

describe("Trust, role and bucket policy of an import", () => {
    it("the trust policy lets Personalize of this account and region assume the role", () => {
        assert.deepEqual(trust, {
            Version: "2012-10-17",
            Statement: [
                {
                    Sid: "PersonalizeOfThisAccount",
                    Effect: "Allow",
                    Principal: { Service: "personalize.amazonaws.com" },
                    Action: "sts:AssumeRole",
                    Condition: onlyForUs,
                },
            ],
        });
    });

    it("the bucket policy gives Personalize read access and denies requests without TLS", () => {
        const service = { Principal: { Service: "personalize.amazonaws.com" }, Condition: onlyForUs };
        assert.deepEqual(bucketPolicy, {
            Version: "2012-10-17",
            Statement: [
                {
                    Sid: "PersonalizeLists",
                    Effect: "Allow",
                    Action: "s3:ListBucket",
                    Resource: "arn:aws:s3:::films",
                    ...service,
                },
                {
                    Sid: "PersonalizeReadsInteractions",
                    Effect: "Allow",
                    Action: "s3:GetObject",
                    Resource: "arn:aws:s3:::films/interactions.csv*",
                    ...service,
                },
                {
                    Sid: "OnlyWithTls",
                    Effect: "Deny",
                    Principal: "*",
                    Action: "s3:*",
                    Resource: ["arn:aws:s3:::films", "arn:aws:s3:::films/*"],
                    Condition: { Bool: { "aws:SecureTransport": "false" } },
                },
            ],
        });
    });

    it("`bucketPolicyConditions: false` removes the account condition from the bucket policy only", () => {
        const open = dataBucketPolicy(place, caller, false);
        const statements = toList(open.Statement);
        assert.deepEqual(
            statements.filter(({ Effect }) => Effect === "Allow").map(({ Condition }) => Condition),
            [undefined, undefined],
        );
        assert.deepEqual(statements.at(-1), toList(bucketPolicy.Statement).at(-1), "TLS is still required");
        const type = "aws:s3/bucketPolicy:BucketPolicy";
        const rules = (choices?: { bucketPolicyConditions: boolean }) =>
            findViolations(type, { policy: JSON.stringify(open) }, choices).map(({ rule }) => rule);
        assert.deepEqual(rules(), ["service-without-condition"]);
        assert.deepEqual(rules({ bucketPolicyConditions: false }), []);
        const trust = JSON.stringify(open).replaceAll("personalize.amazonaws.com", "lambda.amazonaws.com");
        assert.equal(findViolations(type, { policy: trust }, { bucketPolicyConditions: false }).length, 1);
    });

    it("the import policies for the partition aws-cn contain no ARN of the partition aws", () => {
        const china = { partition: "aws-cn", region: "cn-north-1", accountId: "123456789012" };
        const there = { ...place, partition: "aws-cn" };
        const all = JSON.stringify([
            executionRoleTrust(china),
            executionRolePolicy(there),
            dataBucketPolicy(there, china),
        ]);
        assert.doesNotMatch(all, /arn:aws:/);
        assert.match(all, /arn:aws-cn:personalize:cn-north-1:123456789012:\*/);
        assert.match(all, /arn:aws-cn:s3:::films\/interactions\.csv\*/);
    });
});

describe("`judgeImport`", () => {
    const request = {
        roleArn: "arn:aws:iam::123456789012:role/AmazonPersonalize-ExecutionRole",
        bucket: "films",
        key: "interactions.csv",
        isPrefix: false,
        sourceArn: "arn:aws:personalize:eu-central-1:123456789012:dataset-import-job/first",
        sourceAccount: "123456789012",
        region: "eu-central-1",
    };
    const judge = (
        documents: { trust?: PolicyDocument; role?: PolicyDocument; bucket?: PolicyDocument },
        overrides = {},
    ) =>
        judgeImport({ ...request, ...overrides }, "aws", {
            trust: documents.trust ?? trust,
            rolePolicies: [{ name: "role policy", document: documents.role ?? rolePolicy }],
            bucketPolicies: [{ name: "bucket policy", document: documents.bucket ?? bucketPolicy }],
        });

    it("`judgeImport` allows the import if trust, role and bucket policy are complete", () => {
        assert.deepEqual(judge({}), { allowed: true });
    });

    const without = (document: PolicyDocument, sid: string): PolicyDocument => {
        const rest = statementsOf(document).filter((statement) => statement.Sid !== sid);
        assert.equal(rest.length, statementsOf(document).length - 1);
        return { ...document, Statement: rest };
    };
    const needed: readonly [string, Parameters<typeof judge>[0], string][] = [
        ["the trust policy's statement", { trust: without(trust, "PersonalizeOfThisAccount") }, "assume the role"],
        ["the role's ListBucket statement", { role: without(rolePolicy, "ListBucket") }, "read by the role's policies"],
        [
            "the role's GetObject statement",
            { role: without(rolePolicy, "ReadInteractions") },
            "read by the role's policies",
        ],
        [
            "the bucket policy's ListBucket statement",
            { bucket: without(bucketPolicy, "PersonalizeLists") },
            "read by the bucket policy",
        ],
        [
            "the bucket policy's GetObject statement",
            { bucket: without(bucketPolicy, "PersonalizeReadsInteractions") },
            "read by the bucket policy",
        ],
    ];
    for (const [what, documents, step] of needed) {
        it(`\`judgeImport\` denies the import without ${what}`, () => {
            const judgement = judge(documents);
            assert.ok(!judgement.allowed);
            assert.equal(judgement.step, step);
            assert.match(judgement.reason, /nothing allows it/);
        });
    }

    const strangers = {
        "another account": { sourceAccount: "999999999999" },
        "another region": { sourceArn: "arn:aws:personalize:us-east-1:123456789012:dataset-import-job/first" },
        "another service": { sourceArn: "arn:aws:s3:eu-central-1:123456789012:dataset-import-job/first" },
    };
    for (const [who, overrides] of Object.entries(strangers)) {
        it(`\`judgeImport\` denies the import on behalf of ${who}`, () => {
            const judgement = judge({}, overrides);
            assert.ok(!judgement.allowed);
            assert.equal(judgement.step, "assume the role");
            assert.match(judgement.reason, /aws:Source(Account|Arn) does not hold/);
        });
    }

    it("`judgeImport` denies reading an object that the policies do not name", () => {
        const judgement = judge({}, { key: "payroll.csv" });
        assert.ok(!judgement.allowed);
        assert.match(judgement.reason, /s3:GetObject on arn:aws:s3:::films\/payroll\.csv/);
    });

    it("`judgeImport` denies the import if the role policy requires aws:SourceArn", () => {
        const tooStrict = statementsOf(rolePolicy).map((statement) => ({ ...statement, Condition: onlyForUs }));
        const judgement = judge({ role: { ...rolePolicy, Statement: tooStrict } });
        assert.ok(!judgement.allowed);
        assert.equal(judgement.step, "read by the role's policies");
    });

    it("`judgeImport` denies the import if the bucket policy has a Deny for the role's session", () => {
        const veto: Statement = {
            Sid: "NotThisRole",
            Effect: "Deny",
            Principal: { AWS: request.roleArn },
            Action: "s3:GetObject",
            Resource: "arn:aws:s3:::films/*",
        };
        const judgement = judge({ bucket: { ...bucketPolicy, Statement: [...statementsOf(bucketPolicy), veto] } });
        assert.ok(!judgement.allowed);
        assert.equal(judgement.step, "read by the role's session");
        assert.match(judgement.reason, /denied by NotThisRole of the bucket policy/);
    });
});

function statementsOf(document: PolicyDocument): readonly Statement[] {
    return toList(document.Statement);
}
