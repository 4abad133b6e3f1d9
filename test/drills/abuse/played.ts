import { APIGateway } from "@aws-sdk/client-api-gateway";
import { Lambda } from "@aws-sdk/client-lambda";
import { eventsPath, historyPath, listsPath, otherPaths, pagePath } from "../../../config/throttles.ts";
import { readManifest } from "../../../data-prep/manifest.ts";
import { assertExit, createSettings, type TestAws } from "../../support/local-aws.ts";
import { campaignHourUsd, hourUsd, type Load } from "./oracle.ts";

export interface Played {
    readonly loads: readonly (Load & {
        /** The method's key in the stage's settings. Attacks with the same key share a rate limit. */
        readonly path: string;
        readonly limit: number;
        readonly usd: number;
        readonly throttledText: string;
    })[];
    readonly campaignPerSecond: number;
    readonly campaignUsd: number;
    readonly worstUsdHour: number;
}

/** Number of parallel requests of an attack, enough to exceed the stage's burst limit. */
const sentAtOnce = 60;

/**
 * Sends each attack's requests to the program's stack with its default throttles, and calculates the cost of an hour of
 * the attack with the drill's own prices.
 */
export async function playOnStack(aws: TestAws, say: (line: string) => void): Promise<Played> {
    // Make histories public, because their responses are the largest.
    await aws.configure({ api: true, storefront: "api", publicHistories: true });
    say("pulumi up");
    assertExit(await aws.engine("up"), 0);
    const { apiUrl = "" } = await aws.outputs();
    const settings = createSettings(aws.instance);
    const [gateway, lambda] = [new APIGateway(settings), new Lambda(settings)];
    try {
        const { items = [] } = await gateway.getRestApis({});
        const stage = { restApiId: items[0]?.id, stageName: "api" };
        const { methodSettings = {} } = await gateway.getStage(stage);
        const limitOf = (path: string) => methodSettings[path]?.throttlingRateLimit ?? Number.NaN;
        const FunctionName = items[0]?.name ?? "";
        const { Environment } = await lambda.getFunctionConfiguration({ FunctionName });
        const apiConfig = JSON.parse(Environment?.Variables?.API_CONFIG ?? "{}");
        const campaignPerSecond = Number(apiConfig.campaignPerSecond ?? Number.POSITIVE_INFINITY);

        const loads: Played["loads"][number][] = [];
        const play = async (
            what: string,
            path: string,
            ask: (n: number) => Promise<Response>,
            more: Partial<Load> = {},
        ) => {
            const limit = limitOf(path);
            const first = await ask(0);
            const bytes = Buffer.byteLength(await first.text());
            const statuses = await Promise.all(
                Array.from({ length: sentAtOnce }, async (_, n) => {
                    const response = await ask(n + 1);
                    await response.arrayBuffer();
                    return response.status;
                }),
            );
            const throttled = statuses.filter((status) => status === 429).length;
            const load = {
                what,
                perSecond: limit,
                bytes,
                reads: 0,
                writes: 0,
                eventBytes: 0,
                milliseconds: 20,
                ...more,
            };
            loads.push({
                ...load,
                path,
                limit,
                usd: hourUsd(load),
                throttledText: `${throttled} of ${sentAtOnce} throttled`,
            });
            say(`${what}: ${loads.at(-1)?.throttledText}`);
        };
        const get = (path: string) => fetch(`${apiUrl}${path}`, { headers: { "accept-encoding": "identity" } });
        await play(
            "lists of invented viewers",
            listsPath,
            (n) => get(`/recommendations/stranger-${Math.random()}-${n}?numResults=100`),
            { reads: 1 },
        );
        const longest = "x".repeat(250);
        await play(
            "events with long ids",
            eventsPath,
            (n) =>
                fetch(`${apiUrl}/events`, {
                    method: "POST",
                    headers: { "content-type": "application/json" },
                    body: JSON.stringify({
                        userId: `stranger-${n}`,
                        sessionId: "s",
                        events: Array.from({ length: 10 }, (_, at) => ({
                            eventType: "Watch",
                            itemId: `${longest}${at}`,
                        })),
                    }),
                }),
            { reads: 2, writes: 7, eventBytes: 6 * 1024 },
        );
        const faulty = JSON.stringify({ userId: "s", sessionId: "s", events: Array(18_000).fill({}) });
        await play("bodies with thousands of faults", eventsPath, () =>
            fetch(`${apiUrl}/events`, { method: "POST", headers: { "content-type": "text/plain" }, body: faulty }),
        );
        for (const path of ["popular", "trending"]) {
            await play(path, `~1${path}/GET`, () => get(`/${path}?numResults=100`));
        }
        const [listed] = (await readManifest(aws.interactionsFile))?.viewers ?? [];
        await play("histories", historyPath, () => get(`/history/${listed}?limit=100`), { reads: 1 });
        await play("similar", "~1similar~1{itemId}/GET", (n) => get(`/similar/${n}?numResults=100`));
        await play("items", "~1items~1{itemId}/GET", (n) => get(`/items/${n}`));
        await play("health", "~1health/GET", () => get("/health"));
        const html = await (await get("/storefront/index.html")).text();
        const script = /src="\.?\/?([^"]+\.js)"/.exec(html)?.[1] ?? "index.html";
        await play("the page's script", pagePath, () => get(`/storefront/${script}`));
        await play("search", "~1items/GET", () => get("/items?query=a"));
        await play("description", "~1openapi.json/GET", () => get("/openapi.json"));
        const played = new Set(loads.map(({ path }) => path));
        const others = Object.keys(methodSettings).filter((path) => path !== otherPaths && !played.has(path));
        for (const path of others) {
            const [resource = "", method = ""] = path.replaceAll("~1", "/").split(/\/(?=[A-Z]+$)/);
            await play(path, path, () => fetch(`${apiUrl}${resource.replaceAll(/[{}]/g, "")}`, { method }));
        }
        const campaignUsd = campaignHourUsd(campaignPerSecond);
        const worst = [...Map.groupBy(loads, ({ path }) => path).values()].map((all) =>
            Math.max(...all.map(({ usd }) => usd)),
        );
        const worstUsdHour = campaignUsd + worst.reduce((sum, usd) => sum + usd, 0);
        return { loads, campaignPerSecond, campaignUsd, worstUsdHour };
    } finally {
        for (const client of [gateway, lambda]) client.destroy();
    }
}
