import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { buildStorefront } from "../../app/storefront/build.ts";
import { gatewayDocument, readApiDescription } from "../../components/api/api-document.ts";
import { approximately } from "../../config/prices.ts";
import { throttles, toRates } from "../../config/throttles.ts";
import { answerKb, edgeHourUsd, worstHour, worstHourUsd } from "../../cost/worst-hour.ts";
import { good } from "../config/parsed.ts";
import { read } from "../support/sources.ts";

const defaults = good();
const issuer = { issuer: "https://login.example", audience: "films", claim: "sub" };

describe("Worst hour of the API", () => {
    it("all requests that the default throttles let pass in an hour cost less than $1", () => {
        for (const storefront of ["api", "cloudfront"] as const) {
            const usd = worstHourUsd({ ...defaults, storefront });
            assert.ok(usd < 1, `${storefront}: $${usd}`);
        }
    });

    it("docs/security.md shows the cost of the worst hour by service, its sum, and an hour of CloudFront", () => {
        const more = (usd: number) => `${approximately(usd - worstHourUsd(defaults))} more`;
        const rows = [
            ...worstHour(defaults).map(({ what, usd }) => [what, approximately(usd)]),
            ["**total through API Gateway**", `**${approximately(worstHourUsd(defaults))}**`],
            [
                "with `observability.traces`: a trace of each request",
                more(worstHourUsd({ ...defaults, observability: { ...defaults.observability, traces: true } })),
            ],
            [
                "with `viewerAuth`: calls of viewers with a token",
                more(worstHourUsd({ ...defaults, viewerAuth: issuer })),
            ],
            ["with `storefront: cloudfront`: downloads at 1 Gbit/s", approximately(edgeHourUsd())],
        ];
        const table = ["| cost of an hour | default |", "|---|---|", ...rows.map((row) => `| ${row.join(" | ")} |`)];
        assert.ok(read("docs/security.md").includes(table.join("\n")), `docs/security.md lacks:\n${table.join("\n")}`);
    });

    it("a request to an unknown path has the price of the dearest known request", () => {
        const usdOf = (methodPath: string) =>
            worstHour(defaults, [{ ending: "", methodPath, rate: 10, burst: 0 }]).reduce(
                (sum, { usd }) => sum + usd,
                0,
            );
        const known = throttles(toRates(defaults)).map(({ methodPath }) => usdOf(methodPath));
        assert.equal(usdOf("~1posters~1{id}/GET"), Math.max(...known));
        assert.ok(usdOf("~1{proxy+}/ANY") < Math.max(...known));
    });

    it("the cost of the worst hour never falls if a throttle or the minimum TPS rises", () => {
        const whole = fc.integer({ min: 1, max: 5000 });
        fc.assert(
            fc.property(whole, whole, fc.integer({ min: 1, max: 200 }), (one, other, minProvisionedTPS) => {
                const of = (requestsPerSecond: number) =>
                    worstHourUsd({
                        ...defaults,
                        minProvisionedTPS,
                        throttle: { ...defaults.throttle, requestsPerSecond },
                    });
                assert.ok(of(Math.min(one, other)) <= of(Math.max(one, other)) + 1e-9);
            }),
        );
    });

    it("no file of the page and no API description is longer than the calculation assumes", async () => {
        const { directory } = await buildStorefront();
        const files = readdirSync(directory, { recursive: true, encoding: "utf8" });
        const longest = Math.max(...files.map((file) => statSync(join(directory, file)).size));
        assert.ok(longest <= answerKb.page * 1024, `${longest} bytes`);
        const description = JSON.stringify(readApiDescription()).length;
        assert.ok(description <= answerKb.other * 1024, `${description} bytes`);
    });
});

describe("Throttles of the API", () => {
    for (const storefront of ["api", "cloudfront"] as const) {
        it(`\`throttles\` returns a limit for every API method if \`storefront\` is ${storefront}`, () => {
            const wishes = { title: "t", invocation: "i", apiKey: false, otherOrigins: false };
            const page = storefront === "api";
            const { paths } = gatewayDocument(readApiDescription(), { ...wishes, page }) as {
                readonly paths: Readonly<Record<string, object>>;
            };
            const methods = Object.entries(paths).flatMap(([path, verbs]) =>
                Object.keys(verbs).map((verb) => `${path.replaceAll("/", "~1")}/${verb.toUpperCase()}`),
            );
            const own = throttles(toRates({ ...defaults, storefront })).map(({ methodPath }) => methodPath);
            assert.deepEqual(own.toSorted(), [...methods, "*/*"].toSorted());
        });
    }
});
