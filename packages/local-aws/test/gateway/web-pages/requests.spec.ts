import assert from "node:assert/strict";
import { itemAt } from "../../../../../test/support/item-at.ts";
import { signedHeaders } from "../../signed.ts";
import { useEnforcing } from "../enforcement/support.ts";
import { type Asked, ask, iamGet, lambdaPost, resourceNames } from "./support.ts";

/** The headers that browsers add to requests of pages. */
const pages: Record<string, Record<string, string>> = {
    "a page of another site": { origin: "http://evil.example", "sec-fetch-site": "cross-site" },
    "a page of another port of this machine": { origin: "http://localhost:3000", "sec-fetch-site": "same-site" },
    "a file, or a frame in a sandbox": { origin: "null", "sec-fetch-site": "cross-site" },
    "an image or a no-cors GET": { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" },
    "a page of the storefront's origin": { "sec-fetch-site": "same-origin" },
    "a browser without fetch metadata": {
        "user-agent": "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Safari/605.1.15",
    },
};

for (const enforce of [true, false]) {
    describe(`Browser requests to a local AWS ${enforce ? "with" : "without"} IAM enforcement`, () => {
        const aws = useEnforcing(enforce);
        let here: string;
        before(() => {
            here = `127.0.0.1:${aws.instance.port}`;
        });

        /** Sends each request and returns the names of the requests that were not refused. */
        async function open(requests: Readonly<Record<string, Asked>>): Promise<string[]> {
            const acceptedNames: string[] = [];
            for (const [name, request] of Object.entries(requests)) {
                const { status, headers } = await ask(aws.instance.port, request);
                const cors = Object.keys(headers).filter((header) => header.startsWith("access-control-"));
                if (status !== 403 || cors.length > 0)
                    acceptedNames.push(`${name}: ${status} ${cors.join(" ")}`.trim());
            }
            return acceptedNames;
        }

        it("a request with a foreign Host header returns 403 and changes nothing", async () => {
            const names = [
                "evil.example",
                `evil.example:${aws.instance.port}`,
                "127.0.0.1.evil.example",
                "localhost.evil.example",
                "abc.execute-api.evil.example",
                "abcdef12.execute-api.eu-central-1.amazonaws.com.evil.example",
                "abc.lambda-url.evil.example",
                "abc.cloudfront.evil.example",
                "abc.cloudfront.net",
                "files.s3.evil.example",
                "iam.amazonaws.com",
                "0.0.0.0",
                "192.168.0.1",
            ];
            const create = names.map((host, index) =>
                iamGet(host, { Action: "CreateUser", UserName: `rebound${index}` }),
            );
            assert.deepEqual(
                await open(Object.fromEntries(names.map((name, index) => [name, itemAt(create, index)]))),
                [],
            );
            const host = `evil.example:${aws.instance.port}`;
            const invoked = await ask(aws.instance.port, lambdaPost(host, "rebound", false));
            assert.equal(invoked.status, 403, invoked.body);
            assert.match(invoked.body, /answers 127\.0\.0\.1 and localhost/);
            assert.deepEqual(await resourceNames(aws.admin), []);
        });

        it("a signed request with a foreign Origin header returns 403", async () => {
            const requests: Record<string, Asked> = {};
            for (const [name, headers] of Object.entries(pages)) {
                const UserName = `page${Object.keys(requests).length}`;
                requests[`${name}: GET`] = iamGet(here, { Action: "CreateUser", UserName }, headers);
                requests[`${name}: POST`] = lambdaPost(here, UserName, false, headers);
                requests[`${name}: form`] = {
                    method: "POST",
                    path: "/",
                    headers: { host: here, "content-type": "application/x-www-form-urlencoded", ...headers },
                    body: `Action=CreateUser&UserName=${UserName}f&Version=2010-05-08`,
                };
            }
            assert.deepEqual(await open(requests), []);
            assert.deepEqual(await resourceNames(aws.admin), []);
        });

        it("preflight requests and WebSocket upgrades return 403", async () => {
            const preflight = { origin: "http://evil.example", "access-control-request-method": "POST" };
            const upgrade = {
                connection: "Upgrade",
                upgrade: "websocket",
                "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
                "sec-websocket-version": "13",
            };
            assert.deepEqual(
                await open({
                    preflight: { method: "OPTIONS", path: "/", headers: { host: here, ...preflight } },
                    "of a bucket": { method: "OPTIONS", path: "/files/key", headers: { host: here, ...preflight } },
                    socket: { path: "/", headers: { host: here, origin: "http://evil.example", ...upgrade } },
                    "without an origin": { path: "/_aws/execute-api/abc/api", headers: { host: here, ...upgrade } },
                }),
                [],
            );
        });

        it("browser requests to /_local and /_ministack return 403", async () => {
            const requests: Record<string, Asked> = {};
            const own = ["status", "rounds", "requests", "access", "clock", "forms", "faults"];
            const paths = [...own.map((name) => `/_local/${name}`), "/_ministack/reset", "/_ministack/health"];
            const all: typeof pages = { ...pages, rebinding: { host: "evil.example" } };
            for (const [name, headers] of Object.entries(all)) {
                for (const path of paths) {
                    for (const method of ["GET", "POST", "PUT", "DELETE"]) {
                        requests[`${name}: ${method} ${path}`] = { method, path, headers };
                    }
                }
            }
            assert.deepEqual(await open(requests), []);
        });

        it("a browser request with the host or path of a public endpoint reaches only this endpoint", async () => {
            const form = "Action=CreateUser&UserName=behind&Version=2010-05-08";
            const headers = { origin: "http://evil.example", "content-type": "application/x-www-form-urlencoded" };
            const hosts = [
                "abcdef12.execute-api.localhost",
                "abc.execute-api.localhost",
                `${"a1".repeat(16)}.lambda-url.eu-central-1.localhost`,
                "a.lambda-url.eu-central-1.localhost",
                "abc.cloudfront.localhost",
                "abc.cloudfront.net",
            ];
            const paths = ["/_aws/execute-api/a/b", "/restapis/a/b/_user_request_", "/_aws/lambda-url/abc"];
            for (const [host, path] of [...hosts.map((each) => [each, "/"]), ...paths.map((each) => [here, each])]) {
                const url = new URL(`http://${host}${path}`);
                const signed = signedHeaders("POST", url, form, "us-east-1", "iam");
                for (const authorized of [{}, signed]) {
                    const sent = { host: host as string, ...headers, ...authorized };
                    const request = { method: "POST", path: path as string, headers: sent, body: form };
                    const { status } = await ask(aws.instance.port, request);
                    assert.ok(status >= 400, `${host}${path}: ${status}`);
                }
            }
            assert.deepEqual(await resourceNames(aws.admin), []);
        });

        it("a public host or path reaches neither /_local nor Personalize", async () => {
            const hosts = [
                "abcdef12.execute-api.localhost",
                "x.execute-api.localhost",
                "abc.cloudfront.net",
                "a.localhost",
            ];
            const clock = () => ask(aws.instance.port, { path: "/_local/clock", headers: { host: here } });
            const ahead = JSON.parse((await clock()).body).aheadSeconds;
            const advance = JSON.stringify({ advanceSeconds: 3600 });
            const list = {
                "x-amz-target": "AmazonPersonalize.ListSchemas",
                "content-type": "application/x-amz-json-1.1",
            };
            for (const host of hosts) {
                const posted = { method: "POST", path: "/_local/clock", headers: { host }, body: advance };
                assert.ok((await ask(aws.instance.port, posted)).status >= 400, host);
                const signed = signedHeaders("POST", new URL(`http://${host}/`), "{}", "us-east-1", "personalize");
                const headers = {
                    host,
                    ...list,
                    ...signed,
                    origin: "http://evil.example",
                    "sec-fetch-site": "cross-site",
                };
                const { status, body } = await ask(aws.instance.port, {
                    method: "POST",
                    path: "/",
                    headers,
                    body: "{}",
                });
                assert.ok(status >= 400 && !body.includes("schemas"), `${host}: ${status} ${body}`);
            }
            const dotted = "/_aws/execute-api/a/b/../../../../_local/clock";
            const posted = { method: "POST", path: dotted, headers: { host: here }, body: advance };
            assert.ok((await ask(aws.instance.port, posted)).status >= 400);
            assert.equal(JSON.parse((await clock()).body).aheadSeconds, ahead);
        });

        it("MiniStack's port returns 403 without the gateway's secret", async () => {
            const { miniStackPort } = aws.instance;
            const host = `127.0.0.1:${miniStackPort}`;
            const requests = [
                iamGet(host, { Action: "CreateUser", UserName: "past" }),
                lambdaPost(host, "past", false, { origin: "http://evil.example" }),
                lambdaPost(host, "past", true, { origin: "http://evil.example" }),
                { path: "/_ministack/health" },
                { method: "POST", path: "/_ministack/reset" },
                { path: "/", headers: { "x-from-gateway": "guess", "x-judged-by-gateway": "true" } },
                { method: "OPTIONS", path: "/", headers: { origin: "null", "access-control-request-method": "POST" } },
            ];
            for (const each of requests) {
                const { status, headers, body } = await ask(miniStackPort, each);
                const cors = Object.keys(headers).filter((name) => name.startsWith("access-control-"));
                assert.deepEqual([status, cors], [403, []], `${each.path}: ${body.slice(0, 200)}`);
            }
            assert.deepEqual(await resourceNames(aws.admin), []);
        });
    });
}
