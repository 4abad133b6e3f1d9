import assert from "node:assert/strict";
import { join } from "node:path";
import { assertExit } from "../../../../../test/support/local-aws.ts";
import { run } from "../../../pulumi.ts";
import { toolchain } from "../../../toolchain/env.mjs";
import { type Enforcing, startEnforcing } from "./support.ts";

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
    let aws: Enforcing;
    // biome-ignore lint/suspicious/noExplicitAny: the JSON has many shapes, and each test reads other members
    let seen: any;
    before(async () => {
        aws = await startEnforcing();
        const script = join(import.meta.dirname, "boto3_client.py");
        const python = process.env.MOVIE_RECOMMENDER_PYTHON ?? toolchain(aws.instance.root).python;
        const result = await run(aws.instance, python, [script, "carl"], "captured");
        assertExit(result, 0);
        seen = JSON.parse(result.stdout);
    });
    after(() => aws?.discard());

    it("boto3 calls 13 services as administrator and as a limited user", () => {
        assert.deepEqual(seen.administrator, ok);
        const refusals = { iam: "AccessDenied", sqs: "AccessDenied", sns: "AuthorizationError" };
        assert.deepEqual(seen.user, each({ ...refusals, s3: "ok", dynamodb: "ok" }, "AccessDeniedException"));
    });

    it("a wrong or missing signature returns each service's own error code", () => {
        const wrong = Object.fromEntries(["iam", "s3", "sqs", "sns"].map((name) => [name, "SignatureDoesNotMatch"]));
        assert.deepEqual(
            seen.wrongSecret,
            each({ ...wrong, cloudwatch: seen.wrongSecret.cloudwatch }, "InvalidSignatureException"),
        );
        assert.match(seen.wrongSecret.cloudwatch, /^(SignatureDoesNotMatch|InvalidSignatureException)$/);
        assert.deepEqual(
            Object.values(seen.unsigned).filter((code) => code === "ok"),
            [],
        );
        assert.equal(seen.unsigned.iam, "MissingAuthenticationToken");
        assert.equal(seen.unsigned.s3, "AccessDenied");
        assert.equal(seen.unsigned.personalize, "MissingAuthenticationTokenException");
    });

    it("boto3's signatures of special characters, multipart uploads and presigned URLs are accepted", () => {
        assert.equal(seen.odd, "odd");
        assert.equal(seen.parts, 12_000_000);
        assert.deepEqual(seen.listed, ["ä b+c%20/(x)!'*~.txt"]);
        assert.deepEqual(seen.link, [200, "odd"]);
        assert.equal(seen.linkForAnother, 403);
        assert.equal(seen.linkToPut, 403);
        assert.ok(seen.linkElsewhere >= 400);
    });

    it("DeleteObjects needs permission on each object, however ?delete is encoded", () => {
        const [plain, spelt, kept] = seen.deletions;
        for (const [status, body] of [plain, spelt]) {
            assert.equal(status, 403);
            assert.match(body, /s3:DeleteObject on resource: .*of-boto3\/kept.* with an explicit deny/);
        }
        assert.equal(kept, 4);
    });

    it("a query protocol request without exactly one known Action is denied", () => {
        assert.equal(seen.plain, 200);
        assert.equal(seen.twoActions, 403);
        assert.equal(seen.noForm, 403);
        assert.equal(seen.noSuchAction, 403);
    });
});
