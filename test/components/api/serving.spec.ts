import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { pickApiValues } from "../../../app/serving/service.ts";
import { Prefetch } from "../../../components/api/prefetch.ts";
import { RecommendationApi } from "../../../components/api/recommendation-api.ts";
import { fallbackTables, unmatchedPromotions } from "../../../components/api/serving.ts";
import { pageFiles } from "../../../components/storefront/page-files.ts";
import { dataWords, findImageOrigins } from "../../../components/storefront/page-words.ts";
import type { Manifest } from "../../../data-prep/manifest.ts";
import { prepare } from "../../../data-prep/prepare.ts";
import type { TablesDocument } from "../../../data-prep/tables/document.ts";
import { ratingsFile, syntheticRatings } from "../../../packages/local-personalize/test/interactions.ts";
import { tablesDocument } from "../../app/serving/api-harness.ts";
import { good } from "../../core/config/parsed.ts";
import { fake } from "../../support/fake.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { declaredResources, inputsOfNamed, requireInputs, settled, useMocks } from "../mocks.ts";

const caller = { partition: "aws", region: "eu-central-1", accountId: "123456789012" };
const price = { estimatedMonthlyCostUsd: 11.89, unparkedUsdPerMonth: 157.89, limitIsSet: false, monthlyLimitUsd: 198 };

async function makeApi(values: Record<string, string> = {}, { hosted = false, isClosed = false } = {}) {
    await useMocks();
    const config = good(values);
    const page = hosted ? { "index.html": new pulumi.asset.StringAsset("<html>") } : undefined;
    const [trackingId, watchedFilterArn] = ["tracker-1", "arn:of:unwatched"];
    const args = {
        config,
        manifest: fake<Manifest>({
            consumedTypes: ["purchase"],
            eventTypes: [{ name: "view", rows: 7 }],
            interactions: { fields: ["USER_ID", "ITEM_ID", "TIMESTAMP", "DEVICE"].map((name) => ({ name })) },
            noun: { one: "product", many: "products" },
        }),
        caller,
        experiment: config.experiment && { ...config.experiment, since: 5 },
        price,
        trackingId,
        watchedFilterArn,
        filterNames: Object.fromEntries(Object.keys(config.filters).map((key) => [key, `${key}-b`])),
        page,
        isClosed,
        imageOrigins: [],
        originToken: "token",
    };
    const api = new RecommendationApi("api", args);
    await settled();
    return { config, api };
}
const words = dataWords(undefined, { publicHistories: false });
const names = (type: string) =>
    declaredResources.filter((args) => args.type.endsWith(`:${type}`)).map(({ name }) => name);

const years = {
    field: { name: "YEAR", type: ["null", "int"] as const },
    values: ["1949", "1951"],
    films: tablesDocument.films.ids.map((_, at) => at % 2),
};

