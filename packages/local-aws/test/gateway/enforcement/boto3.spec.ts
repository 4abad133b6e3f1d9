import assert from "node:assert/strict";
import { join } from "node:path";
import { assertExit } from "../../../../../test/support/local-aws.ts";
import { run } from "../../../pulumi.ts";
import { toolchain } from "../../../toolchain/env.mjs";
import { useEnforcing } from "./support.ts";

const ok = Object.fromEntries(
    ["iam", "s3", "sqs", "sns", "ssm", "lambda", "dynamodb", "personalize"]
        .concat("scheduler", "cloudwatch", "budgets", "events", "logs")
        .map((service) => [service, "ok"]),
);
const each = (others: Record<string, string>, rest: string) => ({
    ...Object.fromEntries(Object.keys(ok).map((service) => [service, rest])),
    ...others,
});

describe("boto3 on a local AWS with IAM enforcement", () => {
    const aws = useEnforcing();
    // biome-ignore lint/suspicious/noExplicitAny: each test reads different members of the JSON document
    let results: any;
    before(async () => {
        const script = join(import.meta.dirname, "boto3_client.py");
        const python = process.env.MOVIE_RECOMMENDER_PYTHON ?? toolchain(aws.instance.root).python;
        const result = await run(aws.instance, python, [script, "carl"], "captured");
        assertExit(result, 0);
        results = JSON.parse(result.stdout);
    });

    it("boto3 calls 13 services as administrator and as a limited user", () => {
        assert.deepEqual(results.administrator, ok);
        const refusals = { iam: "AccessDenied", sqs: "AccessDenied", sns: "AuthorizationError" };
        assert.deepEqual(results.user, each({ ...refusals, s3: "ok", dynamodb: "ok" }, "AccessDeniedException"));
    });

    it("a wrong or missing signature returns each service's own error code", () => {
        const wrong = Object.fromEntries(["iam", "s3", "sqs", "sns"].map((name) => [name, "SignatureDoesNotMatch"]));
        assert.deepEqual(
            results.wrongSecret,
            each({ ...wrong, cloudwatch: results.wrongSecret.cloudwatch }, "InvalidSignatureException"),
        );
        assert.match(results.wrongSecret.cloudwatch, /^(SignatureDoesNotMatch|InvalidSignatureException)$/);
        assert.deepEqual(
            Object.values(results.unsigned).filter((code) => code === "ok"),
            [],
        );
        assert.equal(results.unsigned.iam, "MissingAuthenticationToken");
        assert.equal(results.unsigned.s3, "AccessDenied");
        assert.equal(results.unsigned.personalize, "MissingAuthenticationTokenException");
    });

    it("boto3's signatures of special characters, multipart uploads and presigned URLs are accepted", () => {
        assert.equal(results.odd, "odd");
        assert.equal(results.parts, 12_000_000);
        assert.deepEqual(results.listed, ["ä b+c%20/(x)!'*~.txt"]);
        assert.deepEqual(results.link, [200, "odd"]);
        assert.equal(results.linkForAnother, 403);
        assert.equal(results.linkToPut, 403);
        assert.ok(results.linkElsewhere >= 400);
    });

    it("DeleteObjects needs permission on each object, however ?delete is encoded", () => {
        const [plain, spelt, kept] = results.deletions;
        for (const [status, body] of [plain, spelt]) {
            assert.equal(status, 403);
            assert.match(body, /s3:DeleteObject on resource: .*of-boto3\/kept.* with an explicit deny/);
        }
        assert.equal(kept, 4);
    });

    it("a query protocol request is denied if it contains no Action, two Actions or an unknown Action", () => {
        assert.equal(results.plain, 200);
        assert.equal(results.twoActions, 403);
        assert.equal(results.noForm, 403);
        assert.equal(results.noSuchAction, 403);
    });
});
