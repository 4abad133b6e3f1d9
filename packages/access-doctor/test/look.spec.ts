import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { S3 } from "@aws-sdk/client-s3";
import { policyText } from "../fetch-bucket.ts";
import { createReader, fetched, limits, withSignal } from "../look.ts";

describe("reads from AWS by diagnose-access", () => {
    let answer: RequestListener;
    const server = createServer((request, response) => answer(request, response));
    let s3: S3;
    before(async () => {
        await once(server.listen(0, "127.0.0.1"), "listening");
        s3 = new S3({
            endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
            region: "eu-central-1",
            credentials: { accessKeyId: "test", secretAccessKey: "test" },
            forcePathStyle: true,
        });
    });
    after(() => {
        s3.destroy();
        server.closeAllConnections();
        server.close();
    });

    const refuse = (status: number, code: string, message: string) => {
        answer = (_request, response) =>
            response
                .writeHead(status, { "content-type": "application/xml" })
                .end(`<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
    };
    const lines: string[] = [];
    const read = (signal = new AbortController().signal, times = limits) =>
        fetched(
            createReader((line) => lines.push(line), signal, times),
            "s3:GetBucketPolicy",
            (ends) => policyText(withSignal(s3, ends), "films"),
        );

    it("if a read is denied, the result names the permission in AWS's message, or else the permission of the API call", async () => {
        refuse(403, "AccessDenied", "Access Denied");
        const denied = await read();
        assert.ok("unread" in denied);
        assert.equal(denied.needs, "s3:GetBucketPolicy");
        assert.match(denied.unread, /^s3:GetBucketPolicy is denied \(AccessDenied: Access Denied/);
        refuse(403, "AccessDenied", "User: x is not authorized to perform: kms:Decrypt on resource: y");
        const named = await read();
        assert.ok("unread" in named);
        assert.equal(named.needs, "kms:Decrypt");
    });

    it("a read denied by a VPC endpoint policy reports no missing permission", async () => {
        const why = "because no VPC endpoint policy allows the s3:GetBucketPolicy action";
        refuse(403, "AccessDenied", `User: x is not authorized to perform: s3:GetBucketPolicy ${why}`);
        const refused = await read();
        assert.ok("unread" in refused);
        assert.equal(refused.needs, undefined);
        assert.match(
            refused.unread,
            /VPC endpoint policy of this network refuses s3:GetBucketPolicy: .* another network/,
        );
    });

    it("a throttled read is not reported as denied", async () => {
        refuse(503, "SlowDown", "Please reduce your request rate.");
        const throttled = await fetched(
            createReader(() => {}, new AbortController().signal),
            "s3:GetBucketPolicy",
            (signal) => policyText(withSignal(s3, signal), "films"),
        );
        assert.ok("unread" in throttled);
        assert.match(throttled.unread, /^throttled: /);
        assert.equal(throttled.needs, undefined);
    });

    it("a read without an answer logs the permission that the read needs, and ends at the time limit", async () => {
        answer = () => {};
        lines.length = 0;
        const late = await read(undefined, { reports: 120, ends: 250 });
        assert.ok("unread" in late);
        assert.equal(late.unread, "s3:GetBucketPolicy: no answer within 0.25 s");
        assert.deepEqual(lines, ["waiting for s3:GetBucketPolicy: no answer for 0.12 s; the limit is 0.25 s"]);
    });

    it("Ctrl-C and rejected credentials end the diagnosis", async () => {
        answer = () => {};
        const controller = new AbortController();
        setTimeout(() => controller.abort(), 20);
        await assert.rejects(read(controller.signal), { name: "AbortError" });
        refuse(403, "ExpiredToken", "The provided token has expired.");
        await assert.rejects(read(), { name: "ExpiredToken" });
    });
});
