import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { authorize, type PolicyDocument, parsePolicy } from "policy-evaluator";

/** Policies of the role for Spark, read from docs/spark.md. */
function documentsOfPage(): PolicyDocument[] {
    const page = readFileSync(join(import.meta.dirname, "..", "..", "..", "docs", "spark.md"), "utf8");
    return [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = ""]) => {
        const parsed = parsePolicy(text, text.includes("Principal") ? "resource" : "identity");
        assert.ok("document" in parsed, JSON.stringify(parsed));
        return parsed.document;
    });
}

describe("Spark role in docs/spark.md", () => {
    const [trust, access] = documentsOfPage() as [PolicyDocument, PolicyDocument];
    const account = "123456789012";
    const role = { arn: `arn:aws:iam::${account}:role/data-prep-spark` };
    const may = (action: string, resource: string, context = {}) =>
        authorize(
            { caller: role, action, resource, context },
            { identity: [{ name: "access", document: access }] },
            account,
        ).decision === "allowed";
    const assumes = (service: string, context: Record<string, string>) =>
        authorize(
            { caller: { service }, action: "sts:AssumeRole", resource: role.arn, context },
            { resource: [{ name: "trust", document: trust }] },
            account,
        ).decision === "allowed";

    it("only EMR Serverless of this account can assume the Spark role", () => {
        const ours = {
            "aws:SourceAccount": account,
            "aws:SourceArn": `arn:aws:emr-serverless:eu-central-1:${account}:/applications/00abc`,
        };
        assert.ok(assumes("emr-serverless.amazonaws.com", ours));
        assert.ok(!assumes("glue.amazonaws.com", ours));
        assert.ok(!assumes("emr-serverless.amazonaws.com", { ...ours, "aws:SourceAccount": "999999999999" }));
        assert.ok(
            !assumes("emr-serverless.amazonaws.com", {
                ...ours,
                "aws:SourceArn": "arn:aws:emr-serverless:eu-central-1:999999999999:/applications/00abc",
            }),
        );
        assert.ok(!assumes("emr-serverless.amazonaws.com", {}));
    });

    it("the Spark role can read the Spark program, its options and the events, and write below one prefix", () => {
        const bucket = "arn:aws:s3:::my-clicks";
        for (const [action, key] of [
            ["s3:GetObject", "code/prepare.py"],
            ["s3:GetObject", "code/options.json"],
            ["s3:GetObject", "events/day=1/part-0.parquet"],
            ["s3:PutObject", "prepared/november/part-00000.csv"],
            ["s3:DeleteObject", "prepared/november/_temporary/0"],
            ["s3:AbortMultipartUpload", "prepared/november/part-00000.csv"],
            ["s3:GetObject", "prepared/november/part-00000.csv"],
        ] as const) {
            assert.ok(may(action, `${bucket}/${key}`), `${action} ${key}`);
        }
        for (const prefix of ["events/", "events/day=1/", "prepared/november/"]) {
            assert.ok(may("s3:ListBucket", bucket, { "s3:prefix": prefix }), prefix);
        }
    });

    it("the Spark role allows no other action on S3, and no action of IAM or Personalize", () => {
        const bucket = "arn:aws:s3:::my-clicks";
        for (const [action, resource] of [
            ["s3:PutObject", `${bucket}/code/prepare.py`],
            ["s3:DeleteObject", `${bucket}/events/day=1/part-0.parquet`],
            ["s3:PutObject", `${bucket}/events/new.parquet`],
            ["s3:GetObject", `${bucket}/secrets.txt`],
            ["s3:GetObject", "arn:aws:s3:::other/events/a"],
            ["s3:PutBucketPolicy", bucket],
            ["iam:PassRole", role.arn],
            ["personalize:CreateCampaign", "*"],
        ] as const) {
            assert.ok(!may(action, resource), `${action} ${resource}`);
        }
        assert.ok(!may("s3:ListBucket", bucket, { "s3:prefix": "" }));
        assert.ok(!may("s3:ListBucket", bucket));
    });
});
