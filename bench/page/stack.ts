import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fetchMovieLens } from "../../data-prep/movielens.ts";
import { type PrepareOptions, prepare } from "../../data-prep/prepare.ts";
import { assertExit, startTestAws } from "../../test/support/local-aws.ts";
import { shop } from "../../test/support/shop.ts";

const settings = { api: true, storefront: "api", eventTracker: true, publicHistories: true, prefetchUsers: 0 };

interface PageStack {
    readonly pages: readonly {
        readonly name: string;
        /** Deploys the page's data, and returns the address of a viewer's page. */
        serve(): Promise<string>;
    }[];
    stop(): Promise<void>;
}

/** A local AWS of its own, with the storefront of MovieLens 100k and then of a shop. */
export async function startPageStack(say: (line: string) => void): Promise<PageStack> {
    const aws = await startTestAws();
    const at = (name: string) => join(aws.instance.dir, name);

    async function deploy(given: PrepareOptions): Promise<string> {
        await prepare({ ...given, output: aws.interactionsFile, log: () => {} });
        await aws.configure(settings);
        assertExit(await aws.engine("up"), 0);
        return String((await aws.outputs()).storefrontUrl);
    }
    async function movieLens(): Promise<string> {
        say("MovieLens 100k on a local AWS");
        const input = await fetchMovieLens("data/ml-100k", { log: say, env: process.env });
        return `${await deploy({ input })}#/?viewer=22`;
    }
    async function shopWithImages(): Promise<string> {
        say("a shop's data on the same stack");
        const { events, products } = shop();
        await writeFile(at("events.csv"), events);
        await writeFile(at("products.csv"), products);
        const [viewer = ""] = /Kund\u00e9-\d+/.exec(events) ?? [];
        const url = await deploy({ input: at("events.csv"), items: at("products.csv") });
        return `${url}#/?viewer=${encodeURIComponent(viewer)}`;
    }
    return {
        pages: [
            { name: "MovieLens", serve: movieLens },
            { name: "shop", serve: shopWithImages },
        ],
        stop: () => aws.stop(),
    };
}
