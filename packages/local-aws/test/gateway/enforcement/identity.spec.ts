import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { region } from "../../../../../test/support/local-aws.ts";
import { until } from "../../../../local-personalize/test/support.ts";
import { signedHeaders } from "../../signed.ts";
import { ask as send } from "../web-pages/support.ts";
import { allow, type Keys, keysOf, useEnforcing } from "./support.ts";

describe("Authentication on a local AWS with IAM enforcement", () => {
    const aws = useEnforcing();
    before(async () => {
        await aws.admin.s3.createBucket({ Bucket: "files" });
    });

    /** Calls each service and returns the error names that the SDK clients read from the denials. */
    async function namesOf(keys: Keys): Promise<string[]> {
        const { iam, s3, personalize, lambda } = aws.clientsOf(keys);
        const calls = [iam.listUsers({}), s3.listBuckets({}), personalize.listSchemas({}), lambda.listFunctions({})];
        const outcomes = await Promise.allSettled(calls);
        return outcomes.map((outcome) => (outcome.status === "fulfilled" ? "answered" : outcome.reason.name));
    }

    /** Sends a request with exactly the given headers, and returns the status. */
    const ask = async (path: string, headers: Record<string, string> = {}, method = "GET", body = "") =>
        (await send(aws.instance.port, { method, path, headers, body })).status;

    it("an unknown access key, or an account number as access key, is rejected", async () => {
        const unknown = ["InvalidClientTokenId", "InvalidAccessKeyId"];
        const inJson = ["UnrecognizedClientException", "UnrecognizedClientException"];
        const secretAccessKey = "test";
        assert.deepEqual(await namesOf({ accessKeyId: "AKIANOBODY0000000000", secretAccessKey }), [
            ...unknown,
            ...inJson,
        ]);
        assert.deepEqual(await namesOf({ accessKeyId: "000000000000", secretAccessKey }), [...unknown, ...inJson]);
    });

    it("a request without a signature is refused", async () => {
        assert.equal(await ask("/"), 403);
        assert.equal(await ask("/files"), 403);
        assert.equal(await ask("/", { "x-amz-target": "AmazonPersonalize.ListSchemas" }, "POST", "{}"), 400);
        const form = { "content-type": "application/x-www-form-urlencoded" };
        assert.equal(await ask("/", form, "POST", "Action=ListUsers&Version=2010-05-08"), 403);
        const { principal, decision } = (await aws.accesses()).at(-1) ?? {};
        assert.deepEqual([principal, decision], ["anonymous", "refused"]);
    });

    it("a user's access key works until it is deactivated", async () => {
        const ann = await aws.user("ann");
        const { Arn } = await ann.sts.getCallerIdentity({});
        assert.equal(Arn, ann.arn);
        const key = { UserName: "ann", AccessKeyId: ann.keys.accessKeyId };
        await aws.admin.iam.updateAccessKey({ ...key, Status: "Inactive" });
        await assert.rejects(ann.sts.getCallerIdentity({}), { name: "InvalidClientTokenId" });
        await aws.admin.iam.deleteAccessKey(key);
        await assert.rejects(ann.sts.getCallerIdentity({}), { name: "InvalidClientTokenId" });
    });

    it("requests with a session's keys need the session token, and fail after the session's duration", async () => {
        const bob = await aws.user("bob", allow("sts:AssumeRole"));
        const RoleArn = await aws.role("reader", { AWS: bob.arn }, allow("s3:ListAllMyBuckets"));
        const assume = { RoleArn, RoleSessionName: "short", DurationSeconds: 5 };
        const { Credentials } = await bob.sts.assumeRole(assume);
        const whole = keysOf(Credentials);
        const { sessionToken: _, ...keys } = whole;
        const list = (session: Keys) => aws.clientsOf(session).s3.listBuckets({});
        await list(whole);
        await assert.rejects(list({ ...keys, sessionToken: "another" }), { name: "InvalidToken" });
        await assert.rejects(list(keys), { name: "InvalidAccessKeyId" });
        const refused = await until(() =>
            list(whole).then(
                () => undefined,
                (error: Error) => error,
            ),
        );
        assert.equal(refused.name, "ExpiredToken");
        // MiniStack deletes expired sessions when it creates another session. A request with the deleted session must
        // still fail with ExpiredToken.
        await bob.sts.assumeRole(assume);
        await assert.rejects(list(whole), { name: "ExpiredToken" });
    });

    it("a federated user does not get the administrator's permissions", async () => {
        const dora = await aws.user("dora", allow("sts:GetFederationToken"));
        const { Credentials } = await dora.sts.getFederationToken({ Name: "guest", DurationSeconds: 900 });
        await assert.rejects(aws.clientsOf(keysOf(Credentials)).s3.listBuckets({}), { name: "AccessDenied" });
    });

    it("a request body of any length is accepted if its hash was signed", async () => {
        const { s3 } = aws.admin;
        const bytes = Buffer.alloc(3_000_000, "0123456789");
        await s3.putObject({ Bucket: "files", Key: "whole", Body: bytes });
        const Body = Readable.from([bytes.subarray(0, 1_000_000), bytes.subarray(1_000_000)]);
        await s3.putObject({ Bucket: "files", Key: "streamed", Body, ContentLength: bytes.length });
        for (const Key of ["whole", "streamed"]) {
            const response = await s3.getObject({ Bucket: "files", Key });
            assert.ok(bytes.equals(Buffer.from((await response.Body?.transformToByteArray()) ?? [])), Key);
        }
        // Simulates an attacker who changes only the body of a signed request.
        const put = new PutObjectCommand({ Bucket: "files", Key: "tampered", Body: "the order is 10" });
        put.middlewareStack.add(
            (next) => (args) => {
                const sent = args.request as { body: unknown };
                sent.body = "the order is 99";
                return next(args);
            },
            { step: "finalizeRequest", priority: "low", name: "tamper" },
        );
        put.middlewareStack.add(
            (next) => (args) => {
                const { headers } = args.request as { headers: Record<string, string> };
                headers["x-amz-content-sha256"] = createHash("sha256").update("the order is 10").digest("hex");
                return next(args);
            },
            { step: "build", priority: "low", name: "hash" },
        );
        await assert.rejects(s3.send(put), { name: "XAmzContentSHA256Mismatch" });
        await assert.rejects(s3.getObject({ Bucket: "files", Key: "tampered" }), {
            name: "NoSuchKey",
        });
    });

    it("MiniStack's administrative paths are refused, even in an encoded form or with additional slashes", async () => {
        const spellings = [
            "/_ministack/reset",
            "//_ministack/reset",
            "/%5Fministack/reset",
            "/_localstack/health",
            "/health",
        ];
        for (const path of spellings) {
            assert.equal(await ask(path, {}, "POST"), 403, path);
        }
        assert.equal(await ask("/_aws/execute-api/a/b/../../../../_ministack/reset", {}, "POST"), 404);
        const { Buckets } = await aws.admin.s3.listBuckets({});
        assert.deepEqual(
            Buckets?.map(({ Name }) => Name),
            ["files"],
        );
    });

    it("a web page's signed request to a public endpoint is refused", async () => {
        const path = "/_aws/execute-api/abcdef12/api/films";
        const signed = signedHeaders("GET", new URL(`${aws.url}${path}`), "", region, "execute-api");
        assert.equal(await ask(path, signed), 404);
        assert.equal(await ask(path, { ...signed, origin: "http://elsewhere.example" }), 403);
    });
});