describe("RecommendationApi component", () => {
    it("the API function's configuration contains the stack's resources and the campaign's expected ARN", async () => {
        const { config } = await makeApi({
            eventTypes: '["Share"]',
            experiment: '{"name":"first"}',
            filters: JSON.stringify({
                comedies: 'INCLUDE ItemID WHERE Items.GENRES IN ("Comedy")',
                again: 'INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Watch")',
            }),
        });
        const made1 = inputsOfNamed("Function", "api");
        assert.deepEqual(
            [made1.name, made1.runtime, made1.architectures, made1.memorySize, made1.tracingConfig],
            [config.names.api, "nodejs24.x", ["arm64"], 512, undefined],
        );
        const apiConfig = JSON.parse(made1.environment.variables.API_CONFIG);
        const arn = (tail: string) => `arn:aws:personalize:eu-central-1:123456789012:${tail}`;
        assert.deepEqual(apiConfig, {
            ...JSON.parse(JSON.stringify(pickApiValues(config))),
            campaignArn: arn("campaign/movie-recommender-campaign"),
            experiment: { ...config.experiment, since: 5 },
            filters: { comedies: arn("filter/comedies-b"), again: arn("filter/again-b") },
            watchedFilterArn: "arn:of:unwatched",
            trackingId: "tracker-1",
            tableName: config.names.api,
            imageOrigins: [],
            originToken: "token",
            bucketName: "my-movie-recommender-data-123456789012-dev",
            noun: "product",
            watchedTypes: ["purchase"],
            eventTypes: ["view", "NotInterested", "Share"],
            contextFields: ["DEVICE"],
            campaignPerSecond: 1,
            cost: { campaignUsdPerHour: 0.2, estimatedUsdPerMonth: 157.89, limitIsSet: false, monthlyLimitUsd: 198 },
        });
        assert.deepEqual(apiConfig.filtersOfWatched, ["again"]);
        const { EXPERIMENT } = inputsOfNamed("Function", "api-table-operations").environment.variables;
        assert.deepEqual(JSON.parse(EXPERIMENT), apiConfig.experiment);
        const archive = made1.code as pulumi.asset.AssetArchive;
        assert.deepEqual(Object.keys(await archive.assets), ["index.mjs", "list-rules.json", "openapi.json"]);
        const { Statement } = JSON.parse(
            declaredResources.find(({ type, name }) => type.endsWith(":RolePolicy") && name === "api")?.inputs.policy,
        );
        const ofFilters = Statement.find(({ Sid }: { Sid: string }) => Sid === "UseFilters");
        const names1 = [config.names.watchedFilter, "comedies-b", "again-b"];
        assert.deepEqual(
            [ofFilters.Action, ofFilters.Resource],
            [["personalize:GetRecommendations"], names1.map((name) => arn(`filter/${name}`))],
        );
        // API Gateway invokes the API function synchronously. Its failures would never reach a dead-letter queue, so
        // the function has none.
        assert.deepEqual(names("FunctionEventInvokeConfig"), []);
        assert.deepEqual(requireInputs("Table").ttl, { attributeName: "expiresAt", enabled: true });
    });

    it("only the stack's API can invoke the function, and API changes cause a deployment", async () => {
        await makeApi();
        const { principal, sourceArn, sourceAccount } = requireInputs("Permission");
        // The permission has no sourceAccount, because it would then have no effect. The sourceArn already contains the
        // account.
        assert.deepEqual([principal, sourceAccount], ["apigateway.amazonaws.com", undefined]);
        assert.match(String(sourceArn), /\/\*\/\*$/);
        const before = requireInputs("Deployment").triggers.body;
        await makeApi({}, { hosted: true });
        assert.notEqual(requireInputs("Deployment").triggers.body, before);
    });

    it("by default, the API stage has throttling, no access logs and no API key", async () => {
        await makeApi({ throttle: '{"requestsPerSecond":100,"burst":200,"eventsPerSecond":2,"eventsBurst":"3"}' });
        const all = declaredResources
            .filter(({ type }) => type.endsWith(":MethodSettings"))
            .map(({ inputs }) => inputs);
        assert.deepEqual(
            all.map(({ methodPath, settings }) => [
                ...[methodPath, settings.throttlingRateLimit, settings.throttlingBurstLimit],
                ...[settings.dataTraceEnabled, settings.metricsEnabled],
            ]),
            [
                ["*/*", 1, 200, false, false],
                ["~1recommendations~1{userId}/GET", 100, 200, false, false],
                ["~1events/POST", 2, 3, false, false],
                ["~1{proxy+}/GET", 40, 200, false, false],
                ["~1storefront~1{proxy+}/GET", 10, 200, false, false],
            ],
        );
        assert.equal(requireInputs("Stage").accessLogSettings, undefined);
        await makeApi({}, { isClosed: true });
        const closed = declaredResources.filter(({ type }) => type.endsWith(":MethodSettings")).slice(-all.length);
        assert.deepEqual([...new Set(closed.map(({ inputs }) => inputs.settings.throttlingRateLimit))], [0]);
        assert.deepEqual([...new Set(closed.map(({ inputs }) => inputs.settings.throttlingBurstLimit))], [0]);
        await makeApi();
        assert.deepEqual(names("ApiKey"), []);
    });

    it("access logs contain no viewer IDs", async () => {
        await makeApi({ apiAccessLogs: "true", storefront: "none", apiKey: "true" });
        const { format } = requireInputs("Stage").accessLogSettings;
        assert.match(format, /\$context\.resourcePath/);
        assert.doesNotMatch(format, /\$context\.(path|identity)/);
        assert.deepEqual(names("UsagePlanKey"), ["api"]);
    });

    it("the component Prefetch creates a function and its hourly schedule", async () => {
        await useMocks();
        const config = good({ prefetchUsers: "5" });
        const [tableName, watchedFilterArn, failuresArn] = ["films", "arn:of:unwatched", "arn:of:failures"];
        const experiment = { name: "first", control: "popular", share: 50, windowHours: 24, since: 5 } as const;
        new Prefetch("prefetch", { config, experiment, caller, tableName, watchedFilterArn, failuresArn });
        await settled();
        assert.equal(requireInputs("Schedule").scheduleExpression, "rate(1 hour)");
        const prefetchConfig = JSON.parse(requireInputs("Function").environment.variables.PREFETCH_CONFIG);
        assert.deepEqual(
            [
                prefetchConfig.viewers,
                prefetchConfig.tableName,
                prefetchConfig.watchedFilterArn,
                prefetchConfig.experiment,
            ],
            [5, tableName, watchedFilterArn, experiment],
        );
    });
});

