/** Values of a matrix that is mostly empty: row r has the entries from starts[r] to starts[r + 1]. */
export interface SparseRows {
    starts: Int32Array;
    columns: Int32Array;
    values: Float32Array;
}

/** An entry of a row: its column and its value. */
export type Entry = readonly [column: number, value: number];

/** Packs rows; entries keep their order. */
export function packRows(rows: readonly (readonly Entry[])[]): SparseRows {
    const starts = new Int32Array(rows.length + 1);
    for (const [row, entries] of rows.entries()) starts[row + 1] = (starts[row] as number) + entries.length;
    const columns = new Int32Array(starts[rows.length] as number);
    const values = new Float32Array(columns.length);
    let at = 0;
    for (const entries of rows) {
        for (const [column, value] of entries) {
            columns[at] = column;
            values[at++] = value;
        }
    }
    return { starts, columns, values };
}

/** Calls the callback with each entry of a row. */
export function eachEntry(
    { starts, columns, values }: SparseRows,
    row: number,
    take: (column: number, value: number) => void,
): void {
    const end = starts[row + 1] as number;
    for (let at = starts[row] as number; at < end; at++) take(columns[at] as number, values[at] as number);
}

/** Returns the sum of both matrices, each row with its largest values first. */
export function addRows(a: readonly (readonly Entry[])[], b: readonly (readonly Entry[])[]): Entry[][] {
    return a.map((entries, row) => {
        const added = new Map(entries);
        for (const [column, value] of b[row] ?? []) added.set(column, (added.get(column) ?? 0) + value);
        return sorted([...added]);
    });
}

/** Returns the sum of the matrix and its transpose, multiplied by `factor`. */
export function withTranspose(rows: readonly (readonly Entry[])[], factor = 1): Entry[][] {
    const both: Entry[][] = rows.map((entries) => entries.map(([column, value]) => [column, factor * value]));
    for (const [row, entries] of rows.entries()) {
        for (const [column, value] of entries) both[column]?.push([row, factor * value]);
    }
    return both;
}

/** Returns entries with the largest values first; equal ones by column. */
export const sorted = (entries: Entry[]): Entry[] => entries.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
