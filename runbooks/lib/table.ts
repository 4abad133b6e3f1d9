import Table from "cli-table3";

/** A table for a terminal, without colours of its own: pipes and logs get the same text. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
    const noLinesBetweenRows = { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" };
    const made = new Table({ head: [...head], chars: noLinesBetweenRows, style: { head: [], border: [] } });
    made.push(...rows.map((row) => [...row]));
    return made.toString();
}
