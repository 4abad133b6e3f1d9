import { multiplyTile, tile } from "./tiles.ts";

/** Terms of a sum that one step adds, and columns of the right matrix that one step packs. */
const DEPTH = 256;
const WIDTH = 256;

/**
 * The product of two n × n matrices, row by row. It takes 2 n³ operations, as the inverse takes n³. Deterministic: equal
 * matrices give equal bytes.
 */
export function multiply(left: Float64Array, right: Float32Array, n: number): Float32Array {
    const product = new Float32Array(n * n);
    const packedLeft = new Float64Array(Math.ceil(n / 4) * 4 * DEPTH);
    const packedRight = new Float64Array(WIDTH * DEPTH);
    for (let from = 0; from < n; from += DEPTH) {
        const depth = Math.min(DEPTH, n - from);
        packRows(packedLeft, left, n, from, depth);
        for (let column = 0; column < n; column += WIDTH) {
            const width = Math.min(WIDTH, n - column);
            packColumns(packedRight, right, n, { from, depth, column, width });
            for (let row = 0; row < n; row += 4) {
                for (let tileColumn = 0; tileColumn < width; tileColumn += 4) {
                    multiplyTile(packedLeft, row * DEPTH, packedRight, tileColumn * DEPTH, depth);
                    addTile(product, n, row, column + tileColumn);
                }
            }
        }
    }
    return product;
}

function addTile(product: Float32Array, n: number, row: number, column: number): void {
    const [rows, columns] = [Math.min(4, n - row), Math.min(4, n - column)];
    for (let r = 0; r < rows; r++) {
        const at = (row + r) * n + column;
        for (let c = 0; c < columns; c++) product[at + c] = (product[at + c] as number) + (tile[r * 4 + c] as number);
    }
}

/** Packs `depth` columns of all rows; rows of an incomplete last tile keep old values, which addTile leaves out. */
function packRows(packed: Float64Array, matrix: Float64Array, n: number, from: number, depth: number): void {
    for (let row = 0; row < n; row++) {
        let at = (row - (row % 4)) * DEPTH + (row % 4);
        for (let k = from; k < from + depth; k++, at += 4) packed[at] = matrix[row * n + k] as number;
    }
}

/** Packs the transpose of a block of the right matrix: `width` columns over `depth` rows. */
function packColumns(
    packed: Float64Array,
    matrix: Float32Array,
    n: number,
    { from, depth, column, width }: { from: number; depth: number; column: number; width: number },
): void {
    for (let k = 0; k < depth; k++) {
        const row = (from + k) * n + column;
        for (let c = 0; c < width; c++) packed[(c - (c % 4)) * DEPTH + (c % 4) + 4 * k] = matrix[row + c] as number;
    }
}