describe("Fallback tables and storefront files", () => {
    const dir = temporaryFolder();

    it("a promotion that matches no item, or whose column the tables lack, is a warning in the preview", () => {
        const document = { ...tablesDocument, films: { ...tablesDocument.films, attributes: [years] } };
        const of = (condition: string) => ({
            filter: `INCLUDE ItemID WHERE Items.${condition}`,
            percent: 10,
            from: "",
            until: "",
        });
        assert.deepEqual(unmatchedPromotions({ sale: of("YEAR > 1950") }, document), []);
        assert.match(unmatchedPromotions({ sale: of("YEAR > 3000") }, document).join(), /sale matches no item/);
        assert.match(
            unmatchedPromotions({ sale: of("PRICE > 1") }, document).join(),
            /does not fit.*npm run data-prep/,
        );
    });

    it("`fallbackTables` rejects tables that were made from a different interactions file", async () => {
        const [input, output] = [join(dir, "u.data"), join(dir, "interactions.csv")];
        await assert.rejects(
            fallbackTables(join(dir, "none.csv")),
            /there is no .*fallback-tables\.json.*npm run data-prep/s,
        );
        await writeFile(input, ratingsFile(syntheticRatings({ seed: 1 })));
        await prepare({ input, output, log: () => {} });
        assert.equal(await fallbackTables(output), join(dir, "fallback-tables.json"));
        const other = join(dir, "other.csv");
        await writeFile(other, "USER_ID,ITEM_ID,TIMESTAMP\n1,2,3\n");
        await assert.rejects(fallbackTables(other), /made from other interactions/);
    });

    it("`dataWords` returns the words for an item (film, product), and the event types", () => {
        assert.deepEqual(words, {
            noun: "film",
            nouns: "films",
            events: ["Watch"],
            publicHistories: false,
            credits: "MovieLens",
            viewers: 0,
        });
        const manifest = fake<Manifest>({
            noun: { one: "product", many: "products" },
            eventTypes: ["view", "NotInterested", "cart", "purchase", "refund"].map((name) => ({ name, rows: 7 })),
            sources: [{ dataset: "interactions", file: "orders.csv", sha256: "" }],
        });
        assert.deepEqual(dataWords(manifest, { publicHistories: true }), {
            noun: "product",
            nouns: "products",
            events: ["view", "cart", "purchase"],
            publicHistories: true,
            credits: "",
            viewers: 0,
        });
    });

    it("`findImageOrigins` returns the origins of the items' images, the most frequent first", () => {
        const image = (place: number) => ({
            image: `https://${place < 2 ? "cdn" : "other"}.shop.example/${place}.jpg`,
        });
        const tables = fake<TablesDocument>({
            films: {
                genres: [0, 1, 0],
                details: [
                    image(0),
                    { image: "javascript:alert(1)" },
                    { image: "https://x;connect-src/a.png" },
                    null,
                    image(1),
                    image(2),
                ],
            },
        });
        assert.deepEqual(findImageOrigins(tables), ["https://cdn.shop.example", "https://other.shop.example"]);
    });

    it("`pageFiles` escapes the event types that `pageFiles` inserts into HTML attributes", async () => {
        const dir = temporaryFolder();
        await writeFile(join(dir, "index.html"), '<html data-noun="%NOUN%" data-events="%EVENTS%">100%');
        const events = ['a"b<i>&\u00eb'];
        const [page] = pageFiles(dir, { api: "api", viewerAuth: "none", ...words, events });
        assert.deepEqual(page?.content, {
            text: '<html data-noun="film" data-events="[&quot;a\\&quot;b&lt;i&gt;&amp;\u00eb&quot;]">100%',
        });
    });

    it("`pageFiles` inserts the API's address into the page, and rejects unknown file types", async () => {
        await writeFile(join(dir, "index.html"), '<html data-api="%API%" data-viewer-auth="%VIEWER_AUTH%">');
        for (const file of ["u.data", "interactions.csv", "other.csv"]) await rm(join(dir, file), { force: true });
        const html = pageFiles(dir, { api: "api", viewerAuth: "jwt", ...words }).find(
            ({ name }) => name === "index.html",
        );
        assert.deepEqual(html?.content, { text: '<html data-api="api" data-viewer-auth="jwt">' });
        assert.equal(html?.contentType, "text/html; charset=utf-8");
        await writeFile(join(dir, "film.mp4"), "");
        assert.throws(() => pageFiles(dir, { api: "api", viewerAuth: "none", ...words }), /no known content type/);
    });
});
