import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import type { FilmListAnswer } from "../../app/api/names.ts";
import { fetchMovieLens } from "../../data-prep/movielens.ts";
import { type PrepareOptions, prepare } from "../../data-prep/prepare.ts";
import { portOf } from "../../packages/local-personalize/wire/http.ts";
import { assertExit, startTestAws } from "../../test/support/local-aws.ts";
import { shop } from "../../test/support/shop.ts";
import { until } from "../../test/support/until.ts";
import { log } from "../lib/goals.ts";

const settings = { api: true, storefront: "api", eventTracker: true, publicHistories: true, prefetchUsers: 0 };

interface PageStack {
    readonly pages: readonly {
        readonly name: string;
        /** Deploys the page's data, and returns the address of a viewer's page. */
        serve(): Promise<string>;
    }[];
    stop(): Promise<void>;
}

/** Starts a server that returns the same picture for each URL, in place of a shop's image host. */
async function serveImages() {
    const server = createServer((_, response) => {
        response.writeHead(200, { "content-type": "image/svg+xml", "cache-control": "max-age=86400" });
        response.end(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><circle cx="2" cy="2" r="1.5" fill="#447"/></svg>',
        );
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return {
        url: `http://127.0.0.1:${portOf(server)}`,
        close() {
            server.close();
            server.closeAllConnections();
        },
    };
}

/**
 * Starts a local AWS. Each function in `pages` deploys the storefront with its own data: MovieLens 100k, or the data of
 * a shop.
 */
export async function startPageStack(): Promise<PageStack> {
    const aws = await startTestAws();
    const images = await serveImages();
    const at = (name: string) => join(aws.instance.dir, name);

    /**
     * Deploys the stack with this data. Returns the page's address as soon as the API serves the new fallback tables:
     * their item IDs match the pattern `ids`.
     */
    async function deploy(given: PrepareOptions, ids: RegExp): Promise<string> {
        await prepare({ ...given, output: aws.interactionsFile, log: () => {} });
        await aws.configure(settings);
        assertExit(await aws.engine("up"), 0);
        const { apiUrl, storefrontUrl } = await aws.outputs();
        await until(
            "the API answers from the new tables",
            async () => {
                const { films } = (await (await fetch(`${apiUrl}/popular`)).json()) as FilmListAnswer;
                return ids.test(films[0]?.itemId ?? "");
                // A running Lambda function checks for a new version of the tables once a minute.
            },
            90,
        );
        return String(storefrontUrl);
    }
    async function movieLens(): Promise<string> {
        log("deploying the storefront with MovieLens 100k on a local AWS");
        const input = await fetchMovieLens("data/ml-100k", { log, env: process.env });
        return `${await deploy({ input }, /^\d+$/)}#/?viewer=22`;
    }
    async function shopWithImages(): Promise<string> {
        log("deploying a shop's data to the same stack");
        const { events, products } = shop();
        const [header = "", ...rows] = products.trimEnd().split("\n");
        const pictured = rows.map((row, place) => `${row},${place % 9},${images.url}/${place}.svg`);
        await writeFile(at("events.csv"), events);
        await writeFile(at("products.csv"), `${[`${header},stock,image`, ...pictured].join("\n")}\n`);
        const [viewer = ""] = /Kund\u00e9-\d+/.exec(events) ?? [];
        const url = await deploy({ input: at("events.csv"), items: at("products.csv") }, /^\u88fd/);
        return `${url}#/?viewer=${encodeURIComponent(viewer)}`;
    }
    return {
        pages: [
            { name: "MovieLens", serve: movieLens },
            { name: "shop", serve: shopWithImages },
        ],
        async stop() {
            images.close();
            await aws.stop();
        },
    };
}
