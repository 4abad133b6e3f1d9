import { basename } from "node:path";
import { interactionFields } from "../avro.ts";
import type { Prepared } from "../describe-data.ts";
import { outputFolder } from "../files.ts";
import type { Plan } from "../row-writer.ts";
import { type Summary, typesByRows } from "../summary.ts";
import { checkFigures } from "./checks.ts";
import { computeFigures } from "./figures.ts";
import { qualityPage, sourceOf } from "./page.ts";

type Quality = ReturnType<typeof judge>;

/** Returns figures and checks of prepared data. `now` is in epoch seconds. */
export function judge({ result, items, users }: Pick<Prepared, "result" | "items" | "users">, now: number) {
    const { columns } = result;
    const figures = computeFigures(columns);
    const without = (ids: readonly string[], others: readonly string[]) => {
        if (ids.length === 0) return 0;
        const otherIds = new Set(others);
        return ids.filter((id) => !otherIds.has(id)).length;
    };
    const itemIds = items.catalogue.map(({ itemId }) => itemId);
    const counts = {
        repeated: result.repeated,
        skipped: result.badRows.count,
        eventTypes: Object.keys(result.eventTypes).length,
        optionalColumns: result.fields.length - interactionFields.length,
        itemsWithoutEvents: without(itemIds, columns.itemIds),
        usersWithoutEvents: without(users?.ids ?? [], columns.userIds),
        now,
    };
    return { figures, checks: checkFigures(figures, counts) };
}

/** Returns a line for each check that is not green. */
export const formatWarnings = ({ checks }: Quality): string[] =>
    checks
        .filter(({ level }) => level !== "green")
        .map(({ level, found, advice }) => `${level.padEnd(6)}${found}. ${advice}`);

/** Returns the paths of the report: JSON, and the page beside it. */
export function reportPaths(path: string): { readonly json: string; readonly html: string } {
    const stem = path.replace(/\.(json|html?)$/i, "");
    return {
        json: /\.html?$/i.test(path) ? `${stem}.json` : path,
        html: /\.html?$/i.test(path) ? path : `${stem}.html`,
    };
}

/** Writes the report as JSON, and as one page, each completely or not at all. */
export async function writeReport(
    path: string,
    summary: Summary,
    quality: Quality,
    plans: readonly Plan[],
): Promise<void> {
    const { json, html } = reportPaths(path);
    const eventTypes = typesByRows(summary.eventTypes);
    const name = plans.map(({ table }) => basename(table.name)).join(", ");
    const sources = plans.map(sourceOf);
    const folder = outputFolder(json);
    await folder.putJson(json, { ...summary, quality, sources });
    await folder.put(html, qualityPage({ name, ...quality, eventTypes, sources }));
}
