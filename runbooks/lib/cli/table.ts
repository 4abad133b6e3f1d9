import Table from "cli-table3";

/** A table for a terminal, without colours of its own: pipes and logs get the same text. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
    const made = new Table({ head: [...head], style: { head: [], border: [] } });
    made.push(...rows.map((row) => [...row]));
    // One line below the head is enough; the library draws one below each row.
    const isRule = (line: string) => line.startsWith("├");
    const lines = made.toString().split("\n");
    const underHead = lines.findIndex(isRule);
    return lines.filter((line, index) => !isRule(line) || index === underHead).join("\n");
}
