import assert from "node:assert/strict";
import { Storefront } from "../../../components/storefront/storefront.ts";
import { configWith, inputsOf, settled, useMocks } from "../mocks.ts";

const caller = { partition: "aws", region: "eu-central-1", accountId: "123456789012" };

async function makePage(values: Record<string, string> = {}, isClosed = false) {
    await useMocks();
    const config = configWith({ storefront: "cloudfront", ...values });
    const apiHost = "abc.execute-api.eu-central-1.amazonaws.com";
    new Storefront("page", { config, caller, bucketName: "films", files: [], imageOrigins: [], apiHost, isClosed });
    await settled();
}
const cacheKey = () => inputsOf("CachePolicy").parametersInCacheKeyAndForwardedToOrigin;

describe("the page behind CloudFront", () => {
    it("is disabled while API and page are closed", async () => {
        await makePage();
        assert.equal(inputsOf("Distribution").enabled, true);
        await makePage({}, true);
        assert.equal(inputsOf("Distribution").enabled, false);
    });

    it("keeps no error of the API: by itself CloudFront would, for 10 s", async () => {
        await makePage();
        assert.deepEqual(
            inputsOf("Distribution").customErrorResponses,
            [500, 502, 503, 504].map((errorCode) => ({ errorCode, errorCachingMinTtl: 0 })),
        );
    });

    it("caches an answer by the caller's origin where other origins may call", async () => {
        await makePage();
        assert.deepEqual(cacheKey().headersConfig, { headerBehavior: "none" });
        await makePage({ allowedOrigins: '["https://films.example"]' });
        assert.deepEqual(cacheKey().headersConfig, { headerBehavior: "whitelist", headers: { items: ["Origin"] } });
    });

    it("has the viewer's token in the cache key with viewerAuth jwt: CloudFront removes it otherwise", async () => {
        await makePage({ viewerAuth: "jwt", viewerIssuer: "https://login.example", viewerAudience: "films" });
        assert.deepEqual(cacheKey().headersConfig, {
            headerBehavior: "whitelist",
            headers: { items: ["Authorization"] },
        });
    });
});
