import Table from "cli-table3";

/** Formats a table without colours, so that pipes and logs get the same text. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
    const grid = new Table({ head: [...head], style: { head: [], border: [] } });
    grid.push(...rows.map((row) => [...row]));
    // The library draws a line below each row. Keep only the line below the head.
    const isRule = (line: string) => line.startsWith("├");
    const lines = grid.toString().split("\n");
    const underHead = lines.findIndex(isRule);
    return lines.filter((line, index) => !isRule(line) || index === underHead).join("\n");
}
