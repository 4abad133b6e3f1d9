import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import * as pulumi from "@pulumi/pulumi";
import { tablesPathBeside } from "../data-prep/places.ts";
import { parseTables } from "../data-prep/tables/document.ts";
import { contentOf } from "./content.ts";

/**
 * The tables that answer without a campaign, which data-prep wrote beside the interactions.
 *
 * @throws pulumi.RunError when there are none, or they are of other interactions; TablesFormatError.
 */
export async function fallbackTables(interactionsFile: string): Promise<pulumi.asset.FileAsset> {
    const path = tablesPathBeside(interactionsFile);
    const again =
        `Make both anew: npm run data-prep -- --output ${interactionsFile} (--input for what is not MovieLens 100k)\n` +
        "Or do without the API: pulumi config set api false";
    if (!existsSync(path)) {
        throw new pulumi.RunError(`there is no ${path}, from which the API answers without a campaign. ${again}`);
    }
    const { interactions } = parseTables(await readFile(path, "utf8"));
    if (interactions.sha256 !== (await contentOf(interactionsFile)).contentHash) {
        throw new pulumi.RunError(`${path} was made from other interactions than ${interactionsFile}. ${again}`);
    }
    return new pulumi.asset.FileAsset(path);
}
