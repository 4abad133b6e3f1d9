import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { APIGateway } from "@aws-sdk/client-api-gateway";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { region } from "../../../../test/support/local-aws.ts";
import { cacheArgs, distributionArgs, headersArgs, oacArgs } from "../aws-plugin/edge-args.ts";
import { createPlugin, createUrn } from "../aws-plugin/life.ts";
import { account, administrator, allow, policy, useEnforcing } from "../gateway/enforcement/support.ts";
import { type Asked, ask } from "../gateway/web-pages/support.ts";
import { fetchSum } from "./metric-sums.ts";
import { answered, createDocument, deploy, importDocument, makeFunction } from "./rest-apis/support.ts";

const Bucket = "films-page";

describe("CloudFront distributions of the local AWS", () => {
    const aws = useEnforcing();
    let client: APIGateway;
    let host: string;
    let arn: string;

    /** Sends a viewer's request. The header `X-Forwarded-Proto: https` makes it an HTTPS request. */
    const view = (
        path: string,
        { scheme = "https", headers = {}, ...more }: Partial<Asked> & { readonly scheme?: string } = {},
    ) => ask(aws.instance.port, { ...more, path, headers: { host, "x-forwarded-proto": scheme, ...headers } });
    const open = (sourceArn: string) =>
        aws.admin.s3.putBucketPolicy({
            Bucket,
            Policy: policy({
                ...allow("s3:GetObject", `arn:aws:s3:::${Bucket}/*`, { StringEquals: { "aws:SourceArn": sourceArn } }),
                Principal: { Service: "cloudfront.amazonaws.com" },
            }),
        });
    before(async () => {
        client = aws.open(APIGateway);
        await makeFunction(aws);
        const any = { "x-amazon-apigateway-any-method": answered() };
        const paths = { "/films/{filmId}": any, "/events": any };
        const api = await importDocument(client, createDocument(paths));
        await deploy(aws, client, api);
        await aws.admin.s3.createBucket({ Bucket });
        for (const [Key, ContentType] of [
            ["index.html", "text/html"],
            ["assets/page.js", "text/javascript"],
        ] as const) {
            const CacheControl = Key === "index.html" ? "no-cache" : "max-age=31536000, immutable";
            await aws.admin.s3.putObject({ Bucket, Key, Body: `the page's ${Key}`, ContentType, CacheControl });
        }
        const plugin = createPlugin(aws);
        const make = (kind: string, args: Record<string, unknown>) =>
            plugin.create(createUrn(`aws:cloudfront/${kind}:${kind.charAt(0).toUpperCase()}${kind.slice(1)}`), args);
        const { id: originAccessControlId } = await make("originAccessControl", oacArgs());
        const { id: responseHeadersPolicyId } = await make("responseHeadersPolicy", headersArgs());
        const { id: cachePolicyId } = await make("cachePolicy", cacheArgs());
        const { origins, defaultCacheBehavior, orderedCacheBehaviors, ...common } = distributionArgs();
        const [page, more] = origins;
        const { outs } = await make("distribution", {
            ...common,
            origins: [
                { ...page, domainName: `${Bucket}.s3.${region}.amazonaws.com`, originAccessControlId },
                {
                    ...more,
                    domainName: `${api}.execute-api.${region}.amazonaws.com`,
                    customHeaders: [{ name: "x-origin-token", value: "token" }],
                },
            ],
            defaultCacheBehavior: { ...defaultCacheBehavior, responseHeadersPolicyId },
            orderedCacheBehaviors: orderedCacheBehaviors.map((each) => ({
                ...each,
                responseHeadersPolicyId,
                cachePolicyId,
            })),
            // Set errorCachingMinTtl to 0, because CloudFront otherwise caches an error for 10 s.
            customErrorResponses: [{ errorCode: 503, errorCachingMinTtl: 0 }],
        });
        host = String(outs?.domainName);
        arn = String(outs?.arn);
    });

    it("the distribution serves a page of a private bucket with the headers of the response headers policy", async () => {
        assert.match(host, /^[a-z0-9]+\.cloudfront\.net$/);
        assert.equal((await view("/")).status, 403);
        await open(`arn:aws:cloudfront::${account}:distribution/ANOTHER`);
        assert.equal((await view("/")).status, 403);
        await open(arn);
        const page = await view("/");
        assert.deepEqual([page.status, page.body], [200, "the page's index.html"]);
        assert.equal(page.headers["content-type"], "text/html");
        assert.equal(page.headers["cache-control"], "no-cache");
        assert.equal(page.headers["content-security-policy"], "default-src 'self'");
        assert.equal(page.headers["x-content-type-options"], "nosniff");
        assert.equal(page.headers["strict-transport-security"], "max-age=63072000; includeSubDomains");
        assert.equal((await view("/assets/page.js")).body, "the page's assets/page.js");
        assert.equal((await fetch(`${aws.url}/${Bucket}/index.html`)).status, 403);
        const plain = await view("/", { scheme: "http" });
        assert.deepEqual([plain.status, plain.headers.location], [301, `https://${host}/`]);
        assert.equal((await view("/", { method: "POST", body: "x" })).status, 403);
    });

    it("the distribution forwards API requests unchanged to the stage, except for the Host header", async () => {
        const values = '{"GENRE":"\\"Drama\\""}';
        const answer = await view(`/api/films/7?values=${encodeURIComponent(values)}`, {
            headers: { origin: `https://${host}`, "if-none-match": '"1"' },
        });
        assert.equal(answer.status, 200, answer.body);
        const event = JSON.parse(answer.body);
        assert.deepEqual(event.pathParameters, { filmId: "7" });
        assert.deepEqual(event.queryStringParameters, { values });
        assert.equal(event.headers["if-none-match"], '"1"');
        assert.equal(event.headers["x-origin-token"], "token");
        assert.match(event.headers.host, /^[a-z0-9]+\.execute-api\./);
        assert.equal(answer.headers["x-amzn-requestid"], event.requestContext.requestId);
        assert.equal(answer.headers["x-content-type-options"], "nosniff");
        const posted = await view("/api/events", { method: "POST", body: '{"itemId":"7"}' });
        assert.equal(JSON.parse(posted.body).body, '{"itemId":"7"}');
        assert.equal((await view("/api/nowhere")).status, 403);
    });

    it("the distribution removes the Authorization header of a GET if the cache key does not contain it", async () => {
        const headers = { authorization: "Bearer a-token" };
        const read = JSON.parse((await view("/api/films/7", { headers })).body);
        assert.equal(read.headers.authorization, undefined);
        const posted = JSON.parse((await view("/api/events", { method: "POST", body: "{}", headers })).body);
        assert.equal(posted.headers.authorization, headers.authorization);
    });

    it("CloudFront metrics exist only in us-east-1", async () => {
        const DistributionId = arn.split("/").at(-1) ?? "";
        const edgeSum = (client: CloudWatch, name: string) =>
            fetchSum(client, "AWS/CloudFront", name, { DistributionId, Region: "Global" });
        const [here, world] = [aws.open(CloudWatch), aws.open(CloudWatch, administrator, "us-east-1")];
        await sleep(1500);
        const before = {
            requests: await edgeSum(world, "Requests"),
            bytes: await edgeSum(world, "BytesDownloaded"),
        };
        const page = await view("/");
        while ((await edgeSum(world, "Requests")) === before.requests) await sleep(100);
        assert.equal(await edgeSum(world, "Requests"), before.requests + 1);
        assert.equal(await edgeSum(world, "BytesDownloaded"), before.bytes + page.body.length);
        assert.equal(await edgeSum(here, "Requests"), 0);
    });
});
