import * as pulumi from "@pulumi/pulumi";
import { tablesPathBeside } from "../../data-prep/places.ts";
import { tablesFault, tablesMend } from "../../data-prep/tables/fault.ts";
import { contentOf } from "../common/content.ts";

/**
 * The tables that answer without a campaign, which data-prep wrote beside the interactions.
 *
 * @throws pulumi.RunError when there are none, they cannot be read, or they are of other interactions.
 */
export async function fallbackTables(interactionsFile: string): Promise<pulumi.asset.FileAsset> {
    const fault = await tablesFault(interactionsFile, async () => (await contentOf(interactionsFile)).contentHash);
    if (fault !== undefined) {
        throw new pulumi.RunError(
            `${fault}. From these tables the API answers without a campaign.\nMake both anew: ${tablesMend(interactionsFile)}`,
        );
    }
    return new pulumi.asset.FileAsset(tablesPathBeside(interactionsFile));
}
