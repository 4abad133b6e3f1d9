import assert from "node:assert/strict";
import { Storefront } from "../../../components/storefront/storefront.ts";
import { good } from "../../core/config/parsed.ts";
import { requireInputs, settled, useMocks } from "../mocks.ts";

const caller = { partition: "aws", region: "eu-central-1", accountId: "123456789012" };

async function makePage(values: Record<string, string> = {}, isClosed = false) {
    await useMocks();
    const config = good({ storefront: "cloudfront", ...values });
    const apiHost = "abc.execute-api.eu-central-1.amazonaws.com";
    const others = { caller, bucketName: "films", files: [], imageOrigins: [], originToken: "token", isClosed };
    new Storefront("page", { config, apiHost, ...others });
    await settled();
}
const cacheKey = () => requireInputs("CachePolicy").parametersInCacheKeyAndForwardedToOrigin;

describe("Storefront component (CloudFront)", () => {
    it("while the cost guard blocks requests to the API, the CloudFront distribution is disabled", async () => {
        await makePage();
        assert.equal(requireInputs("Distribution").enabled, true);
        await makePage({}, true);
        assert.equal(requireInputs("Distribution").enabled, false);
    });

    it("CloudFront sends its token to the API, and not to the page's bucket", async () => {
        await makePage();
        const [page, api] = requireInputs("Distribution").origins;
        assert.deepEqual(
            [page.customHeaders, api.customHeaders],
            [undefined, [{ name: "x-origin-token", value: "token" }]],
        );
    });

    it("CloudFront caches no 5xx response of the API", async () => {
        await makePage();
        assert.deepEqual(
            requireInputs("Distribution").customErrorResponses,
            [500, 502, 503, 504].map((errorCode) => ({ errorCode, errorCachingMinTtl: 0 })),
        );
    });

    it("CloudFront's cache key contains the Origin header if the configuration allows other origins", async () => {
        await makePage();
        assert.deepEqual(cacheKey().headersConfig, { headerBehavior: "none" });
        await makePage({ allowedOrigins: '["https://films.example"]' });
        assert.deepEqual(cacheKey().headersConfig, { headerBehavior: "whitelist", headers: { items: ["Origin"] } });
    });

    it("with `viewerAuth`, CloudFront's cache key contains the Authorization header", async () => {
        await makePage({ viewerAuth: '{"issuer":"https://login.example","audience":"films"}' });
        assert.deepEqual(cacheKey().headersConfig, {
            headerBehavior: "whitelist",
            headers: { items: ["Authorization"] },
        });
    });
});
