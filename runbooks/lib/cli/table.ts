import Table from "cli-table3";

/** A table without colours: pipes and logs get equal text. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
    const made = new Table({ head: [...head], style: { head: [], border: [] } });
    made.push(...rows.map((row) => [...row]));
    // Keeps only the line below the head; the library draws one below each row.
    const isRule = (line: string) => line.startsWith("├");
    const lines = made.toString().split("\n");
    const underHead = lines.findIndex(isRule);
    return lines.filter((line, index) => !isRule(line) || index === underHead).join("\n");
}
