import { columnsOf, RepairError } from "./columns.ts";
import type { Shape } from "./fields.ts";
import type { Sample } from "./sample.ts";
import { checked, isBlank } from "./values.ts";

/** The reason why a file that begins with this sample has no safe repair; undefined if none is visible. */
export function repairProblem({ form, table }: Sample, shape: Shape, name: string): string | undefined {
    if (form.is === "other") return `${name} is ${form.name}, not CSV`;
    // An archive that was not read completely may have one table.
    if (!table) return undefined;
    if (table.malformed && !table.malformed.isReadable)
        return `line ${table.malformed.line} of ${name} is not valid CSV`;
    try {
        const { problemOf, pick } = columnsOf(table, { name, shape, keep: undefined });
        for (const { line, values } of table.rows.filter((row) => !isBlank(row.values))) {
            const problem = problemOf(values);
            if (problem !== undefined) return `line ${line} of ${name}: ${problem}`;
            const wrong = pick.find(({ place, field }) => field && checked(field, values[place] ?? "").is === "wrong");
            if (wrong) return `line ${line} of ${name} has a value for ${wrong.as} that has no safe repair`;
        }
        return undefined;
    } catch (error) {
        if (error instanceof RepairError) return error.message;
        throw error;
    }
}
