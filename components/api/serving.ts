import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import * as pulumi from "@pulumi/pulumi";
import { promotions } from "../../app/serving/item-filters.ts";
import { openTables } from "../../app/serving/table-answers.ts";
import { buildStorefront } from "../../app/storefront/build.ts";
import { apiStage, isBatch, prefetches, type StackConfig } from "../../core/config/config.ts";
import { filesBeside, readContentOnce } from "../../data-prep/files.ts";
import { type PreparedData, prepareCommand, tablesProblem } from "../../data-prep/manifest.ts";
import { parseTables } from "../../data-prep/tables/document.ts";
import { ProgramError, warn } from "../common/messages.ts";
import type { Recommender } from "../personalize/recommender.ts";
import { type PageFile, pageFiles, toAsset } from "../storefront/page-files.ts";
import { dataWords, findImageOrigins } from "../storefront/page-words.ts";
import { Storefront } from "../storefront/storefront.ts";
import { BatchLists, type BatchListsArgs } from "./batch-lists.ts";
import { Prefetch } from "./prefetch.ts";
import { RecommendationApi, type RecommendationApiArgs } from "./recommendation-api.ts";

/** The path of the fallback tables, the built page, and the origins of images. */
export interface ServingFiles {
    readonly tables: string;
    readonly page: readonly PageFile[];
    /** Web origins of the catalog's images. */
    readonly imageOrigins: readonly string[];
}

/**
 * Builds the page and reads the fallback tables; returns undefined for a stack without an API.
 *
 * @throws ProgramError if no tables exist for the interactions
 */
export async function servingFiles({
    config,
    manifest,
}: Pick<PreparedData<StackConfig>, "config" | "manifest">): Promise<ServingFiles | undefined> {
    const { storefront } = config;
    if (!config.api) return undefined;
    const tables = await fallbackTables(config.interactionsFile);
    const document = parseTables(await readFile(tables, "utf8"));
    for (const warning of unmatchedPromotions(config.promotions, document)) warn(warning);
    if (storefront === "none") return { tables, page: [], imageOrigins: [] };
    const { directory } = await buildStorefront();
    // Path of the API relative to the page. If the API serves the page, the API is the page's parent folder. If
    // CloudFront serves the page, the API is a folder beside the page.
    const api = storefront === "api" ? ".." : apiStage;
    const viewerAuth = config.viewerAuth === undefined ? "none" : "jwt";
    return {
        tables,
        page: pageFiles(directory, { api, viewerAuth, ...dataWords(manifest, config, document) }),
        imageOrigins: findImageOrigins(document),
    };
}

/** Returns a warning for each promotion whose filter matches no item of the fallback tables, or that they cannot apply. */
export function unmatchedPromotions(
    configured: StackConfig["promotions"],
    document: Parameters<typeof openTables>[0],
): string[] {
    if (Object.keys(configured).length === 0) return [];
    const tables = openTables(document);
    return Object.entries(configured).flatMap(([name, { filter }]) => {
        const ofOne = promotions([{ name, filter, percent: 100, from: 0, until: 1 }], () => tables)(0);
        if (ofOne === undefined) {
            return [
                `promotions.${name} has no effect: its filter does not fit the columns of the fallback tables. Change it, or create them again: npm run data-prep`,
            ];
        }
        return document.films.ids.some(ofOne.passes)
            ? []
            : [`promotions.${name} matches no item of the prepared data.`];
    });
}

export interface ServingArgs
    extends Pick<RecommendationApiArgs, "config" | "experiment" | "manifest" | "caller" | "price" | "isClosed">,
        Pick<BatchListsArgs, "bucketName" | "failuresArn" | "topicArn" | "roleArn"> {
    readonly files: ServingFiles | undefined;
    readonly recommender: Recommender;
    /** The budget, which must exist before the function that starts batch inference jobs. */
    readonly budget: pulumi.Resource;
}

/** Everything that answers viewers: the API, the page, and the function that precomputes lists. */
export class Serving extends pulumi.ComponentResource {
    /** URL of the API. This and the other outputs are empty if their resource does not exist. */
    public readonly apiUrl: pulumi.Output<string>;
    public readonly storefrontUrl: pulumi.Output<string>;
    public readonly apiTableName: pulumi.Output<string>;
    public readonly tableOperationsName: pulumi.Output<string>;
    public readonly apiKey: pulumi.Output<string>;

    constructor(name: string, args: ServingArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:serving:Serving", name, {}, opts);
        const { config, files, recommender } = args;
        const { storefront } = config;
        const { watchedFilterArn, filterNames } = recommender;
        const child = { parent: this };
        const none = pulumi.output("");
        const hosted = storefront === "api" ? files?.page : undefined;
        // The owner's ID has 74 random bits, and is not visible outside the account.
        const originToken = pulumi
            .output(recommender.owner)
            .apply((owner) => createHash("sha256").update(`origin ${owner}`).digest("base64url"));

        const api =
            files &&
            new RecommendationApi(
                "api",
                {
                    ...args,
                    trackingId: recommender.eventTrackerId,
                    watchedFilterArn,
                    filterNames,
                    batchLists: isBatch(config) ? (tableName) => this.batchLists(args, tableName) : undefined,
                    imageOrigins: files.imageOrigins,
                    originToken: storefront === "cloudfront" ? originToken : undefined,
                    page: hosted && Object.fromEntries(hosted.map((file) => [file.name, toAsset(file)])),
                },
                child,
            );
        if (api && prefetches(config)) {
            new Prefetch("prefetch", { ...args, tableName: api.tableName, watchedFilterArn }, child);
        }
        const page =
            api && storefront === "cloudfront"
                ? new Storefront(
                      "storefront",
                      {
                          ...args,
                          files: files.page,
                          imageOrigins: files.imageOrigins,
                          apiHost: api.host,
                          originToken,
                      },
                      child,
                  )
                : undefined;
        this.apiUrl = api?.url ?? none;
        this.storefrontUrl = page?.url ?? (api && hosted ? pulumi.interpolate`${api.url}/storefront/index.html` : none);
        this.apiTableName = api?.tableName ?? none;
        this.tableOperationsName = api?.tableOperations ?? none;
        this.apiKey = api?.apiKey ?? none;
        this.registerOutputs({ apiUrl: this.apiUrl, storefrontUrl: this.storefrontUrl });
    }

    private batchLists(args: ServingArgs, tableName: pulumi.Output<string>) {
        const { solutionVersionArn, watchedFilterArn, owner } = args.recommender;
        const { monthlyLimitUsd } = args.price;
        const after = [args.budget, args.recommender];
        const ofLists = { tableName, solutionVersionArn, watchedFilterArn, owner, monthlyLimitUsd, after };
        return new BatchLists("lists", { ...args, ...ofLists }, { parent: this });
    }
}

/**
 * Returns the path of the fallback tables that data-prep wrote beside the interactions.
 *
 * @throws ProgramError if the tables are missing, unreadable, or made from other interactions
 */
export async function fallbackTables(interactionsFile: string): Promise<string> {
    const fault = await tablesProblem(
        interactionsFile,
        async () => (await readContentOnce(interactionsFile)).contentHash,
    );
    if (fault !== undefined) {
        throw new ProgramError(
            `${fault}. The API uses the fallback tables when there is no campaign.\nCreate the interactions file and its fallback tables again: ${await prepareCommand(interactionsFile)}\nOr deploy no API: pulumi config set api false`,
        );
    }
    return filesBeside(interactionsFile).tables;
}
